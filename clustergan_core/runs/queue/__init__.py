"""Runs that wait, and those that see to them.

queue.py       runs put in line, started, paused, stopped
slots.py       device slots: locks that training processes hold
dispatcher.py  a small process that starts whose turn it is
backends.py    who trains: this machine's queue or a cluster; starting, continuing, watching
dask.py        the workers of a Dask cluster
launch.py      a training process is started
process.py     the training process
detached.py    processes that outlive the one that starts them
"""
