"""Cases without a number of their own: the next free one is found for them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db.models.functions import Length

from accounts.models import Organisation, User
from complaints.models import Case, CaseAttachment
from complaints.services import attaching
from complaints.services.records import Record
from core import clock
from core.errors import Conflict
from core.files import Received

TRIES = 5


def register(
    record: Record,
    *,
    source: str,
    owner: Organisation,
    by: User | None,
    now: datetime,
    received: Collection[Received] = (),
    kind: str = CaseAttachment.Kind.OTHER,
) -> Case:
    """Enter a case with its papers under its number, or without one under the next free number.

    Raises ``Faulty``, ``Conflict`` (also when others were faster again and again), ``Refused``.
    """
    given = record.number.strip()
    for left in reversed(range(TRIES)):
        number = given or next_number(owner, source, now=now)
        try:
            return attaching.receive_with_files(
                replace(record, number=number),
                received,
                kind=kind,
                source=source,
                owner=owner,
                by=by,
                now=now,
            )
        except Conflict:
            # Somebody took the number in between.
            if given or not left:
                raise
    raise AssertionError


def next_number(owner: Organisation, source: str, *, now: datetime) -> str:
    """A free number for a case that is entered by hand: source, day, and a running number."""
    prefix = f"{source}-{now.astimezone(clock.ZONE):%Y%m%d}-".upper()
    taken = Case.objects.filter(owner=owner, number__startswith=prefix)
    last = taken.order_by(Length("number").desc(), "-number").values_list("number", flat=True)
    tails = (number.rpartition("-")[2] for number in last[:1])
    running = next((int(tail) + 1 for tail in tails if tail.isdecimal()), 1)
    return f"{prefix}{running:04d}"
