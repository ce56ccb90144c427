"""The Sweep page.

form.py, axes.py, start.py      a new sweep: its form, what varies, what it needs
choice.py                       choosing a sweep
watch.py, runs.py, reading.py   a sweep as it runs
result.py, figure.py, scores.py its results
"""
