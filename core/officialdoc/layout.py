"""The numbers of GB/T 9704-2012, read once from the catalogue, and what follows from them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from core import catalogue_files

CATALOGUE = Path(__file__).resolve().parent.parent / "catalogue" / "gbt9704.yaml"
POINTS_PER_MM = 72 / 25.4


@cache
def standard() -> dict[str, Any]:
    """The layout as data: millimetres and points, as the standard writes them."""
    return catalogue_files.read(CATALOGUE)


def line_pitch() -> float:
    """Points from one line to the next: the text area divided by its 22 lines, in whole twips."""
    area = standard()["text_area"]
    return int(area["height"] * POINTS_PER_MM / area["lines"] * 20) / 20


def character_pitch() -> float:
    """Points from one character to the next: 28 characters fill the width of the text area."""
    area = standard()["text_area"]
    return area["width"] * POINTS_PER_MM / area["characters"]


def mark_size(issuer: str) -> float:
    """Size of the red issuer mark in points: as large as fits one line of the text area."""
    width = standard()["text_area"]["width"] * POINTS_PER_MM * 0.98
    return round(min(standard()["sizes"]["mark"], width / max(len(issuer), 1)), 1)
