"""Maps: latents laid out in two or three dimensions by PCA, t-SNE or UMAP, frame by frame, with a disk cache.

settings.py  MapSettings, MapFrame and the key a map is kept under
compute.py   compute_map: frames of any of them
pca.py, tsne.py, umap.py
fitted.py    FittedMap: places new samples into a finished map
"""
