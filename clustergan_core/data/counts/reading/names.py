"""Names of genes and cells: their type and species, and what spreadsheets and repeats do to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from clustergan_core.data.counts.gene_sets import split_genome, strip_genome
from clustergan_core.data.counts.reading.limits import MAX_NAME
from clustergan_core.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GeneKind = Literal["symbols", "Ensembl", "Entrez", "WormBase", "FlyBase", "TAIR", "numbered", "unknown"]
Species = Literal["human", "mouse", "worm", "fly", "zebrafish", "rat", "thale cress", "unknown"]

CLEAR = 0.5  # share of names that must be of a type
MIXED = 0.05  # share of another species' ids that shows a mixture of two
N_SHOWN = 4
N_EXAMINED = 5000  # names are alike: this many show their type
MIN_STEMS = 0.2  # distinct stems per name: V1 … V100 have one stem, a gene table hundreds
FEW_STEMS = 5  # among names of familiar families, which share stems: RPL3, RPL4, …

_IDS: tuple[tuple[str, GeneKind, Species], ...] = (
    (r"ENSG\d{11}(\.\d+)?(_PAR_Y)?", "Ensembl", "human"),
    (r"ENSMUSG\d{11}(\.\d+)?", "Ensembl", "mouse"),
    (r"ENSRNOG\d{11}(\.\d+)?", "Ensembl", "rat"),
    (r"ENSDARG\d{11}(\.\d+)?", "Ensembl", "zebrafish"),
    (r"ENS[A-Z]{0,6}G\d{11}(\.\d+)?", "Ensembl", "unknown"),
    (r"WBGene\d{8}", "WormBase", "worm"),
    (r"FBgn\d{7}", "FlyBase", "fly"),
    (r"AT[1-5CM]G\d{5}", "TAIR", "thale cress"),
)
_NUMBERED = re.compile(r"(gene|g|feature|column|v|x)?[_ .-]?\d+", re.IGNORECASE)
_ENTREZ = re.compile(r"X?\d{1,9}(\.0)?")
# Genes that hardly any table lacks; they distinguish gene names from other codes.
_FAMILIAR = frozenset(
    re.findall(
        r"\S+",
        """ACTB ACTG1 GAPDH B2M MALAT1 NEAT1 XIST EEF1A1 TMSB4X TMSB10 FTL FTH1 PPIA UBC VIM CST3 LYZ NKG7 GNLY PTPRC
        MS4A1 FCGR3A IL7R INS1 INS2 GCG SST PPY APOE APOD APOC1 CLU TTR FOSB EGR1 HSPA8 HSP90AA1 TUBA1A TUBB S100A4
        S100A8 S100A9 NOC2L SOX4 SOX9 PCNA MKI67 TOP2A EPCAM KRT8 KRT18 COL1A1 COL1A2 COL3A1 PECAM1 HBB HBA1 HBA2
        SAMD11""",
    )
)
_FAMILIES = re.compile(r"(RP[LS]\d+[A-Z]?\d*|MT-[A-Z0-9]+|CD\d+[A-Z]?|HLA-[A-Z0-9]+|TMEM\d+[A-Z]?|ZNF\d+|LINC\d+|"
                       r"SLC\d+A\d+|CCL\d+|CXCL\d+|NDUF[A-Z]+\d+|EIF\d[A-Z0-9]*|X?\d{7}[A-Z]\d\dRIK)")  # fmt: skip
_HUMAN = re.compile(r"[A-Z][A-Z0-9]*(orf\d+)?[A-Z0-9]*([-.][A-Z0-9]+)*")
_MOUSE = re.compile(r"([A-Z][a-z0-9]*[a-z][a-z0-9]*|X?\d{7}[A-Z]\d\dRik|mt-[A-Z][A-Za-z0-9]+)([-.][A-Za-z0-9]+)*")
_WORM = re.compile(r"[a-z]{3,4}-\d+(\.\d+)?|[A-Z]\d{1,3}[A-Z]\d{1,2}\.\d+[a-z]?")
_FLY = re.compile(r"CG\d{4,5}|mt[:.](ND\d|Co|ATPase|Cyt|tRNA|[ls]rRNA).*|(l|r)RNA:.*|His\d:.*")
_BARCODE = re.compile(r"[ACGTN]{10,}")
_CELL = re.compile(r"(^|[^a-z])cell", re.IGNORECASE)
# Months as spreadsheets write them in English, German, French and Italian.
_MONTH = (
    "Jan|Feb|Febr|Mar|Mars|Mär|März|Mrz|Apr|Avr|May|Mai|Mag|Jun|Juin|Giu|Jul|Juil|Lug|Aug|Août|Ago|Sep|Sept|Set|Oct|Okt|"
    "Ott|Nov|Dec|Dez|Déc|Dic"
)
# A month that comes first is capitalised, because the worm has genes such as sep-1; no gene begins with a day.
_DATE = re.compile(
    rf"\d{{1,2}}\.?[- ](?i:{_MONTH})\.?([- ]\d{{2,4}})?|({_MONTH}|{_MONTH.upper()})\.?[- ]\d{{1,4}}|"
    r"\d{4}[-/]\d\d?[-/]\d\d?([ T]\d\d:\d\d(:\d\d)?)?|\d\d?/\d\d?/\d{2,4}|\d\d?\.\d\d?\.\d{4}"
)
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?(E[+-]?\d+)?", re.IGNORECASE)
_UNNAMED = re.compile(r"unnamed_\d+")


def find_kind(gene_ids: Sequence[str]) -> tuple[GeneKind, Species]:
    """(the type of the ids, the species they belong to)."""
    pairs = [split_genome(name) for name in _spread(gene_ids)]
    names = [name for _, name in pairs]
    if not names:
        return "unknown", "unknown"
    shares = [_share(names, re.compile(pattern)) for pattern, _, _ in _IDS]
    n_species = sum(share > MIXED for share, (_, _, species) in zip(shares, _IDS, strict=True) if species != "unknown")
    is_mixture = n_species > 1 or len({genome for genome, _ in pairs if genome}) > 1
    for share, (_, kind, species) in zip(shares, _IDS, strict=True):
        if share > CLEAR:
            return kind, "unknown" if is_mixture else species
    if _share(names, _ENTREZ) > CLEAR and not _counts_up(names):
        return "Entrez", "unknown"
    if _share(names, _NUMBERED) > CLEAR and _count_stems(names) <= max(1, MIN_STEMS * len(names)):
        return "numbered", "unknown"
    if _share(names, _WORM) > CLEAR:
        return "symbols", "worm"
    if _share(names, _FLY) > MIXED:
        return "symbols", "fly"
    human, mouse = _share(names, _HUMAN), _share(names, _MOUSE)
    if is_mixture and human + mouse > CLEAR:
        return "symbols", "unknown"
    return ("symbols", "human") if human > CLEAR else ("symbols", "mouse") if mouse > CLEAR else ("unknown", "unknown")


def looks_like_genes(names: Sequence[str]) -> bool:
    """Whether names are gene names rather than other codes and words of a table."""
    if are_gene_ids(names):
        return True
    examined = [strip_genome(name.partition("|")[0]) for name in _spread(names)]
    distinct = {name.upper() for name in examined}
    n_familiar = sum(name in _FAMILIAR or _FAMILIES.fullmatch(name) is not None for name in distinct)
    n_stems = _count_stems(examined)
    are_various = n_stems > MIN_STEMS * len(examined) or (n_familiar > CLEAR * len(distinct) and n_stems > FEW_STEMS)
    return n_familiar >= max(3, 0.01 * len(examined)) and are_various


def looks_like_barcodes(names: Sequence[str]) -> bool:
    """Whether names contain the bases of a barcode, or the word "cell"."""
    examined = _spread(names)
    n_barcodes = sum(bool(_BARCODE.search(name) or _CELL.search(name)) for name in examined)
    return bool(examined) and n_barcodes > CLEAR * len(examined)


def find_dates(names: Sequence[str]) -> list[str]:
    """Gene names that a spreadsheet turned into dates: MARCH1 became 1-Mar."""
    return _find_matches(names, _DATE)


def find_numbers(names: Sequence[str]) -> list[str]:
    """Numbers among gene names, such as 2.31E+19, which was 2310000E19 of RIKEN, or 44621, which is a date.

    None where most names are numbers, which then are ids.
    """
    numbers = _find_matches(names, _NUMBER)
    return numbers if len(numbers) <= CLEAR * len(names) else []


def _find_matches(names: Sequence[str], pattern: re.Pattern[str]) -> list[str]:
    """Names that match, also those with a suffix that makes a repeat unique: 1-Mar-1 beside 1-Mar."""
    matches = [name for name in names if pattern.fullmatch(name)]
    given = set(matches)
    if not given:
        return []
    return [name for name in names if name in given or re.sub(r"-\d+$", "", name) in given]


def describe_spoilt(symbols: Sequence[str]) -> list[str]:
    """Sentences on names that a spreadsheet has changed; none where there are none."""
    sentences = []
    dates, numbers = find_dates(symbols), find_numbers(symbols)
    if dates:
        which = "1 gene name into a date" if len(dates) == 1 else f"{len(dates):,} gene names into dates"
        sentences.append(f"A spreadsheet turned {which} ({show_some(dates)}): MARCH1 became 1-Mar.")
    if numbers:
        which = "1 gene name is a number" if len(numbers) == 1 else f"{len(numbers):,} gene names are numbers"
        sentences.append(
            f"{which} ({show_some(numbers)}), which a spreadsheet makes of names that look like numbers or dates: "
            "2310000E19 became 2.31E+19, and MARCH1 became 44621."
        )
    return sentences


def count_unnamed(names: Sequence[str]) -> int:
    """How many names `require_names` made up."""
    return sum(_UNNAMED.fullmatch(name) is not None for name in names)


def show_some(names: Sequence[str], most: int = N_SHOWN) -> str:
    """The first names, separated by commas."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def make_unique(names: NDArray[np.str_]) -> tuple[NDArray[np.str_], int]:
    """(names with -1, -2, … appended to repeats, how many repeats there were)."""
    import numpy as np

    taken, seen = set(names.tolist()), set[str]()
    unique, n_repeats = [], 0
    suffixes: dict[str, int] = {}
    for name in names.tolist():
        new = name
        if name in seen:
            n_repeats += 1
            number = suffixes.get(name, 0)
            while new in taken:
                number += 1
                new = f"{name}-{number}"
            suffixes[name] = number
            taken.add(new)
        seen.add(new)
        unique.append(new)
    return np.array(unique, dtype=np.str_), n_repeats


