"""Campaign templates: their content, read strictly, with every fault named at once.

``parse`` turns the stored or written content into frozen values; ``load`` reads a YAML file. A
fault is told in Chinese with its place, for example ``duties[4].due.date（第 212 行）``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from campaign.template_reader import Reader, plain, raw_data
from campaign.template_shape import (
    CheckItem,
    Content,
    DueRule,
    DutyPlan,
    GroupPlan,
    Ladder,
    ObjectiveNode,
    PhasePlan,
    Problem,
    Section,
    Statement,
    StepPlan,
    TemplateRefused,
)

__all__ = [
    "CheckItem",
    "Content",
    "DueRule",
    "DutyPlan",
    "GroupPlan",
    "Ladder",
    "ObjectiveNode",
    "PhasePlan",
    "Problem",
    "Section",
    "Statement",
    "StepPlan",
    "TemplateRefused",
    "faults",
    "load",
    "parse",
    "plain",
    "read_text",
]


def parse(content: Any) -> Content:
    """Read stored content. Raises ``TemplateRefused`` with all faults."""
    reader = Reader()
    parsed = reader.content(content)
    if reader.problems or parsed is None:
        raise TemplateRefused(reader.problems)
    return parsed


def faults(content: Any) -> list[Problem]:
    """Every fault of stored content; none where it can be read."""
    reader = Reader()
    reader.content(content)
    return reader.problems


def load(path: Path) -> tuple[Content, dict[str, Any]]:
    """Read a YAML file: the parsed content, and the same as plain JSON data for the table."""
    return read_text(path.read_text(encoding="utf-8"))


def read_text(text: str) -> tuple[Content, dict[str, Any]]:
    """The same from a text. Raises ``TemplateRefused``."""
    raw = raw_data(text)
    return parse(raw), plain(raw)
