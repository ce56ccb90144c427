"""The player of recordings: one canvas, decoded once in the browser, which then needs no server.

component.py: play(), what a page calls; frontend/player/: the browser's side, joined in the order of the files' names.
"""
