"""Cases for bulletins: rows as a day's work left them, written in one go without the services."""

import itertools
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from accounts.models import Organisation, Region
from complaints.models import Case, Term
from complaints.procedures import Book
from core import clock
from core.periods import Period
from reporting.services import bulletins as services
from tests.factories import accounts

_numbers = itertools.count(1)
KINDS = {"channel": "channel", "nature": "nature", "industry": "industry", "business": "category"}
KINDS |= {"target": "target", "outcome": "outcome"}


class Codes:
    """Words of a day → codes; a word that no list knew then is kept as it is."""

    def __init__(self, on):
        terms = Term.objects.on(on)
        self._codes = {(term.kind, term.label): term.code for term in terms}

    def of(self, name, word):
        return self._codes.get((KINDS[name], word), word)


def cases(records, *, organisation, period, units=None):
    """Write the records (tests.bulletins.published) as cases of an office.

    Complaints that are to fall due are received early in the period, the others at its end.
    """
    first, last = period
    days = {
        "now": first,
        "before": first - timedelta(days=75),
        "mom": first - timedelta(days=3),
        "yoy": date(first.year - 1, first.month, 10),
    }
    codes = {when: Codes(day) for when, day in days.items()}
    regions = dict(Region.objects.values_list("short_name", "pk"))
    book, procedures, rows = Book(), {}, []
    for record in records:
        day = days[record.when]
        if record.due:
            day = first + timedelta(days=9)
        elif record.unit == "" and record.target and record.accepted and units is not None:
            day = last - timedelta(days=3)
        words = {
            kind: codes[record.when].of(name, getattr(record, name)) for name, kind in KINDS.items()
        }
        key = (words["nature"], day)
        if key not in procedures:
            procedures[key] = book.choose("12398", words["nature"], organisation, on=day)
        received = at(day)
        closed = at(first + timedelta(days=14)) if record.closed else None
        rows.append(
            Case(
                **words,
                number=f"B{next(_numbers):07}",
                source="12398",
                procedure=procedures[key],
                state="closed" if record.closed else "registered",
                owner=organisation,
                holder=organisation,
                answerable=organisation,
                organisation=(units or {}).get(record.unit),
                region_id=regions.get(record.place),
                received_at=received,
                accepted=record.accepted,
                closed_at=closed,
                digest=sha256(b"").hexdigest(),
                created_at=received,
                updated_at=closed or received,
            )
        )
    Case.objects.bulk_create(rows, batch_size=2000)


def at(day):
    return datetime.combine(day, time(10, 30), clock.ZONE)


def city_companies(parent, names):
    """Enterprises with the names of a published table, below a company: name → organisation."""
    kind = Organisation.Kind.PREFECTURE_ENTERPRISE
    return {name: accounts.unit(name, parent=parent, kind=kind) for name in names}


def drafted(organisation, *, by):
    """A bulletin of October 2011 without cases, drafted by the real service."""
    return services.draft(
        organisation=accounts.organisation(organisation),
        period=Period(date(2011, 10, 1), date(2011, 10, 31)),
        style="2012",
        balance="none",
        occasion="canary",
        by=by,
        now=datetime(2011, 11, 24, 9, 0, tzinfo=clock.ZONE),
    )
