from .method import PairedClusterGAN
from .settings import PairedClusterGANFacts, PairedClusterGANSettings

__all__ = ["PairedClusterGAN", "PairedClusterGANFacts", "PairedClusterGANSettings"]
