"""Paired ClusterGAN: its settings and the order of its updates."""

from clustergan_core.methods.paired_clustergan.method import PairedClusterGAN
from clustergan_core.methods.paired_clustergan.settings import PairedClusterGANSettings

__all__ = ["PairedClusterGAN", "PairedClusterGANSettings"]
