from .method import NEMGAN, LabelledNEMGAN
from .settings import LabelledNEMGANFacts, LabelledNEMGANSettings, NEMGANFacts, NEMGANSettings

__all__ = [
    "NEMGAN",
    "LabelledNEMGAN",
    "LabelledNEMGANFacts",
    "LabelledNEMGANSettings",
    "NEMGANFacts",
    "NEMGANSettings",
]
