"""PAPERS: every paper whose tables we hold, by name."""

from __future__ import annotations

from clustergan_core.papers import clustergan, li_dama, nemgan
from clustergan_core.papers.facts import Paper

PAPERS: dict[str, Paper] = {module.PAPER.name: module.PAPER for module in (clustergan, nemgan, li_dama)}
