from .method import VaDE
from .settings import VaDEFacts, VaDESettings

__all__ = ["VaDE", "VaDEFacts", "VaDESettings"]
