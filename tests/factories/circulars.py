"""Circulars on proven cases of the South bureau, as far on their way as a test needs them."""

from reporting.services import circulars as services
from tests.factories import accounts
from tests.factories.complaints import at, received

NOW = at("2018-03-05 09:00")


def proven(number, **fields):
    """A case that was found true and closed."""
    said = {
        "content": "赵某某反映：停电三天无人抢修，电话13800001234多次催促无果。",
        "complainant_name": "赵某某",
        "state": "closed",
        "outcome": "substantiated",
        "closed_at": at("2018-02-20 10:00"),
    }
    return received(
        number=number, received_at=at("2018-02-01 10:00"), now=NOW, **{**said, **fields}
    )


def drafted(by, *numbers, **more):
    asked = {"title": "关于典型案件的通报", "public": True, "occasion": "a", **more}
    office = accounts.organisation("SERC-NF")
    return services.draft(organisation=office, numbers=numbers, by=by, now=NOW, **asked)


def approved(officer, lead, *numbers, **more):
    return answered_for(drafted(officer, *numbers, **more), officer, lead)


def answered_for(circular, officer, lead):
    """A draft, handed in by one and approved by the other."""
    services.desk.move(circular, services.workflow.SUBMIT, by=officer, now=NOW)
    return services.approve(circular, by=lead, now=NOW)


def issued(officer, lead, *numbers, **more):
    return services.issue(approved(officer, lead, *numbers, **more), by=lead, now=NOW)
