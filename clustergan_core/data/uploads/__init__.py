"""Files that a person uploads through the app, and the operator's.

store.py         uploads stored by their content
sorting.py       uploaded files sorted into what belongs together
server_files.py  the operator's files, chosen by path
label_tables.py  tables of labels beside a matrix
"""
