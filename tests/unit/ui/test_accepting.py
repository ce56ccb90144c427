"""What uploaded files become: samples of one data set, described by the table that came with them."""

import zipfile
from pathlib import Path

import pytest

from clustergan_core.data.counts.batches import read_sample_table
from clustergan_core.data.uploads.store import list_uploads
from tests.small_samples import write_samples
from ui.data.accepting import accept_files

pytestmark = pytest.mark.usefixtures("own_folders")


def test_an_archive_of_samples_with_a_table_of_them_is_one_data_set(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "lungs.zip", "w") as archive:
        for path in write_samples(tmp_path / "files"):
            archive.write(path, path.name)
        archive.writestr("samples.csv", "sample,condition\ncontrol,none\ntreated,drug\n")
    seen: list[tuple[int, int]] = []
    choices, messages = accept_files(
        [("lungs.zip", memoryview((tmp_path / "lungs.zip").read_bytes()))],
        lambda done, all_of_them: seen.append((done, all_of_them)),
    )
    assert str(choices["dataset"]).startswith("control.h5ad")
    assert [Path(path).name for path in choices["further"]] == ["treated.h5ad"]
    facts, _ = read_sample_table(Path(str(choices["samples_table"])), ["control", "treated"])
    assert [row.condition for row in facts] == ["none", "drug"]
    assert len(list_uploads()) == 2  # the table is no data of its own
    assert messages == ["2 files are combined as 2 samples.", "samples.csv describes the samples."]
    assert seen == [(0, 3), (1, 3), (2, 3)]
