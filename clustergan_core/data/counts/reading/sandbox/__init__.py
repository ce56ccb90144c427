"""Strangers' files are read by a child process that may take little memory and time.

parent.py    starts the child and loads its result
child.py     the child: inspects or reads
handover.py  a CountMatrix as files between the two
cache.py     matrices kept as they were read, so that a second visit is fast
"""
