"""Stage reports for tests, played by the real services over the real campaign."""

import itertools
from datetime import datetime
from functools import partial

from campaign.models import Duty, Phase
from campaign.services import exempt
from core import outbox
from core.clock import ZONE
from reporting.services import reports
from tests.factories import accounts, campaign
from tests.factories import reporting as filings
from tests.factories.memory import remembered

REPORT_DAY = datetime(2011, 11, 28, 16, 5, tzinfo=ZONE)
_occasions = itertools.count(1)

# What became of each company's kick-off report by the report day.
STORY = {
    "CSG-GD": ("accepted", datetime(2011, 11, 22, 10, 0, tzinfo=ZONE)),
    "CSG-GX": ("submitted", datetime(2011, 11, 24, 15, 0, tzinfo=ZONE)),
    "CSG-HI": ("submitted", datetime(2011, 11, 26, 9, 0, tzinfo=ZONE)),  # one day late
    "CSG-YN": ("returned", datetime(2011, 11, 21, 9, 0, tzinfo=ZONE)),
    "CSG-GZ": ("", None),  # silent
    "GXSL": ("exempted", datetime(2011, 11, 20, 9, 0, tzinfo=ZONE)),
}

# The same for all who report in the replay: the plan's six companies and five city bureaus.
ELEVEN = STORY | {
    "CSG-GD-GZ": ("accepted", datetime(2011, 11, 23, 10, 0, tzinfo=ZONE)),
    "CSG-GD-SZ": ("received", datetime(2011, 11, 27, 9, 0, tzinfo=ZONE)),  # two days late
    "CSG-GX-NN": ("", None),  # silent
    "CSG-YN-KM": ("submitted", datetime(2011, 11, 25, 22, 0, tzinfo=ZONE)),
    "CSG-GZ-GY": ("accepted", datetime(2011, 11, 18, 9, 0, tzinfo=ZONE)),
}


@remembered
def played_campaign(story=STORY, *, executors=None, rows=None, code="residential-2011"):
    """The campaign with the companies' reports in the states of the story.

    ``rows(code, part)`` may give other rows than the usual ones.
    """
    made = campaign.launched_campaign(executors=executors, code=code)
    for company, (state, at) in story.items():
        duty = campaign.duty(made, organisation=company)
        if state == "exempted":
            lead = accounts.member(duty.recipient, "regulator_lead")
            exempt(
                duty=duty,
                reason="已并入省公司报告",
                document_number="南电监办〔2011〕3号",
                by=lead,
                now=at,
            )
        elif state:
            chosen = partial(rows, company) if rows else None
            filings.filed(duty, state=state, now=at, rows=chosen)
    return made


def phase(made, number=1):
    return Phase.objects.select_related("campaign").get(campaign=made, number=number)


def editor(office="SERC-NF"):
    return accounts.member(office, "regulator_officer")


def approver(office="SERC-NF"):
    return accounts.member(office, "regulator_lead", name="签发领导")


@remembered
def building(made, *, by=None, now=REPORT_DAY, office="SERC-NF", occasion=None, kind="stage-1"):
    """A report whose job waits; the number of its phase ends the code of its kind."""
    organisation = accounts.organisation(office)
    return reports.build(
        campaign=made,
        phase=phase(made, int(kind[-1])),
        code=kind,
        organisation=organisation,
        occasion=occasion or f"test-{next(_occasions)}",
        by=by or editor(office),
        now=now,
    )


@remembered
def drafted(made, *, by=None, now=REPORT_DAY, office="SERC-NF", kind="stage-1"):
    """A report with figures and first version."""
    report = building(made, by=by, now=now, office=office, kind=kind)
    outbox.run_due(now=now)
    report.refresh_from_db()
    assert report.state == "draft", (
        report.failure,
        list(outbox.Letter.objects.exclude(error="").values_list("kind", "error")),
    )
    return report


@remembered
def at(state, made, *, by=None, approved_by=None, now=REPORT_DAY, office="SERC-NF"):
    """A report in review, approved or issued."""
    by, approved_by = by or editor(office), approved_by or approver(office)
    report = drafted(made, by=by, now=now, office=office)
    if state == "draft":
        return report
    report = reports.submit_for_approval(report=report, by=by, now=now)
    if state == "review":
        return report
    report = reports.approve(report=report, by=approved_by, now=now)
    if state == "approved":
        return report
    return reports.issue(report=report, by=approved_by, now=now)


def duties(made, office="SERC-NF"):
    return Duty.objects.filter(definition__campaign=made, organisation__code=office)
