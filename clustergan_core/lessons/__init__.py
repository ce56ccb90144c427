"""Lessons: their text and trainings in lessons/, and the recordings that a page plays.

recording.py: the format .cgr; lesson.py: what lesson.toml holds; plane.py: what is drawn of a training in the plane;
record.py: trains and records; live.py, live_worker.py: trains while a page watches; arrays.py: recordings that are not
in the plane; origin.py: what every recording says of its training; cycle.py: the two loops of generator and encoder;
priors.py: decoded samples under four priors; strips.py: the two loops and a decoding, step by step; measures.py:
figures that are read from recordings; sensitivity.py: a paper's figures over a setting beside those of our sweeps.
"""
