"""The colours of both themes, two by two: what stands on what can be read.

axe measures the text of the pages that tests open. This holds for every page to come, and for what
axe does not measure: the ring of the focus, the edge of a field, the lines of a chart.
"""

import re
from itertools import product
from pathlib import Path

import pytest

THEME = Path(__file__).resolve().parents[1] / "static" / "css" / "theme.css"
COLOUR = re.compile(r"--([\w-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);")

GROUNDS = ("paper", "surface", "sunken")
TONES = ("good", "caution", "danger", "accent")
TEXTS = [
    *product(("ink", "ink-soft", "accent", "accent-strong", "danger", "good", "caution"), GROUNDS),
    *product(("ink", "ink-soft"), [f"{tone}-soft" for tone in TONES]),
    *((tone, f"{tone}-soft") for tone in TONES),
    *product(["on-accent"], ["accent", "accent-strong"]),
    *product(["on-danger"], ["danger", "danger-strong"]),
    ("ink", "raised"),
    ("paper", "ink"),
]
EDGES = [
    *product(("accent", "danger", "line-strong"), ("paper", "surface")),
    *product([f"series-{number}" for number in range(1, 5)], GROUNDS),
]


def colours(theme: str) -> dict[str, str]:
    found = COLOUR.findall(THEME.read_text())
    return {name: light if theme == "light" else dark for name, light, dark in found}


def luminance(colour: str) -> float:
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_what_the_standard_says():
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("least", "pairs"), [(4.5, TEXTS), (3.0, EDGES)], ids=["text", "edges"])
def test_everything_stands_out_from_its_ground(theme, least, pairs):
    values = colours(theme)
    faint = {
        f"{one} on {ground}": round(contrast(values[one], values[ground]), 2)
        for one, ground in pairs
        if contrast(values[one], values[ground]) < least
    }
    assert faint == {}
