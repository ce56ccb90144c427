from .method import ClusterGAN
from .settings import ClusterGANFacts, ClusterGANSettings

__all__ = ["ClusterGAN", "ClusterGANFacts", "ClusterGANSettings"]
