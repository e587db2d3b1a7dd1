"""Secrets of outages: what a company has not announced yet, a lead, and a proposal of a finding."""

from datetime import timedelta

from reporting.models import FindingProposal, OutageLead, OutageRule
from tests.factories.accounts import organisation
from tests.factories.outages import NOW, filed
from tests.repository.sweep import Secret

PAGES = ("outage", "outage_edit", "outage_cancel", "outage_report")
LEAD_PAGES = ("outage_lead", "outage_lead_decide")
PROPOSAL_PAGES = ("proposal", "proposal_decide", "proposal_inspect")
OFFICES = {"SERC-NF", "NEA-ROOT"}


def plant(world):
    return [of_notice(world), of_lead(world), of_proposal(world)]


def of_notice(world):
    text = world.text()
    soon = {"planned_start": NOW + timedelta(days=9), "planned_end": NOW + timedelta(days=9.5)}
    notice = filed(text, company="CSG-GD", area=text, published_at=None, channels=[], **soon)

    def may_read(person):
        return person.home in {"CSG-GD", *OFFICES} and person.may("outage.view")

    keys = {"pk": notice.pk, "number": notice.number}
    return _secret("notice not announced yet", text, may_read, keys, PAGES)


def of_lead(world):
    text = world.text()
    lead = OutageLead.objects.create(
        organisation=organisation("CSG-GD"),
        level="feeder",
        place=text,
        starts_at=NOW,
        ends_at=NOW,
        count=3,
        callers=3,
        rule=OutageRule.objects.get(code="detect"),
        created_at=NOW,
    )
    return _secret("lead", text, _regulator, {"pk": lead.pk}, LEAD_PAGES)


def of_proposal(world):
    text = world.text()
    proposal = FindingProposal.objects.create(
        source="outage",
        key=text,
        organisation=organisation("CSG-GD"),
        clause="S1-2.1.1h",
        title=text,
        facts=text,
        created_at=NOW,
    )
    return _secret("proposal of a finding", text, _regulator, {"pk": proposal.pk}, PROPOSAL_PAGES)


def _regulator(person):
    return person.home in OFFICES and person.may("finding.view")


def _secret(name, text, may_read, keys, pages):
    opens = tuple(f"reporting:{page}" for page in pages)
    return Secret(name, text, may_read, app="reporting", keys=keys, opens=opens)
