from .method import DCN
from .settings import DCNFacts, DCNSettings

__all__ = ["DCN", "DCNFacts", "DCNSettings"]
