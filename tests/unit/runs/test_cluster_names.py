"""Names and notes of clusters: kept beside the run, merged by name, refused or told of where something is off."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from clustergan_core.drawing.palette import mode_colours
from clustergan_core.errors import RunError, SettingsError, StorageError
from clustergan_core.runs.clusters.names import (
    MAX_NAME,
    MAX_NOTE,
    Annotations,
    annotations_path,
    cluster_groups,
    merge_clusters,
    read_annotations,
    set_aside_annotations,
    write_annotations,
)
from clustergan_core.runs.run import Run


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_names_and_notes_come_back_and_no_other_file_is_touched(run: Run) -> None:
    before = contents(run.folder)
    assert read_annotations(run) == Annotations()
    kept = Annotations().with_name(3, "  T cells ").with_name(0, "Ärzte & B-Zellen").with_note(3, "CD3D\nand CD3E")
    write_annotations(run, kept)

    assert read_annotations(run) == kept
    assert kept.names == {0: "Ärzte & B-Zellen", 3: "T cells"}
    after = contents(run.folder)
    assert after.keys() - before.keys() == {"annotations.json"}
    assert {name: after[name] for name in before} == before


def test_an_empty_text_takes_a_name_or_note_away() -> None:
    named = Annotations().with_name(1, "NK").with_note(1, "sure")
    assert named.with_name(1, " ").with_note(1, "") == Annotations()
    assert named.names == {1: "NK"}, "values are frozen: what was is kept by who holds it"


def test_a_cluster_without_a_name_goes_by_its_number() -> None:
    named = Annotations().with_name(3, "T cells")
    assert (named.name_of(3), named.name_of(4), named.name_of(4, word="")) == ("T cells", "Cluster 4", "4")


def test_clusters_of_one_name_are_one_group_in_the_colour_of_the_first() -> None:
    named = Annotations().with_name(1, "T cells").with_name(3, "T cells").with_name(2, "B cells").with_name(9, "far")
    groups = cluster_groups(named, 5)
    assert [(group.name, group.clusters) for group in groups] == [
        ("Cluster 0", (0,)),
        ("T cells", (1, 3)),
        ("B cells", (2,)),
        ("Cluster 4", (4,)),
    ]
    colours = mode_colours(5)
    assert [group.colour for group in groups] == [colours[0], colours[1], colours[2], colours[4]]
    assert merge_clusters(np.array([4, 3, 1, 0, 2]), groups).tolist() == [3, 1, 1, 0, 2]


def test_a_stored_name_that_pages_give_to_another_cluster_merges_nothing() -> None:
    stored = Annotations.model_validate({"format": 1, "names": {"0": "Cluster 1"}})
    assert [group.clusters for group in cluster_groups(stored, 2)] == [(0,), (1,)]
    with pytest.raises(ValueError, match="looks like the cluster with that number"):
        Annotations.model_validate({"format": 1, "names": {"0": "1"}})


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("x" * (MAX_NAME + 1), r"1 to 60 characters, but this one has 61"),
        ("a\x1b[2Jb", r"control character U\+001B"),
        ("a\nb", r"control character U\+000A"),
        ("evil\u202egnp", r"control character U\+202E"),
        ("a\u0000b", r"control character U\+0000"),
        ("7", "looks like the cluster with that number"),
        ("Mode 7", "looks like the cluster with that number"),
        ("cluster  7", "looks like the cluster with that number"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused_in_one_sentence(name: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason):
        Annotations().with_name(0, name)


def test_a_note_may_have_lines_but_neither_control_characters_nor_no_end() -> None:
    assert Annotations().with_note(0, "one\ntwo").notes == {0: "one\ntwo"}
    with pytest.raises(SettingsError, match=r"1 to 1,000 characters, but this one has 1,001"):
        Annotations().with_note(0, "x" * (MAX_NOTE + 1))
    with pytest.raises(SettingsError, match=r"U\+0007"):
        Annotations().with_note(0, "a\abc")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"names": {}}',
        b'{"format": 1, "names": {"a": "b"}}',
        b'{"format": 1, "names": {"-1": "b"}}',
        b'{"format": 1, "names": {"0": 3}}',
        b'{"format": 1, "names": {"0": "a\\u001bb"}}',
        b'{"format": 1, "others": {}}',
    ],
)
def test_a_damaged_file_is_told_of_never_replaced_and_can_be_set_aside(run: Run, content: bytes) -> None:
    path = annotations_path(run)
    path.write_bytes(content)
    with pytest.raises(RunError, match="restore that file, or set it aside"):
        read_annotations(run)
    with pytest.raises(RunError, match="restore that file, or set it aside"):
        write_annotations(run, Annotations())
    assert path.read_bytes() == content

    aside = set_aside_annotations(run)
    assert aside.read_bytes() == content
    write_annotations(run, Annotations().with_name(0, "anew"))
    assert read_annotations(run).names == {0: "anew"}
    assert set_aside_annotations(run) != aside
    assert aside.read_bytes() == content


def test_a_file_of_a_newer_format_is_left_to_the_version_that_wrote_it(run: Run) -> None:
    annotations_path(run).write_text(json.dumps({"format": 4, "names": {"0": {"text": "T cells"}}}))
    with pytest.raises(RunError, match="format 4, and this version reads up to 3: update it"):
        read_annotations(run)


def test_a_shipped_run_keeps_its_names_with_what_is_derived_of_it(
    run: Run, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLUSTERGAN_PRETRAINED", str(own_folders / "pretrained"))
    shipped = Run(shutil.copytree(run.folder, own_folders / "pretrained" / "digits-model"))
    before = contents(shipped.folder)
    write_annotations(shipped, Annotations().with_name(0, "zeros"))
    assert read_annotations(shipped).names == {0: "zeros"}
    assert contents(shipped.folder) == before
    assert (own_folders / "derived" / "digits-model" / "annotations.json").is_file()


def test_a_disk_that_cannot_be_written_is_told_of(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("clustergan_core.files.os.fsync", refuse)
    with pytest.raises(StorageError, match=r"annotations\.json"):
        write_annotations(run, Annotations().with_name(0, "lost?"))
    assert not annotations_path(run).exists()
