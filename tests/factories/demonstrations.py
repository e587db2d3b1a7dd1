"""Demonstration units for tests, chosen by the real services."""

from datetime import date, datetime

from campaign.services import demonstrating
from campaign.services.demonstrating import Leader
from core.clock import ZONE
from tests.factories import accounts
from tests.factories.memory import remembered

CHOSEN = datetime(2011, 11, 16, 10, 0, tzinfo=ZONE)
SIHUI = "CSG-GD-ZQ-SH"


@remembered
def point(campaign, *, organisation=SIHUI, by=None, now=CHOSEN, name="四会供电局"):
    """A demonstration point, by default Sihui's, by the office in charge."""
    unit = accounts.organisation(organisation)
    office = demonstrating.office_of(unit, on=now.date())
    return demonstrating.found(
        campaign=campaign,
        kind="point",
        name=name,
        organisation=unit,
        leader=Leader("陈某甲", "局长"),
        stationed=Leader("林某乙", "副局长"),
        reason="管理基础好，城乡用户兼有",
        selected_on=date(2011, 11, 15),
        document_number="南电监供电〔2011〕12号",
        by=by or accounts.member(office, "regulator_officer"),
        now=now,
    )


def fulfilled(unit, *, without=()):
    """Every criterion met, but for those named, which are not."""
    return {
        one["code"]: "unmet" if one["code"] in without else "met" for one in unit.criteria.items
    }
