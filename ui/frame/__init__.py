"""How every page stands and speaks.

guard.py       every page is run by app.py, also from a deep link
choices.py     choices that live in the address and follow from page to page
picker.py      choosing one of several named things
seed.py        the z_n that pages share
messages.py    errors as one sentence, and commands to copy
dialogs.py     dialogs that ask before something is changed for good
requests.py    buttons to pause, stop and continue a run, and the badge of its state
links.py       links to other pages
words.py       times as people say them
code_bars.py   a code as bars
theme.py       icon, figures and pictures in light and dark
dispatcher.py  the queue is looked after from a server's first visitor on
"""
