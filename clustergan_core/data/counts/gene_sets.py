"""Mitochondrial and ribosomal genes, by the names that the annotations of several species give them.

| names | mitochondrial genes |
|---|---|
| symbols of human, mouse, rat and zebrafish (HGNC, MGI, RGD, ZFIN) | begin with MT-, mt- or Mt-; R writes MT. |
| FlyBase symbols | begin with mt: ; R writes mt. |
| several genomes in one file | the same after GRCh38_, hg19_, mm10___ or another word with _ |
| Ensembl gene ids of human and mouse | HUMAN_IDS and MOUSE_IDS |
| WormBase symbols and sequence names | WORM, and MTCE.4 and the like |
| TAIR ids of thale cress | begin with ATMG |
| SGD names of yeast, in a file with systematic names such as YAL001C | Q0045 and the like, and YEAST |
| symbols without a prefix, as in NCBI's annotations | BARE, where the file has at least MIN_BARE of them |

Sources: the ids are those of the 37 genes of chromosome MT in Ensembl 105 (GRCh38 and GRCm39), whose 13 protein-coding
genes of human agree with the ids and symbols of 10x Genomics' reference in the data set pbmc_facs; that data set also
gives HUMAN_RIBOSOMAL_IDS. The worm's are the 12 protein-coding genes of its mitochondrial genome (WormBase), the
yeast's those of SGD.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NO_MITOCHONDRIAL = (
    "no mitochondrial gene was found: no symbol begins with MT-, mt- or mt:, no id is one of Ensembl's 37 of human or "
    "mouse, and no name is one of WormBase, SGD or TAIR"
)
NO_RIBOSOMAL = (
    "no ribosomal gene was found: no symbol begins with RPS or RPL, and no id is one of Ensembl's ribosomal proteins "
    "of human"
)

HUMAN_IDS = frozenset(
    f"ENSG00000{number}"
    for number in (
        # ND1, ND2, CO1, CO2, ATP8, ATP6, CO3, ND3, ND4L, ND4, ND5, ND6, CYB
        198888, 198763, 198804, 198712, 228253, 198899, 198938, 198840, 212907, 198886, 198786, 198695, 198727,
        # RNR1, RNR2
        211459, 210082,
        # TF, TV, TL1, TI, TQ, TM, TW, TA, TN, TC, TY
        210049, 210077, 209082, 210100, 210107, 210112, 210117, 210127, 210135, 210140, 210144,
        # TS1, TD, TK, TG, TR, TH, TS2, TL2, TE, TT, TP
        210151, 210154, 210156, 210164, 210174, 210176, 210184, 210191, 210194, 210195, 210196,
    )
)  # fmt: skip
# In the order of the chromosome, but for mt-Nd4l (65947) and 64362, which is no gene any more.
MOUSE_IDS = frozenset(f"ENSMUSG000000{number}" for number in (*range(64336, 64362), *range(64363, 64373), 65947))
_MITOCHONDRIAL_IDS = HUMAN_IDS | MOUSE_IDS
HUMAN_RIBOSOMAL_IDS = frozenset(
    f"ENSG00000{number}"
    for number in (
        # RPL3 … RPL39L, RPLP0 … RPLP2
        "100316", "174444", "122406", "089009", "147604", "148303", "146223", "161016", "163682", "147403", "198755",
        "165496", "142676", "197958", "167526", "142541", "188846", "174748", "265681", "063177", "105640", "108298",
        "122026", "116251", "163584", "125691", "198242", "114391", "161970", "037241", "131469", "166441", "108107",
        "162244", "156482", "071082", "144713", "109475", "136942", "182899", "130255", "241343", "165502", "145592",
        "197756", "172809", "198918", "163923", "229117", "089157", "137818", "177600",
        # RPS2 … RPS29, RPSA
        "140988", "149273", "145425", "198034", "083845", "137154", "171863", "142937", "170889", "124614", "142534",
        "112306", "110700", "164587", "115268", "134419", "105193", "184779", "182774", "231500", "105372", "008988",
        "171858", "186468", "138326", "118181", "197728", "177954", "143947", "185088", "233927", "213741", "168028",
    )
)  # fmt: skip

WORM = frozenset({"ctc-1", "ctc-2", "ctc-3", "ctb-1", "atp-6", "ndfl-4", *(f"nduo-{number}" for number in range(1, 7))})
YEAST = frozenset({"COX1", "COX2", "COX3", "COB", "ATP6", "ATP8", "OLI1", "VAR1", "15S_RRNA", "21S_RRNA", "RPM1"})
_COMPLEXES = ("ND4L", "COX1", "COX2", "COX3", "COI", "COII", "COIII", "ATP6", "ATP8", "CYTB")
BARE = frozenset({*_COMPLEXES, *(f"ND{number}" for number in range(1, 7))})
MIN_BARE = 5  # of the 13; a nuclear gene may have one of these names, but not five
MIN_YEAST = 0.02  # share of systematic names that shows a yeast

# A genome before the name: GRCh38_, mm10___, and with the marks that R or Seurat writes for _.
_GENOME = re.compile(
    r"(GRC[hmrz]\d+|hg\d+|mm\d+|rn\d+|dm\d+|ce\d+|danRer\d+|human|mouse|homo_sapiens|mus_musculus)[_.-]+",
    re.IGNORECASE,
)
_ID_BEFORE = r"(?:ENS[A-Z]*G\d{11}(?:\.\d+)?[_.:|-]+)?"
_MITOCHONDRIAL = re.compile(rf"(?:[^_\s|]+_+)?{_ID_BEFORE}mt[-.:]\w", re.IGNORECASE)
_MITOCHONDRIAL_ID = re.compile(r"(?:gene:)?ATMG\d{5}|MTCE\.\d+", re.IGNORECASE)
_RIBOSOMAL = re.compile(rf"(?:[^_\s|]+_+)?{_ID_BEFORE}RP[SL](?!6K)", re.IGNORECASE)
_ENSEMBL = re.compile(r"(ENS(?:MUS)?G\d{11})(?!\d)")
_YEAST_NAME = re.compile(r"Y[A-P][LR]\d{3}[WC](-[A-Z])?")
_YEAST_ID = re.compile(r"Q0\d{3}")


def is_mitochondrial(symbols: NDArray[np.str_], ids: NDArray[np.str_] | None = None) -> NDArray[np.bool_]:
    """(G,) the genes of the mitochondrial genome, by symbol or by id; see the module's table."""
    given = symbols.tolist()
    keys = given if ids is None else ids.tolist()
    is_yeast = _is_yeast([*given, *keys])
    exact = WORM | (YEAST if is_yeast else frozenset()) | _bare_names(given)

    def belongs(symbol: str, key: str) -> bool:
        plain = strip_genome(symbol)
        return (
            plain in exact
            or _MITOCHONDRIAL.match(plain) is not None
            or _ensembl_id(key) in _MITOCHONDRIAL_IDS
            or _MITOCHONDRIAL_ID.match(key) is not None
            or _MITOCHONDRIAL_ID.match(plain) is not None
            or (is_yeast and any(_YEAST_ID.fullmatch(name) for name in (symbol, key)))
        )

    return _mask(belongs(symbol, key) for symbol, key in zip(given, keys, strict=True))


