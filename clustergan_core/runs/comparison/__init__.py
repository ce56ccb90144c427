"""Runs compared.

groups.py   settings that differ, and runs that differ only in their seed
samples.py  the same samples in several runs
spread.py   scores over seeds
"""
