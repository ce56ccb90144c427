"""Computes figures from a method and data.

live.py        scores during training
final.py       scores at the end of training, on a split
label_free.py  scores at the end of training, without labels
records.py     typed JSON documents of scores
generated.py   generated samples: cycle losses, Fréchet distance, coverage, the accuracies of the paper's section 2.6
mode_variance.py  the variance within modes, generated over real
modes.py       a row for each mode: usage, label, purity, empty or repeated
walk_realism.py  how real the samples of a walk between two modes are
labelled.py    the few labels that a method may be given, and the samples without them
latents.py     encoded and assigned samples
encoder_features.py  the last hidden layer of an encoder
"""
