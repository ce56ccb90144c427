"""What every form that starts training shares.

method.py     method and preset
preset.py     what a preset fills in
settings.py   a form derived from a settings model
scheduler.py  this machine or a cluster
start.py      what the run will be, its time, its command, the button
"""
