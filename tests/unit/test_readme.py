"""README's figures are those of the files they come from."""

import re

from benchmarks.readme_tables import README, insert_models
from clustergan_core.runs.store import list_shipped


def test_readme_shows_the_shipped_models_own_scores() -> None:
    assert list_shipped()
    assert insert_models(README.read_text()) == README.read_text()


def test_every_picture_and_page_that_readme_links_to_is_there() -> None:
    links = re.findall(r"\]\(((?!https?://)[^)#]+)\)|(?:src|srcset)=\"([^\"]+)\"", README.read_text())
    paths = [README.parent / (markdown or html) for markdown, html in links]
    assert paths
    assert [path for path in paths if not path.exists()] == []
