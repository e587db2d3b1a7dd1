"""Secrets of hazards: what was seen and where, and what a patrol is called and says."""

from grids.hazard_forms import FORMS
from grids.hazards.occasions import Every, span
from grids.models import PatrolList
from grids.services import hazard_reports, patrol_plans
from grids.services.hazard_reports import Seen
from tests.factories import accounts
from tests.factories import grids as make
from tests.factories import hazards as hazard
from tests.factories.accounts import organisation
from tests.repository.sweep import Secret

READERS = {"CSG-GD", "SERC-NF", "NEA-ROOT"}
PAGES = ("hazard", "hazard_reveal", *(f"hazard_{move.value}" for move in FORMS))
PLAN_PAGES = ("patrol_plan", "patrol_plan_agree", "patrol_plan_decline", "patrol_plan_cancel")


def plant(world):
    content, place, title, note = (world.text() for _ in range(4))
    company, now = organisation("CSG-GD"), hazard.at("11-23 09:00")
    region = organisation("CSG-GD-ZQ-SH").region
    ground = {"enterprise": company, "station": None, "region": region, "places": ()}
    grid = make.grid("QZ-02", "某某网格", **ground)
    by = accounts.member(company, "company_lead", name="某丙")
    made = hazard_reports.report(
        Seen("equipment", content, place=place),
        organisation=company,
        photos=hazard.received(),
        grid=grid,
        by=by,
        now=now,
    )
    asked = {"checklist": PatrolList.objects.get(kind="active"), "period": span(2011, 4)}
    plan = patrol_plans.propose(
        patrol_plans.Asked(
            "active", title, every=Every.ONCE, power_grids=[grid], note=note, **asked
        ),
        organisation=company,
        department=None,
        by=by,
        now=now,
    )
    patrol = plan.patrols.get()
    keys = {"pk": made.pk, "move": "grade", "number": made.number}
    return [
        _secret("content of a hazard", content, keys, PAGES),
        _secret("place of a hazard", place, {"pk": made.pk}, (), lambda person: False),
        _secret("title of a patrol", title, {"pk": patrol.pk}, ("patrol", "patrol_sign")),
        _secret("what a plan asks for", note, {"pk": plan.pk}, PLAN_PAGES),
    ]


def _may_read(person):
    return person.home in READERS and person.may("hazard.view")


def _secret(name, text, keys, pages, may_read=_may_read):
    opens = tuple(f"grids:{page}" for page in pages)
    return Secret(name, text, may_read, app="grids", keys=keys, opens=opens)
