"""Returns for tests, made by the real services."""

from reporting.models import Return
from reporting.queries import return_content
from reporting.services import return_filing, return_opening, return_review
from tests.factories import accounts

# A day's figures in which nothing is wrong.
DAILY = {
    "day": "2011-11-21",
    "max_load": "6200.00",
    "energy": "118000.00",
    "gap": "0.00",
    "planned_outages": 12,
    "fault_outages": 3,
    "households": 4100,
    "calls": 21000,
    "connected": 20100,
    "complaints": 8,
    "repairs": 950,
    "repairs_late": 0,
}


def collected(code, office, *, starts_on, now, by=None):
    """A collection that an office started."""
    return return_opening.collect(
        code=code, office=accounts.organisation(office), starts_on=starts_on, by=by, now=now
    )


def owed(code, unit, start):
    """The return that a unit owes for the period beginning on a day."""
    return Return.objects.select_related("form", "organisation", "recipient").get(
        code=code, organisation__code=unit, period_start=start
    )


def filled(entry, rows, *, by, now, reason=""):
    """A draft with these rows by sheet."""
    version = return_filing.begin(entry=entry, by=by, now=now, reason=reason)
    for sheet, listed in rows.items():
        version = return_filing.save_sheet(
            entry=entry, sheet=sheet, rows=listed, seen=version.revision, by=by, now=now
        )
    return version


def filed(entry, rows, *, filer, lead, now, reason="", because="属实"):
    """A version that a second person certified; soft warnings are confirmed with a reason."""
    version = filled(entry, rows, by=filer, now=now, reason=reason)
    warnings = return_content.examine(version).warnings
    reasons = {warning.key: because for warning in warnings}
    if reasons:
        return_filing.confirm(entry=entry, reasons=reasons, by=filer, now=now)
    version = return_filing.request_certification(entry=entry, by=filer, now=now)
    return return_filing.submit(
        entry=entry, by=lead, now=now, seen_digest=return_filing.digest_of(version)
    )


def accepted(entry, rows, *, filer, lead, officer, now, reason=""):
    """A version that its recipient accepted."""
    filed(entry, rows, filer=filer, lead=lead, now=now, reason=reason)
    return return_review.accept(entry=entry, by=officer, now=now).version
