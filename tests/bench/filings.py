"""Eight clients press the button of 200 filings at once: receipts, gaps, speed."""

from __future__ import annotations

import time
from typing import Any

from tests.bench._portal import prepared
from tests.factories import campaign as campaigns
from tests.factories import reporting

# How many are handed in before the race by one client, for comparison.
ALONE = 20


def run() -> dict[str, Any]:
    from core import clock, invariants
    from reporting.models import Receipt
    from tests.reporting import test_filing_race as races

    prepared()
    with clock.standing_at(reporting.NOW):
        duty = campaigns.duty(campaigns.launched_campaign(), "responsibility", "SERC-NF")
        waiting = reporting.filed(duty, state="certifying")
        filings = races.multiplied(waiting, ALONE + races.FILINGS)
        alone, rest = filings[:ALONE], filings[ALONE:]
        lead = reporting.certifier(waiting.organisation)
        started = time.perf_counter()
        for filing in alone:
            reporting.certified(filing, by=lead)
        one_by_one = (time.perf_counter() - started) / ALONE
        started = time.perf_counter()
        won, refused = races.race(rest)
        seconds = time.perf_counter() - started
        problems = sum(len(found) for found in invariants.check_all().values())
    serials = sorted(Receipt.objects.values_list("serial", flat=True))
    return {
        "filings raced for": len(rest),
        "clients": races.CLIENTS,
        "receipts beyond one each": len(won) - len(rest),
        "presses refused": len(refused),
        "numbers left out": len(set(range(1, len(filings) + 1)) - set(serials)),
        "receipts per second in the race": round(len(rest) / seconds, 1),
        "seconds per filing, raced for": round(seconds / len(rest), 4),
        "as long as one client alone takes": round(seconds / len(rest) / one_by_one, 2),
        "broken rules found afterwards": problems,
    }
