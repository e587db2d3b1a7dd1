"""Secrets of the rectification ledger: what is wrong at a company, and what was done about it."""

from datetime import date

from campaign.models import RectificationItem
from campaign.services import rectification
from core import clock
from reporting.services import proposals
from tests.factories.accounts import organisation
from tests.repository.sweep import Secret

PAGES = ("rectification_item", "rectification_act")


def plant(world):
    problem = world.text()
    item = rectification.open_item(
        campaign=None,
        source_kind="inspection",
        source_ref="1号",
        unit=organisation("CSG-GD"),
        problem=problem,
        due_on=date(2011, 12, 20),
        by=None,
        now=clock.now(),
    )
    RectificationItem.objects.filter(pk=item.pk).update(state="working", measure=problem)

    def may_read(person):
        return person.home in {"CSG-GD", "SERC-NF", "NEA-ROOT"} and person.may("campaign.view")

    waiting = world.text()
    found = proposals.propose(
        source="lead",
        key="canary-ledger",
        organisation=organisation("CSG-GD"),
        clause="S1-2.1.1h",
        title=waiting,
        facts=waiting,
        url="",
        by=None,
        now=clock.now(),
    )

    def may_enter(person):
        return person.home in {"SERC-NF", "NEA-ROOT"} and person.may("finding.view")

    return [
        Secret(
            "a finding on its way into the ledger",
            waiting,
            may_enter,
            app="campaign",
            keys={"name": "finding", "key": str(found.pk)},
            opens=("campaign:rectification_enter",),
        ),
        Secret(
            "rectification item",
            problem,
            may_read,
            app="campaign",
            keys={"pk": item.pk, "act": "progress"},
            opens=tuple(f"campaign:{page}" for page in PAGES),
        ),
    ]
