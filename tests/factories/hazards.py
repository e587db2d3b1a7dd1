"""Hazards and patrols for tests, by the real services: a paired grid with people on both sides."""

from datetime import date, datetime
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile

from core import clock, files
from core.periods import Period
from grids.hazards.occasions import Every
from grids.models import Hazard, HazardTerm, PatrolList
from grids.services import hazard_reports, hazards, patrol_plans
from grids.services.hazard_acts import PURPOSE
from grids.services.hazard_reports import Seen
from tests.factories import accounts, grids
from tests.factories.accounts import organisation

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def at(text):
    """11-24 09:00 of 2011 as an instant in Asia/Shanghai."""
    return datetime.strptime(f"2011-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=clock.ZONE)


def ground():
    """A grid of a station that pairs with a cell of the government, and who works there."""
    grid, cell = grids.grid(), grids.government()
    grids.services.pair(grid, cell, share=100, valid_from=grids.FIRST, by=None, now=grids.START)
    area = grids.area(grid=grid)
    manager, officer = grids.member(), grids.officer()
    grids.manager(grid, manager)
    grids.manager(cell, officer, post=grids.Post.OFFICER)
    return SimpleNamespace(
        grid=grid,
        cell=cell,
        area=area,
        manager=manager.user,
        officer=officer.user,
        lead=accounts.member(grids.ENTERPRISE, "company_lead", name="彭兆丰"),
        filer=accounts.member(grids.ENTERPRISE, "company_filer", name="覃永年"),
    )


def photo(name="现场.png"):
    return SimpleUploadedFile(name, PNG, content_type="image/png")


def received():
    return [files.receive(photo(), purpose=PURPOSE)]


def term(code):
    return HazardTerm.objects.get(code=code)


def reported(world, kind="equipment", *, now, by=None, content="配电箱门脱落", **seen):
    """A hazard that the officer saw at the one transformer area of the grid."""
    by = by or world.officer
    place = grids.DEPARTMENT if by == world.officer else grids.STATION
    return hazard_reports.report(
        Seen(kind, content, **{"transformer_area": "T001", **seen}),
        organisation=organisation(place),
        photos=received(),
        by=by,
        now=now,
    )


def graded(world, hazard, grade="general", *, now, government=None, accepted=True):
    """Graded by the filer; the manager of the grid owns it, alone or with an officer."""
    hazards.grade(
        hazard,
        grade=term(grade),
        company_owner=world.manager,
        government_owner=government,
        by=world.filer,
        now=now,
    )
    for owner in (world.manager, government) if accepted else ():
        if owner is not None:
            hazards.accept(hazard, by=owner, now=now)
    return Hazard.objects.get(pk=hazard.pk)


def planned(world, kind, *, by, now, every=Every.ONCE, first=date(2011, 11, 1), last=None):
    """A plan of a kind over the grid, or over the cell of the government."""
    daily = kind == "daily"
    return patrol_plans.propose(
        patrol_plans.Asked(
            kind=kind,
            title="第四季度计划",
            checklist=PatrolList.objects.get(kind=kind),
            every=every,
            period=Period(first, last or date(2011, 12, 31)),
            power_grids=[] if daily else [world.grid],
            government_grids=[world.cell] if daily else [],
        ),
        organisation=organisation(grids.ENTERPRISE if daily else grids.STATION),
        department=None if kind == "active" else organisation(grids.DEPARTMENT),
        by=by,
        now=now,
    )
