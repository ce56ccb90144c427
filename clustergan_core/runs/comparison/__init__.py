"""Runs side by side.

groups.py   settings that differ, and runs that differ in their seed alone
samples.py  the same samples in several runs
spread.py   scores over seeds
"""
