"""The style of HTML: readable in light and dark, and alone."""

import re
from collections.abc import Mapping

import pytest

from mic_core.markup import HUES, element, notebook, page
from mic_core.markup.style import DARK, LIGHT, PAGE_STYLE, STYLE, schemes

TONES = ("error", "warning", "info", "good", "plain")
PAIRS = [
    *(("ink", ground) for ground in ("ground", "page", "soft")),
    *(("muted", ground) for ground in ("ground", "page")),
    *(("link", ground) for ground in ("ground", "page")),
    *((tone, f"{tone}-ground") for tone in TONES),
    *((tone, "ground") for tone in TONES),
    *((ink, f"hue-{hue}-ground") for hue in (*range(HUES), "none") for ink in ("ink", "muted")),
]


def luminance(color: str) -> float:
    """The relative luminance of a color, after the definition of WCAG 2."""
    channels = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """The ratio of two brightnesses, from 1 to 21."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_texts_can_be_read_on_their_grounds(tokens: Mapping[str, str]) -> None:
    """Every ink has a contrast of at least 4.5 to 1 on each ground that it stands on."""
    ratios = {pair: contrast(tokens[pair[0]], tokens[pair[1]]) for pair in PAIRS}
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_edges_and_bars_stand_out(tokens: Mapping[str, str]) -> None:
    """Colors that distinguish groups have a contrast of at least 3 to 1 on the ground."""
    for hue in (*range(HUES), "none"):
        assert contrast(tokens[f"hue-{hue}"], tokens["ground"]) >= 3


def test_light_and_dark_name_the_same_tokens() -> None:
    """A token that only one of them had would be no color in the other."""
    assert list(LIGHT) == list(DARK)
    used = set(re.findall(r"var\(--([a-z0-9-]+)\)", PAGE_STYLE))
    placed = {"at", "tall", "left", "part", "lanes", "height", "edge", "fill", "rows"}
    assert used - placed <= set(LIGHT)


def test_the_style_follows_the_surroundings() -> None:
    """The wish for dark counts, and what notebooks and themes say counts more."""
    assert "@media (prefers-color-scheme:dark){.mic{" in STYLE
    for place in ('[data-jp-theme-light="false"] .mic', ".vscode-dark .mic", '[data-theme="dark"]'):
        assert place in STYLE
    assert schemes(".x").startswith(".x{--ground:#ffffff;")


def test_the_style_touches_nothing_outside() -> None:
    """Every selector speaks of what stands inside class `mic`, and nothing is loaded."""
    selectors = re.findall(r"(?:^|[{}])([^{}@;]+)\{", PAGE_STYLE)
    for selector in selectors:
        for each in selector.split(","):
            assert ".mic" in each
    assert len(selectors) > 80
    assert "url" not in PAGE_STYLE
    assert "@import" not in PAGE_STYLE
    assert "\n" not in PAGE_STYLE


def test_the_style_is_small() -> None:
    """The style that a notebook carries with each result stays below twelve thousand characters."""
    assert len(STYLE) < 12_000
    assert notebook(element("p")).count("<style>") == 1
    assert page("Title").count("<style>") == 1


def test_braces_are_balanced() -> None:
    """No rule is left open."""
    assert PAGE_STYLE.count("{") == PAGE_STYLE.count("}")
