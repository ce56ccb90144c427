from .method import BiGAN
from .settings import BiGANFacts, BiGANSettings

__all__ = ["BiGAN", "BiGANFacts", "BiGANSettings"]
