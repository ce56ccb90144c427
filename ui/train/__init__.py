"""The Train page.

form.py          what to train on, how, for how long
live.py          a run as it trains
figures.py       curves and their table
scores.py        scores while it trains and at its end
samples.py       generated samples over training
held_samples.py  real samples of each mode, before there are generated ones
forming.py       the map as it forms
aligned.py       its steps laid out by t-SNE
phases.py        which part of a method learns when
unfinished.py    a run that still trains, on the pages Map and Modes
"""
