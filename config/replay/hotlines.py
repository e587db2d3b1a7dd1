"""The 95598 hotlines of the companies and how they served each month. Invented, same for a seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

from accounts.models import Organisation, User
from accounts.permissions import Permission
from complaints.models import Hotline
from complaints.services import service_lines
from core import clock

Somebody = Callable[[Organisation, Permission], User | None]

NUMBER, OPENED = "95598", date(2005, 1, 1)
# Company → how many of a hundred calls are connected; one of them is short of the standard.
RATES = {"CSG-GD": 93, "CSG-GX": 90, "CSG-YN": 88, "CSG-GZ": 82, "CSG-HI": 91}
CALLS, STAFF, SAMPLES, MONTHS_KEPT = (9_000, 16_000), (40, 90), 60, 6
# Files a month later than the others, so that the register has somebody to be reminded.
LATE = "CSG-HI"


def register(somebody: Somebody, *, now: datetime) -> None:
    """Enter the hotlines of the companies that have somebody to keep them."""
    for code in RATES:
        company = Organisation.objects.get(code=code)
        if by := somebody(company, Permission.CASE_HANDLE):
            service_lines.register(
                company,
                number=NUMBER,
                channel=Hotline.Channel.SERVICE,
                hours="全天24小时",
                responsible=company,
                opened_on=OPENED,
                by=by,
                now=now,
            )


def file_months(somebody: Somebody, *, seed: int, now: datetime) -> None:
    """File what is missing of this year up to the last whole month."""
    today = now.astimezone(clock.ZONE).date()
    lines = Hotline.objects.filter(number=NUMBER, organisation__code__in=RATES)
    for line in lines.select_related("organisation", "responsible"):
        filed = set(line.returns.standing().values_list("month", flat=True))
        until = today.month - (1 if line.organisation.code == LATE else 0)
        for number in range(1, until):
            month = date(today.year, number, 1)
            by = somebody(line.organisation, Permission.CASE_HANDLE)
            if by is not None and month not in filed:
                service_lines.file_return(
                    line, month=month, figures=_figures(line, month, seed), by=by, now=now
                )


def _figures(line: Hotline, month: date, seed: int) -> service_lines.Figures:
    code = line.organisation.code
    chance = random.Random(f"{seed}-{code}-{month}")
    calls = chance.randrange(*CALLS)
    return service_lines.Figures(
        calls=calls,
        connected=calls * (RATES[code] * 10 + chance.randrange(-15, 16)) // 1000,
        staff=chance.randrange(*STAFF),
        samples=SAMPLES,
        score=Decimal(chance.randrange(880, 970)) / 10,
        recordings=MONTHS_KEPT,
    )
