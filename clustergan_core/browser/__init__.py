"""What draws in a browser, without knowing where its data come from: pages of the app and offline files share it.

parts.py: HTML, CSS and JavaScript of a part; player/: recordings and growing trainings; slider/: a walk under a handle;
strip.py: the steps of a walk as bytes; charts.py: figures that move with the handle.
"""
