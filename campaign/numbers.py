"""Document numbers of an office: one series for all that it issues, whichever app issues it."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Organisation
from campaign.models import DocumentIssue

Taken = Callable[[Organisation, str], bool]
_series: list[Taken] = []


def register_series(taken: Taken) -> Taken:
    """``taken(issuer, number)`` says whether another app gave the number out (decorator)."""
    if taken not in _series:
        _series.append(taken)
    return taken


def is_taken(issuer: Organisation, number: str) -> bool:
    """Whether something was issued under the number. Ask with the office locked."""
    issued = DocumentIssue.objects.filter(issuer=issuer, document_number=number)
    return issued.exists() or any(taken(issuer, number) for taken in _series)
