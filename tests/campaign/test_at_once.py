"""Two people press at the same moment at what only one may do: one wins, the others are told."""

import time
from types import SimpleNamespace

import pytest

from campaign.models import CampaignTemplate
from campaign.services import templating
from core.errors import Refused
from core.models import AuditEvent
from grids import special_access
from grids.models import Hazard
from grids.services import hazard_acts, hazards, special, special_consent
from tests.campaign.test_template_editor import NOW as TEMPLATES
from tests.campaign.test_template_editor import UPLOADED
from tests.complaints.test_race import together
from tests.factories import accounts, grids
from tests.factories import hazards as hazard_factory
from tests.factories.hazards import at
from tests.factories.special import NOW, TODAY, Ground


@pytest.fixture
def slowly(monkeypatch):
    """Let everybody stand still between reading and writing, where another could come in."""

    def slow(module, name):
        asked = getattr(module, name)

        def still(*args, **kwargs):
            answer = asked(*args, **kwargs)
            time.sleep(0.3)
            return answer

        monkeypatch.setattr(module, name, still)

    return slow


def lost(found):
    """Those who were refused; nothing else went wrong."""
    wrong = [one for one in found if isinstance(one, Exception)]
    assert all(isinstance(one, Refused) for one in wrong), found
    return wrong


@pytest.mark.django_db(transaction=True)
def test_what_several_press_at_once_happens_once(catalogues, kickoff_eve, slowly):
    ground = Ground()
    _verified_once(ground, slowly)
    _never_opened_after_the_withdrawal(ground, slowly)
    _approved_once(slowly)


def _verified_once(ground, slowly):
    grids.area(grid=ground.grid)
    world = SimpleNamespace(
        manager=ground.manager.user,
        officer=ground.officer.user,
        filer=accounts.member(grids.ENTERPRISE, "company_filer"),
    )
    hazard = hazard_factory.reported(world, now=at("11-24 09:00"))
    hazard = hazard_factory.graded(world, hazard, now=at("11-24 10:00"))
    photos = hazard_factory.received()
    hazards.rectify(hazard, text="已换", photos=photos, by=world.manager, now=at("11-25 09:00"))
    people = (world.filer, ground.lead, world.officer)
    slowly(hazard_acts, "refusal")
    found = together(
        *(lambda who=who: hazards.verify(hazard, by=who, now=at("11-25 10:00")) for who in people)
    )
    assert len(lost(found)) == 2
    hazard = Hazard.objects.get(pk=hazard.pk)
    kinds = list(hazard.events.order_by("sequence").values_list("kind", flat=True))
    assert (hazard.state, kinds.count("verify")) == ("verified", 1)
    assert AuditEvent.objects.filter(kind="hazard.verify").count() == 1


def _never_opened_after_the_withdrawal(ground, slowly):
    one = ground.household()

    def opened():
        given = {"purpose": "visit", "words": "上门走访", "by": ground.lead}
        return special.reveal(one, **given, now=NOW)

    def withdrawn():
        given = {"withdrawn_by": "self", "withdrawn_on": TODAY, "by": ground.lead}
        return special_consent.withdraw(one, **given, now=NOW)

    slowly(special_access, "reveal_refusal")
    found = together(opened, opened, withdrawn, opened, opened)
    refused = lost(found)
    shown = [one for one in found if isinstance(one, dict)]
    assert len(shown) + len(refused) == 4
    assert all(one["name"] and one["address"] for one in shown)
    # The trail numbers what happened in its order: nobody saw them once they had withdrawn.
    trail = AuditEvent.objects.filter(target_id=str(one.pk))
    last = trail.get(kind="special.withdraw").number
    numbers = trail.filter(kind="personal.reveal").values_list("number", flat=True)
    assert len(numbers) == len(shown)
    assert all(number < last for number in numbers)


def _approved_once(slowly):
    office = accounts.organisation("SERC-NF")
    officer = accounts.member("SERC-NF", "regulator_officer")
    leads = [accounts.member("SERC-NF", "regulator_lead") for _place in range(3)]
    given = {"organisation": office, "by": officer, "now": TEMPLATES}
    draft = templating.upload(content=UPLOADED.encode(), **given)
    draft = templating.check(draft=draft, seen=draft.head, by=officer, now=TEMPLATES)
    slowly(templating, "_ask_faultless")
    found = together(
        *(
            lambda who=who: templating.approve(draft=draft, seen=1, by=who, now=TEMPLATES)
            for who in leads
        )
    )
    assert len(lost(found)) == 2
    assert CampaignTemplate.objects.filter(code=draft.code).count() == 1
    assert AuditEvent.objects.filter(kind="template.approve").count() == 1
