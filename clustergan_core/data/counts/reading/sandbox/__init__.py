"""Untrusted files are read by a child process with limits on memory and time.

parent.py    starts the child and loads its result
child.py     the child: inspects or reads
handover.py  a CountMatrix as files between the two
cache.py     matrices cached as they were read, so that a second visit is fast
"""
