"""Data sets: built in, published, or a person's own files, all as one frozen `Dataset`.

opening.py         open_dataset and open_like: one entry point for all of them
registry.py        DATASETS: every set known by name
dataset.py         Dataset, its splits, and the kinds of data
options.py         how a person wants a file of their own to be read
steps.py           Step: the recorded preprocessing steps, as they are stored in JSON
step_sentences.py  describes them to people
preprocessing.py   applies them to images and tables, the same in training and for new samples
published/         one loader a file; downloads with checksums
own/               a person's tables, arrays and pictures: labels, rows, vetting
counts/            count matrices of single cells
uploads/           files uploaded through the app: stored by content, sorted, chosen by path
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
