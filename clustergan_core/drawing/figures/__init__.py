"""Plotly figures, one module per type of figure; axes.py holds their ticks and colour bars."""
