"""The Map page.

view.py, settings.py, job.py   what is drawn, how, and waiting for it
plot.py, details.py            the finished map, and what stands beside it
colouring.py, cell_colouring.py
new_points.py                  placing new samples
selections.py, selection_markers.py   two selections of cells, compared
"""
