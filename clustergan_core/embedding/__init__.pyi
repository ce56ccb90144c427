from .compute import compute_map
from .fitted import FittedMap
from .settings import MapFrame, MapSettings, map_key

__all__ = [
    "FittedMap",
    "MapFrame",
    "MapSettings",
    "compute_map",
    "map_key",
]
