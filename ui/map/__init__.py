"""The Map page.

view.py, settings.py, job.py   what is drawn, how, and its computation
plot.py, details.py            the finished map, and the details beside it
colouring.py, cell_colouring.py   what points are coloured by
new_points.py                  placing new samples
selections.py, selection_markers.py   two selections of cells, and their markers
splitting.py   splitting off a selection as a cluster
labelling.py   giving samples labels, from which some methods learn
"""
