"""The Data page: choosing and bringing data, and what it says of it."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
from PIL import Image

from clustergan_core.data.uploads.sorting import store_files
from clustergan_core.data.uploads.store import list_uploads
from tests.app.app_pages import PROJECT, open_page, texts
from ui.frame.messages import plain

LEAVES = "leaf;length;width;species\n" + "\n".join(
    f"l{i};{i % 7},5;{(i * 3) % 11},25;{'oak' if i % 3 else 'elm'}" for i in range(60)
)


@pytest.fixture(autouse=True)
def _folders(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No runs, uploads or downloads of this machine."""
    monkeypatch.setenv("CLUSTERGAN_DATA", str(own_folders / "data"))


def zipped_pictures() -> bytes:
    """Two folders of six 20 × 20 pictures each."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(12):
            picture = io.BytesIO()
            Image.fromarray(np.full((20, 20), 20 * number, dtype=np.uint8)).save(picture, "PNG")
            archive.writestr(f"{'dark' if number < 6 else 'light'}/{number}.png", picture.getvalue())
    return file.getvalue()


def test_a_built_in_set_is_described_and_shown_without_a_choice() -> None:
    app = open_page("data")
    assert not app.exception
    assert {metric.label: metric.value for metric in app.metric} == {
        "Samples": "1,797",
        "Image size, grey": "8 × 8",
        "Kind": "images",
        "Labels": "10",
    }
    splits = app.dataframe[0].value
    assert splits["Samples"].tolist() == [1439, 179, 179]
    assert len(app.image) == 1


def test_other_samples_are_other_samples() -> None:
    app = open_page("data")
    before = app.image[0].proto.imgs[0].url
    app.button(key="other_samples").click().run()
    assert app.image[0].proto.imgs[0].url != before


def test_the_address_chooses_the_set_and_a_wrong_one_is_named() -> None:
    assert {m.label: m.value for m in open_page("data", dataset="synthetic").metric}["Features"] == "100"
    app = open_page("data", dataset="../../etc/passwd")
    assert "The address asks for dataset=../../etc/passwd, but it can be digits" in app.error[0].value
    assert not app.exception


def test_a_set_that_is_not_here_offers_its_download_and_says_why_it_failed(own_folders: Path) -> None:
    # A data folder that is a file can hold no download, whatever the network.
    (own_folders / "data").write_text("")
    app = open_page("data", dataset="usps")
    assert "is not on this machine yet" in app.info[0].value
    app.button(key="download").click().run()
    assert len(app.error) == 1
    assert "usps" in app.error[0].value
    assert not app.exception


def test_an_uploaded_table_shows_its_columns_and_becomes_the_choice() -> None:
    app = open_page("data")
    app.file_uploader[0].set_value(("leaves.csv", LEAVES.encode(), "text/csv")).run()
    assert not app.exception
    assert not app.error
    (path,) = list_uploads()
    assert app.selectbox(key="dataset").value == f"leaves.csv ({path.parent.name})"
    said = texts(app)
    assert "60 rows, 4 columns: leaf, length, width, species" in said
    assert "Samples are named by column leaf" in said
    assert {m.label: m.value for m in app.metric} == {
        "Samples": "60",
        "Features": "2",
        "Kind": "table",
        "Labels": "none",
    }
    assert "trained on all 60 samples" in said
    assert any("Needs labels" in info.value for info in app.info)


def test_a_label_column_and_chosen_rows_change_what_is_shown() -> None:
    path = store_files([("leaves.csv", LEAVES.encode())]).uploads[0].path
    app = open_page("data", dataset=f"leaves.csv ({path.parent.name})", labels="species")
    assert {m.label: m.value for m in app.metric}["Labels"] == "2"
    app.multiselect(key="drop").set_value(["species=elm"]).run()
    assert {m.label: m.value for m in app.metric}["Samples"] == "40"
    assert "40 of 60 rows are used (without species = elm)" in texts(app)


def test_labels_found_by_their_name_can_be_left_out() -> None:
    path = store_files([("leaves.csv", LEAVES.replace("species", "class").encode())]).uploads[0].path
    app = open_page("data", dataset=f"leaves.csv ({path.parent.name})")
    assert {m.label: m.value for m in app.metric}["Labels"] == "2"
    app.selectbox(key="labels").set_value("none").run()
    figures = {m.label: m.value for m in app.metric}
    assert (figures["Labels"], figures["Features"]) == ("none", "2")


def test_a_column_of_types_is_proposed_and_used_only_once_it_is_confirmed() -> None:
    path = store_files([("leaves.csv", LEAVES.replace("species", "cell_type").encode())]).uploads[0].path
    app = open_page("data", dataset=f"leaves.csv ({path.parent.name})")
    assert {m.label: m.value for m in app.metric}["Labels"] == "none"
    assert "**Are these known classes?** `cell_type`: 2 levels: elm 20, oak 40." in texts(app)
    app.button(key="confirm_labels").click().run()
    assert not app.exception
    assert app.selectbox(key="labels").value == "cell_type"
    assert {m.label: m.value for m in app.metric}["Labels"] == "2"


def test_labels_confirmed_for_one_file_are_proposed_again_for_another() -> None:
    table = LEAVES.replace("species", "cell_type")
    paths = [
        store_files([(name, text.encode())]).uploads[0].path
        for name, text in (("a.csv", table), ("b.csv", table + "\nl60;1,5;2,25;elm"))
    ]
    app = open_page("data", dataset=f"a.csv ({paths[0].parent.name})", labels="cell_type")
    assert {m.label: m.value for m in app.metric}["Labels"] == "2"
    app.selectbox(key="dataset").set_value(f"b.csv ({paths[1].parent.name})").run()
    assert not app.exception
    assert app.selectbox(key="labels").value == "automatic"
    assert "confirm_labels" in [button.key for button in app.button]


def test_arrays_of_one_value_a_sample_can_be_chosen_as_labels() -> None:
    file = io.BytesIO()
    np.savez(file, x=np.random.default_rng(0).random((30, 4)), cell_type=np.array(["B", "T", "NK"] * 10))
    path = store_files([("cells.npz", file.getvalue())]).uploads[0].path
    app = open_page("data", dataset=f"cells.npz ({path.parent.name})")
    assert {m.label: m.value for m in app.metric}["Labels"] == "none"
    app.button(key="confirm_labels").click().run()
    assert {m.label: m.value for m in app.metric}["Labels"] == "3"


def test_pictures_in_two_levels_of_folders_ask_which_are_the_classes() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(8):
            picture = io.BytesIO()
            Image.new("L", (16, 16), 20 * number).save(picture, "PNG")
            archive.writestr(f"{'ab'[number % 2]}/{('cat', 'dog')[number // 2 % 2]}/{number}.png", picture.getvalue())
    path = store_files([("pets.zip", stream.getvalue())]).uploads[0].path
    app = open_page("data", dataset=f"pets.zip ({path.parent.name})")
    assert "each may name the classes" in app.error[0].value
    app.selectbox(key="labels").set_value("folder_2").run()
    assert not app.error
    assert {m.label: m.value for m in app.metric}["Labels"] == "2"


def test_a_wrong_value_of_rows_in_the_address_is_named() -> None:
    path = store_files([("leaves.csv", LEAVES.encode())]).uploads[0].path
    app = open_page("data", dataset=f"leaves.csv ({path.parent.name})", drop="species=ash")
    assert "drop=species=ash, which no row has" in app.error[0].value
    assert {m.label: m.value for m in app.metric}["Samples"] == "60"


def test_zipped_pictures_take_their_labels_from_folders_and_a_side_from_the_form() -> None:
    app = open_page("data")
    app.file_uploader[0].set_value(("grey.zip", zipped_pictures(), "application/zip")).run()
    assert not app.error
    assert {m.label: m.value for m in app.metric}["Image size, grey"] == "20 × 20"
    app.selectbox(key="side").set_value("16").run()
    figures = {m.label: m.value for m in app.metric}
    assert (figures["Image size, grey"], figures["Labels"]) == ("16 × 16", "2")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("photo.zip", b"no archive at all"),
        ("binary.csv", b"\x00\x01\x02\x03" * 50),
        ("empty.csv", b""),
        ("packed.csv.gz", b"\x1f\x8b\x08\x00damaged"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_sentence_and_is_not_kept(name: str, content: bytes) -> None:
    app = open_page("data")
    app.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    assert [name in error.value for error in app.error] == [True]
    assert not app.exception
    assert list_uploads() == []
    assert app.selectbox(key="dataset").value == "digits"


def test_an_own_file_is_forgotten_only_after_a_confirmation() -> None:
    path = store_files([("leaves.csv", LEAVES.encode())]).uploads[0].path
    app = open_page("data", dataset=f"leaves.csv ({path.parent.name})")
    app.button(key=f"forget_{path.parent.name}").click().run()
    assert list_uploads() == [path]
    app.button(key="dialog_yes").click().run()
    assert list_uploads() == []
    assert not app.exception
    assert app.selectbox(key="dataset").value == "digits"


def test_train_on_this_leads_to_the_train_page_with_the_same_data() -> None:
    path = store_files([("leaves.csv", LEAVES.encode())]).uploads[0].path
    app = open_page("data", dataset=f"leaves.csv ({path.parent.name})", labels="species", drop="species=elm")
    link = next(link for link in app.page_link if "Train on this" in link.label)
    assert link.page == "train"
    assert parse_qs(link.proto.query_string) == {
        "dataset": [f"leaves.csv ({path.parent.name})"],
        "task": ["New run"],
        "labels": ["species"],
        "drop": ["species=elm"],
    }


def test_the_page_s_parts_load_neither_the_networks_nor_what_reads_cells() -> None:
    heavy = ("torch", "sklearn", "scanpy", "anndata", "h5py", "umap")
    script = f"import sys, ui.data.counts.view, ui.data.uploads; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_address_with_a_tilde_stays_a_link_that_works() -> None:
    assert plain("get https://example.org/~name/usps.bz2 or ~~that~~") == (
        r"get https://example.org/~name/usps.bz2 or \~\~that\~\~"
    )
