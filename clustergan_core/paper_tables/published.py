"""PAPERS: every paper whose tables we hold, by name."""

from __future__ import annotations

from clustergan_core.paper_tables import clustergan, li_dama, nemgan
from clustergan_core.paper_tables.facts import Paper

PAPERS: dict[str, Paper] = {module.PAPER.name: module.PAPER for module in (clustergan, nemgan, li_dama)}
