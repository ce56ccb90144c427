from .method import PCAGMM
from .settings import PCAGMMFacts, PCAGMMSettings

__all__ = ["PCAGMM", "PCAGMMFacts", "PCAGMMSettings"]
