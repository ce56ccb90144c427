"""What every page is built from.

fresh.py       containers that drop what belongs to something else
guard.py       makes app.py run every page, also from a deep link
choices.py     choices that live in the address and follow from page to page
picker.py      choosing one of several named things
seed.py        the z_n that pages share
messages.py    errors as one sentence, and commands to copy
dialogs.py     dialogs that confirm a lasting change
requests.py    buttons to pause, stop and continue a run, and the badge of its state
links.py       links to other pages
title.py       a page's name, and the meaning of its words
words.py       durations as text
code_bars.py   a code as bars
theme.py       icon and figures in light and dark
pictures.py    pictures inside the page's own message
memory.py      gives memory back when sessions have left
dispatcher.py  keeps the queue going from a server's first visitor on
"""
