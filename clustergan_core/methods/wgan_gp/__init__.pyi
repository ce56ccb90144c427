from .method import WGANGP
from .settings import WGANGPFacts, WGANGPSettings

__all__ = ["WGANGP", "WGANGPFacts", "WGANGPSettings"]
