"""Document numbers of an office: one series for all that it issues, whichever app issues it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from accounts.models import Organisation
from campaign.models import DocumentIssue

Taken = Callable[[Organisation, str], bool]
Take = Callable[..., str]
_series: list[Taken] = []
_counters: list[Take] = []


def register_series(taken: Taken) -> Taken:
    """``taken(issuer, number)`` says whether another app gave the number out (decorator)."""
    if taken not in _series:
        _series.append(taken)
    return taken


def is_taken(issuer: Organisation, number: str) -> bool:
    """Whether something was issued under the number. Ask with the office locked."""
    issued = DocumentIssue.objects.filter(issuer=issuer, document_number=number)
    return issued.exists() or any(taken(issuer, number) for taken in _series)


def register_counter(take: Take) -> None:
    """``take(issuer, now=…)`` gives the next number of an office's one series, and keeps it.

    The counter stands with the papers above; documents of the campaign take from the same.
    """
    _counters[:] = [take]


def take(issuer: Organisation, *, now: datetime) -> str:
    """The next document number of the office, in the caller's transaction. Raises ``Refused``."""
    return _counters[0](issuer, now=now)
