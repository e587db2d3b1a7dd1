"""What came in under a sharing agreement goes when the agreement is over and its rule has run out.

Source: grid standard 4.3.1 (S2-4.3.1b); the days are a grid rule (``sharing_keep``).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core import audit, clock
from core.locking import held
from grids.models import SharedRecord, SharingAgreement
from grids.services.sharing import RELATED, kept_until

AT_ONCE = 500


def forget(*, now: datetime) -> int:
    """Delete received records whose time is over; says how many. May run twice."""
    today = clock.day_of(now)
    holding = SharingAgreement.objects.filter(records__isnull=False).order_by("pk").distinct()
    over = [one for one in holding.select_related("company") if kept_until(one) < today]
    return sum(_forget(one, now=now) for one in over)


@transaction.atomic
def _forget(agreement: SharingAgreement, *, now: datetime) -> int:
    agreement = held(SharingAgreement.objects, agreement.pk, *RELATED)
    keys = list(SharedRecord.objects.filter(agreement=agreement).values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        SharedRecord.objects.filter(pk__in=keys[start : start + AT_ONCE]).delete()
    if keys:
        audit.record(
            "sharing.forget",
            agreement,
            by=None,
            now=now,
            organisation=agreement.company,
            number=agreement.number,
            count=len(keys),
            kept_until=str(kept_until(agreement)),
        )
    return len(keys)
