"""Plotly figures, one module a kind of figure; axes.py holds what stands at their axes."""
