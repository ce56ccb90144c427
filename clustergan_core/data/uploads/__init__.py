"""Files that a person brings through the app, and the operator's.

store.py         kept by their content
sorting.py       dropped files sorted into what belongs together
server_files.py  the operator's files, chosen by path
label_tables.py  tables of labels beside a matrix
"""
