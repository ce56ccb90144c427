"""Maps: latents laid out in two or three dimensions by PCA, t-SNE or UMAP, frame by frame, with a disk cache."""

from clustergan_core.embedding.compute import compute_map
from clustergan_core.embedding.fitted import FittedMap
from clustergan_core.embedding.settings import MapFrame, MapSettings, map_key

__all__ = ["FittedMap", "MapFrame", "MapSettings", "compute_map", "map_key"]
