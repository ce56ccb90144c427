from .method import DeLiGAN
from .settings import DeLiGANFacts, DeLiGANSettings

__all__ = ["DeLiGAN", "DeLiGANFacts", "DeLiGANSettings"]
