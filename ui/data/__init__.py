"""The Data page.

choice.py         choosing data, the same way on every page; sources.py: what it is called
uploads.py        uploading and removing own files; accepting.py: what uploaded files become
download.py       a published set
options.py        how own data is read; labels.py: its known classes
summary.py        what a data set holds; samples.py: some of it
count_choices.py  how a count matrix is read and prepared, in the address; sample_tables.py: tables it refers to
counts/           the view of a count matrix
"""
