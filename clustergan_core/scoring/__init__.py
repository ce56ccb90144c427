"""A method and data in, figures out.

live.py        while a method trains
final.py       at its end, on a split
label_free.py  at its end, without labels
generated.py   generated samples: cycle losses, Fréchet distance, the three accuracies of the paper's section 2.6
modes.py       a line for each mode: usage, label, purity, empty or repeated
labelled.py    the few labels that a method may be given, and samples without those
latents.py     samples encoded and assigned
"""
