"""Files that a person uploads through the app, and the operator's.

store.py         uploads stored by their content
archives.py      archives of several samples, unpacked
bundles.py       a command's folder or archive of several samples
sample_names.py  names that tell uploaded samples apart
sorting.py       uploaded files sorted into what belongs together
server_files.py  the operator's files, chosen by path
label_tables.py  tables of labels beside a matrix
"""
