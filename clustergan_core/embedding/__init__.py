"""Maps: latents laid out in two or three dimensions by PCA, t-SNE or UMAP, frame by frame, with a disk cache.

settings.py  MapSettings, MapFrame and the key of a stored map
compute.py   compute_map: the frames of any algorithm
pca.py, tsne.py, umap.py
fitted.py    FittedMap: places new samples into a finished map
mode_wheel.py, aligned.py  latents of several steps of a training: in one frame, and by t-SNE laid onto each other
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
