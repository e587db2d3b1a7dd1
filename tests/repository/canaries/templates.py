"""Secrets of a template that an office prepares (before it is approved, its own alone)."""

from campaign.models import CampaignTemplate
from campaign.services import templating
from tests.factories import campaign as factory
from tests.factories.accounts import member, organisation
from tests.repository.sweep import Secret

PAGES = ("draft", "basics", "versions", "timeline", "source", "row")
PAGES += ("undo", "check", "reopen", "approve", "discard", "restore", "row_act", "redate")


def plant(world):
    text = world.text()
    draft = templating.start_from_template(
        source=CampaignTemplate.objects.get(code="residential-2011"),
        organisation=organisation("SERC-NF"),
        code="canary",
        name=text,
        starts_on=None,
        by=member("SERC-NF", "regulator_officer"),
        now=factory.LAUNCH,
    )

    def may_read(person):
        return person.home == "SERC-NF" and person.may("campaign.manage")

    return [
        Secret(
            "template draft",
            text,
            may_read,
            app="campaign",
            keys={"pk": draft.pk, "section": "phases", "place": 1, "number": 1},
            opens=tuple(f"campaign:template_{page}" for page in PAGES),
        )
    ]
