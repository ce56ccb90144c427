"""The latent slider: a track along a walk, whose pictures and codes follow the pointer.

strip.py: the samples and codes of every step, as bytes; component.py: what is sent to the browser, and what comes back.
"""