def is_ribosomal(symbols: NDArray[np.str_], ids: NDArray[np.str_] | None = None) -> NDArray[np.bool_]:
    """(G,) genes of ribosomal proteins, but not the kinases RPS6K…, by symbol or by Ensembl id of human."""
    given = symbols.tolist()
    keys = given if ids is None else ids.tolist()
    return _mask(
        _RIBOSOMAL.match(strip_genome(symbol)) is not None or _ensembl_id(key) in HUMAN_RIBOSOMAL_IDS
        for symbol, key in zip(given, keys, strict=True)
    )


def strip_genome(name: str) -> str:
    """A gene's name without the genome that stands before it where a file holds several: GRCh38_MT-ND1 is MT-ND1."""
    return split_genome(name)[1]


def split_genome(name: str) -> tuple[str, str]:
    """(the genome that stands before a gene's name, or "", the name)."""
    match = _GENOME.match(name)
    return (match[1], name[match.end() :]) if match and match.end() < len(name) else ("", name)


def _ensembl_id(name: str) -> str:
    match = _ENSEMBL.match(strip_genome(name))
    return match[1] if match else ""


def _is_yeast(names: Sequence[str]) -> bool:
    return sum(_YEAST_NAME.fullmatch(name) is not None for name in names) > MIN_YEAST * len(names)


def _bare_names(symbols: Sequence[str]) -> frozenset[str]:
    """The names in BARE that the file has, in any case, where they are enough to show a mitochondrial genome."""
    found = frozenset(symbol for symbol in symbols if symbol.upper() in BARE)
    return found if len({symbol.upper() for symbol in found}) >= MIN_BARE else frozenset()


def _mask(belongs: Iterable[bool]) -> NDArray[np.bool_]:
    import numpy as np

    return np.fromiter(belongs, dtype=np.bool_)
