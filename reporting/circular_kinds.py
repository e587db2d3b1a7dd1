"""Both kinds of circulars: what a version says, in the form of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Protocol

from complaints.models import Case
from core.officialdoc import Document
from reporting.circulars import Content, Heads
from reporting.models import Circular
from reporting.situations import Situation


class Said(Protocol):
    """The words of one version."""

    def kept(self) -> dict[str, Any]: ...

    def refusal(self, case: Case) -> str: ...

    def problems(self, cases: Sequence[Case], *, title: str, on: date) -> Iterator[str]: ...

    def document(self, heads: Heads) -> Document: ...


def said_in(circular: Circular) -> Said:
    """What the current version says."""
    kept = circular.current_version.content
    if circular.kind == Circular.Kind.SITUATION:
        return Situation.of(kept)
    return Content.of(kept)
