"""Waiting runs, and the processes that start and train them.

queue.py       queues, starts, pauses and stops runs, each in its own process
slots.py       device slots: locks that training processes hold
dispatcher.py  a small process that starts the next run
backends.py    this machine's queue or a cluster; starts, continues, extends and follows runs
dask.py        the workers of a Dask cluster
process.py     the training process
spare.py       a process that has loaded its libraries and waits for a run
detached.py    starts processes that outlive the one that starts them
"""
