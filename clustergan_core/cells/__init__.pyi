import clustergan_core.library.annotated_cells as _annotated

from .composition import Composition, CompositionTest, compare_conditions, count_composition
from .contrasts import GeneContrast, contrast_codes
from .export_tables import gene_sets, loupe_clusters, loupe_map, marker_table
from .exports import ClusteredCells, h5ad_bytes
from .expression import DotPlot, ValueScale, dot_plot, gene_values, value_scale
from .fidelity import GeneratedModes, ModeFidelity, compare_modes, generate_cells
from .markers import compare_selections, find_markers
from .methods_text import describe_methods
from .overcorrection import Alarm, find_alarms
from .pseudobulk import GeneComparison, Pseudobulk, compare_genes, sum_counts
from .sample_markers import SampleMarkers, find_sample_markers
from .suggest_k import CellK, suggest_cell_k
from .switch_genes import Switches, find_switches, rank_genes
from .walks import CellWalk, walk_cells

cluster = _annotated.cluster

__all__ = [
    "Alarm",
    "CellK",
    "CellWalk",
    "ClusteredCells",
    "Composition",
    "CompositionTest",
    "DotPlot",
    "GeneComparison",
    "GeneContrast",
    "GeneratedModes",
    "ModeFidelity",
    "Pseudobulk",
    "SampleMarkers",
    "Switches",
    "ValueScale",
    "cluster",
    "compare_conditions",
    "compare_genes",
    "compare_modes",
    "compare_selections",
    "contrast_codes",
    "count_composition",
    "describe_methods",
    "dot_plot",
    "find_alarms",
    "find_markers",
    "find_sample_markers",
    "find_switches",
    "gene_sets",
    "gene_values",
    "generate_cells",
    "h5ad_bytes",
    "loupe_clusters",
    "loupe_map",
    "marker_table",
    "rank_genes",
    "suggest_cell_k",
    "sum_counts",
    "value_scale",
    "walk_cells",
]
