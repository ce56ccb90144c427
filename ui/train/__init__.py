"""The Train page.

form.py     what to train on, how, for how long
live.py     a run as it trains
figures.py  curves and their table
scores.py   scores while it trains and at its end
samples.py  generated samples over training
forming.py  the map as it forms
aligned.py  its steps laid out by t-SNE
phases.py   which part of a method learns when
"""
