"""Outage notices for tests, filed by the real service."""

from datetime import datetime

from core import clock
from reporting.models import OutageNotice
from reporting.outage_records import Record
from reporting.services import outages
from tests.factories.accounts import member, organisation
from tests.factories.memory import remembered

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)


def at(text):
    """2011-11-24 09:00 as an instant in Asia/Shanghai."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=clock.ZONE)


def record(number="TD-1", **said):
    """A sound planned outage of Sihui's city line, announced eight days ahead."""
    given = {
        "number": number,
        "kind": "planned",
        "reason": "planned_work",
        "area": "贞山街道光明路",
        "area_type": "urban",
        "lines": ["10kV城东线"],
        "transformer_areas": ["光明路1号台区"],
        "households": 320,
        "planned_start": at("2011-11-23 08:00"),
        "planned_end": at("2011-11-23 17:00"),
        "published_at": at("2011-11-15 10:00"),
        "channels": ["newspaper", "posting"],
    }
    return Record.of({**given, **said})


@remembered
def filer(company="CSG-GD-ZQ"):
    return member(company, "company_filer")


def filed(number="TD-1", *, company="CSG-GD-ZQ", by=None, now=NOW, **said):
    made = outages.file(
        record(number, **said), organisation=organisation(company), by=by or filer(company), now=now
    )
    return OutageNotice.objects.get(pk=made.notice.pk)
