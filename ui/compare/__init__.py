"""The Compare page.

choice.py       which runs
settings.py     what differs between them
scores.py, curves.py   final scores and training curves
stability.py, assignments.py   the same samples in all of them
pair.py, maps.py, selection.py, details.py   two runs on two linked maps
"""
