"""Both kinds of circulars and their withdrawals: what a version says, in its form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Protocol

from complaints.models import Case
from core.officialdoc import Document
from reporting.circulars import Content, Heads
from reporting.models import Circular
from reporting.models.circular import WITHDRAWAL
from reporting.situations import Situation
from reporting.withdrawals import Withdrawal


class Said(Protocol):
    """The words of one version."""

    note: str

    def kept(self) -> dict[str, Any]: ...

    def refusal(self, case: Case) -> str: ...

    def problems(
        self, cases: Sequence[Case], *, title: str, on: date, before: Any = None
    ) -> Iterator[str]: ...

    def document(self, heads: Heads) -> Document: ...


FORMS: dict[str, Callable[[dict[str, Any]], Said]] = {
    Circular.Kind.CASES: Content.of,
    Circular.Kind.SITUATION: Situation.of,
    WITHDRAWAL: Withdrawal.of,
}


def said_in(circular: Circular) -> Said:
    """What the current version says."""
    return FORMS[circular.form](circular.current_version.content)
