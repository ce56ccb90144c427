from .method import InfoGAN
from .settings import InfoGANFacts, InfoGANSettings

__all__ = ["InfoGAN", "InfoGANFacts", "InfoGANSettings"]