def require_names(file: str, what: str, names: Sequence[str]) -> NDArray[np.str_]:
    """The names as an array, unnamed_7 for an empty seventh. Raises DataError for a name that is too long."""
    import numpy as np

    longest = max(names, key=len, default="")
    if len(longest) > MAX_NAME:
        raise DataError(
            f"{file} has a {what} name of {len(longest):,} characters ('{longest[:20]}…'), but at most {MAX_NAME} are "
            "read: shorten it."
        )
    return np.array([_clean(name) or f"unnamed_{index + 1}" for index, name in enumerate(names)], dtype=np.str_)


def _clean(name: str) -> str:
    """The name without surrounding spaces or characters that move a terminal's cursor."""
    return name.strip() if name.isprintable() else "".join(char for char in name if char.isprintable()).strip()


def number_names(what: str, count: int) -> NDArray[np.str_]:
    """Names such as gene_1, gene_2, … for a file without names."""
    import numpy as np

    return np.array([f"{what}_{number + 1}" for number in range(count)], dtype=np.str_)


def are_gene_ids(names: Sequence[str]) -> bool:
    examined = [strip_genome(name) for name in _spread(names)]
    return bool(examined) and any(_share(examined, re.compile(pattern)) > CLEAR for pattern, _, _ in _IDS)


def _spread(names: Sequence[str]) -> Sequence[str]:
    """At most N_EXAMINED names from all over: a file of two species holds one after the other."""
    return names[:: max(1, -(-len(names) // N_EXAMINED))]


def _share(names: Sequence[str], pattern: re.Pattern[str]) -> float:
    return sum(pattern.fullmatch(name) is not None for name in names) / len(names)


def _count_stems(names: Sequence[str]) -> int:
    """How many different beginnings up to the first digit there are."""
    return len({re.split(r"\d", name, maxsplit=1)[0] for name in names})


def _counts_up(names: Sequence[str]) -> bool:
    numbers = [int(float(name.lstrip("Xx"))) for name in names[:50] if _ENTREZ.fullmatch(name)]
    return all(later - earlier == 1 for earlier, later in pairwise(numbers))


def counts_up(names: Sequence[str]) -> bool:
    """Whether names only number their rows: 0, 1, 2, … or 1, 2, 3, …."""
    return len(names) > 1 and any(
        list(names) == [str(number + start) for number in range(len(names))] for start in (0, 1)
    )
