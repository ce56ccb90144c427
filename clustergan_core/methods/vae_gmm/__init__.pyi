from .method import VAEGMM
from .settings import VAEGMMFacts, VAEGMMSettings

__all__ = ["VAEGMM", "VAEGMMFacts", "VAEGMMSettings"]
