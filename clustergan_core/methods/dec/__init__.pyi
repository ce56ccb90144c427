from .method import DEC
from .settings import DECFacts, DECSettings

__all__ = ["DEC", "DECFacts", "DECSettings"]
