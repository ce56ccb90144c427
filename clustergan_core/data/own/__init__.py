"""A person's own tables, arrays and pictures.

files.py            open_own: any of them by its suffix
tables.py           .csv, .tsv and .txt
arrays.py           .npz
images.py           a folder or a zip of pictures
picture_reading.py  pages of pictures, decoded; picture_folders.py: which folders name their classes
labels.py           reference labels: a column of the data, or another file
label_proposal.py   the column that may hold known classes, for a person to judge
matching.py         rows of a table matched with samples by id, as spelt or respelt
rows.py             which rows are kept: by values of a column, or by a list of ids
new_samples.py      samples for a finished run, prepared as its own were
table_text.py       lines of a text table: encoding, delimiter, numbers, and each cell as it is written
grouped_numbers.py  numbers with marks at the thousands; sample_ids.py: columns that name the rows
cell_text.py        the text of one table cell, and columns of few values
vetting.py          limits on what a stranger's file may take
"""
