"""Figures of the linkage: what is proposed between two hotlines against what belongs together."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from complaints import services
from complaints.models import Case, CaseLink
from complaints.services import proposing
from core.clock import ZONE
from tests.bench._callers import Town
from tests.bench._portal import prepared

# Seeds that nothing was adjusted to; a few streets each.
SEEDS = (9101, 9102, 9103, 9104, 9105, 9106)
STREETS = 60
START = datetime(2018, 3, 1, 8, 0, tzinfo=ZONE)
OWNERS = {"12398": "SERC-NF", "95598": "CSG-GD"}
CERTAIN, OVERALL = 0.98, 0.9


def run() -> dict[str, Any]:
    prepared()
    seeds = [int(one) for one in os.environ.get("LINKAGE_SEEDS", "").split(",") if one] or SEEDS
    streets = int(os.environ.get("LINKAGE_STREETS", STREETS))
    figures: dict[str, Any] = {}
    for seed in seeds:
        with transaction.atomic():
            figures |= {
                f"seed {seed}: {name}": value for name, value in measured(seed, streets).items()
            }
            transaction.set_rollback(True)
    for name, bar in (("precision of certain", CERTAIN), ("recall overall", OVERALL)):
        least = min(figures[f"seed {seed}: {name}"] for seed in seeds)
        figures[f"least {name} (bar {bar})"] = least
        assert least >= bar, figures
    return figures


def measured(seed: int, streets: int) -> dict[str, Any]:
    """The figures of one seed."""
    town = Town(seed, START).fill(streets)
    now = START + timedelta(days=200)
    pks = received(town, now)
    place = {pk: turn for turn, pk in enumerate(pks)}
    begin = time.perf_counter()
    proposing.propose(pks, now=now)
    seconds = time.perf_counter() - begin
    rows = CaseLink.objects.filter(score__isnull=False, a__in=pks).exclude(kind="repeat")
    found = {
        frozenset((place[a], place[b])): certain
        for a, b, certain in rows.values_list("a_id", "b_id", "certain")
    }
    truth = town.pairs()
    certain = {pair for pair, sure in found.items() if sure}
    return {
        "cases": len(pks),
        "pairs that belong together": len(truth),
        "proposed": len(found),
        "marked certain": len(certain),
        "precision of certain": round(len(certain & truth) / max(1, len(certain)), 4),
        "precision of all proposals": round(len(found.keys() & truth) / max(1, len(found)), 4),
        "recall overall": round(len(found.keys() & truth) / len(truth), 4),
        "recall of certain alone": round(len(certain & truth) / len(truth), 4),
        "cases compared per second": round(len(pks) / seconds),
    }


def received(town: Town, now: datetime) -> list[int]:
    """The calls as cases, in the order in which they came."""
    from accounts.models import Organisation
    from complaints.services.receiving import enter

    desk = services.Desk()
    owners = {source: Organisation.objects.get(code=code) for source, code in OWNERS.items()}
    pks = {}
    order = sorted(range(len(town.calls)), key=lambda turn: town.calls[turn].received_at)
    for turn in order:
        call = town.calls[turn]
        record = services.Record(
            number=f"B{town.seed}-{turn:05d}", received_at=call.received_at, **call.fields
        )
        owner = owners[call.source]
        entered = enter(record, source=call.source, owner=owner, by=None, now=now, desk=desk)
        pks[turn] = entered.case.pk
    assert Case.objects.filter(pk__in=pks.values()).count() == len(town.calls)
    return [pks[turn] for turn in range(len(town.calls))]
