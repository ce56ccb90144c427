"""Arrays in, pictures and figures out, without any user interface.

figures/    Plotly
pictures/   Pillow
palette.py  colours of modes and labels
theme.py    font and colours that all figures share, light and dark
"""
