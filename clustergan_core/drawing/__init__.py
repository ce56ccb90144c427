"""Arrays in, pictures and figures out, without any user interface.

figures/    Plotly
pictures/   Pillow
palette.py  colours of modes and labels
theme.py    the font and colours of all figures, light and dark
"""
