"""The settings in .streamlit/config.toml: one look for pages and pictures, legible, and private."""

import tomllib
from pathlib import Path

import pytest

from clustergan_core.drawing.palette import PETROFF_10
from clustergan_core.drawing.theme import THEMES, Theme

SETTINGS = tomllib.loads((Path(__file__).resolve().parents[3] / ".streamlit" / "config.toml").read_text())


def contrast(first: str, second: str) -> float:
    """WCAG 2.1 contrast ratio of two colours "#rrggbb"."""

    def luminance(colour: str) -> float:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_and_pictures_share_their_colours(theme: Theme) -> None:
    colours = SETTINGS["theme"][theme]
    assert (colours["backgroundColor"], colours["textColor"]) == (THEMES[theme].page, THEMES[theme].text)
    assert SETTINGS["theme"]["chartCategoricalColors"] == list(PETROFF_10)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_the_primary_colour_are_legible(theme: str) -> None:
    colours = SETTINGS["theme"][theme]
    for ground in (colours["backgroundColor"], colours["secondaryBackgroundColor"]):
        assert contrast(colours["textColor"], ground) >= 7
        assert contrast(colours["primaryColor"], ground) >= 4.5


def test_the_server_is_private_by_default() -> None:
    server = SETTINGS["server"]
    assert server["address"] == "127.0.0.1"
    assert set(server["allowedHosts"]) == {"127.0.0.1", "localhost"}
    assert server["enableCORS"]
    assert server["enableXsrfProtection"]
    assert SETTINGS["browser"]["gatherUsageStats"] is False
    assert SETTINGS["client"]["showErrorDetails"] == "none"
