"""Secrets of grids: what is noted of a grid, who answers for it, and why it is handed over."""

from core.clock import at
from grids import services
from grids.models import GridMember
from tests.factories import accounts
from tests.factories import grids as make
from tests.factories.accounts import organisation
from tests.factories.grids import FIRST, START
from tests.repository.sweep import Secret

OFFICES = {"SERC-NF", "NEA-ROOT"}
OF_GRID = ("grid", "edit", "close", "card", "assign_areas", "pair", "open_channel")
OF_GRID += ("appoint", "cover", "propose")
OF_HAND_OVER = ("hand_over", "accept", "decline", "withdraw")


def plant(world):
    text, reason, area, name, post = (world.text() for _ in range(5))
    company = organisation("CSG-GD")
    region = organisation("CSG-GD-ZQ-SH").region
    place = {"enterprise": company, "station": None, "region": region, "places": ()}
    grid = make.grid("QZ-01", "某网格", note=text, **place)
    row = make.area("QZ-T1", area, enterprise=company, grid=grid).in_grids.get()
    government = make.government("QZ-G1", name, keeper=company, department=None)
    first, second = (enrolled(company, name) for name in ("某甲", "某乙"))
    held = services.appoint(
        grid,
        member=first,
        post="manager",
        starts_at=START,
        reason=post,
        by=None,
        now=START,
    )
    handed = services.propose(
        grid, successor=second, effective_at=START, reason=reason, by=None, now=START
    )
    of_government = ("government", "government_appoint")
    return [
        _secret("note of a grid", text, {"pk": grid.pk, "kind": "areas"}, OF_GRID),
        _secret("transformer area", area, {"pk": row.pk}, ("release_area",)),
        _secret("government grid", name, {"pk": government.pk}, of_government),
        _secret("why in post", post, {"pk": held.pk}, ("relieve", "end_cover")),
        _secret("hand-over", reason, {"pk": handed.pk}, OF_HAND_OVER),
    ]


def enrolled(company, name):
    user = accounts.member(company.code, "grid_manager", name=name)
    given = {"joined_on": FIRST, "by": None, "now": at(FIRST)}
    made = services.enrol(user=user, organisation=company, **given)
    return GridMember.objects.get(pk=made.pk)


def _may_read(person):
    return person.home in {"CSG-GD", *OFFICES} and person.may("grid.view")


def _secret(name, text, keys, pages):
    opens = tuple(f"grids:{page}" for page in pages)
    return Secret(name, text, _may_read, app="grids", keys=keys, opens=opens)
