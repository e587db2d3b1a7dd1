"""Claims for tests, by the real services: a grid of the county, its manager, an officer."""

from datetime import datetime
from types import SimpleNamespace

from complaints.models import Claim
from complaints.services import claim_acts, claims
from complaints.services.claims import Whistle
from complaints.workflow import Act
from core import clock
from tests.factories import accounts, grids
from tests.factories.accounts import organisation


def at(text):
    """11-24 09:00 of 2011 as an instant in Asia/Shanghai."""
    return datetime.strptime(f"2011-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=clock.ZONE)


def ground():
    """A grid of a station with its manager and a colleague; an officer of the government."""
    grid = grids.grid()
    manager, colleague = grids.member(), grids.member("何志远", staff_number="ZQ0102")
    grids.manager(grid, manager)
    return SimpleNamespace(
        grid=grid,
        manager=manager.user,
        member=manager,
        colleague=colleague.user,
        lead=accounts.member(grids.ENTERPRISE, "company_lead", name="彭兆丰"),
        filer=accounts.member(grids.ENTERPRISE, "company_filer", name="覃永年"),
        officer=grids.officer().user,
    )


def asked(kind="opinion", content="路灯配电箱门损坏，请派人查看", **said):
    given = {"address": "广东省四会市东城社区光明路18号", "name": "岑水清", "phone": "13800001234"}
    return Whistle(kind=kind, content=content, **{**given, **said})


def whistled(world, *, now, kind="opinion", by=None, **said):
    """A whistle of the officer."""
    made, _new = claims.whistle(
        asked(kind, **said),
        origin=Claim.Origin.OFFICER,
        department=organisation(grids.DEPARTMENT),
        by=by or world.officer,
        now=now,
    )
    return fresh(made)


def fresh(claim):
    return Claim.objects.select_related("case__procedure", "grid", "contact").get(pk=claim.pk)


def through(world, *steps, kind="opinion", confirm=None, **said):
    """A claim led through its steps: ("whistle", at), ("take", at), … by the manager."""
    claim = None
    for name, moment in steps:
        now = at(moment)
        if name == "whistle":
            claim = whistled(world, now=now, kind=kind, **said)
        elif name == "close":
            given = {"visited": True, "solved": True, "satisfaction": "content", "fault": "none"}
            claim_acts.confirm(
                fresh(claim), by=world.officer, now=now, **{**given, **(confirm or {})}
            )
        else:
            by = world.officer if name in ("rework", "reopen") else world.manager
            claim_acts.do(fresh(claim), Act(name), by=by, now=now, text="已处理")
    return fresh(claim)


def lead(world, claim, *steps):
    """Acts of the manager at their times."""
    for name, moment in steps:
        claim_acts.do(fresh(claim), Act(name), by=world.manager, now=at(moment), text="已处理")
