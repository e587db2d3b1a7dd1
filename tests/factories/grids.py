"""Grids and their people for tests, made by the real services."""

from datetime import date

from core.clock import at
from grids import services
from grids.models import Assignment, GovernmentGrid
from tests.factories import accounts
from tests.factories.accounts import organisation

ENTERPRISE, STATION, DEPARTMENT = "CSG-GD-ZQ-SH", "CSG-GD-ZQ-SH-01", "GOV-441284"
FIRST = date(2011, 1, 1)
START = at(FIRST, 8)
Post = Assignment.Post


def grid(code="SH-01", name="东城一网格", *, places=("东城社区",), station=STATION, **more):
    """A power grid of the county, from the first day of 2011 on."""
    enterprise = more.pop("enterprise", None) or organisation(ENTERPRISE)
    given = {
        "enterprise": enterprise,
        "code": code,
        "name": name,
        "region": enterprise.region,
        "station": organisation(station) if station else None,
        "places": places,
        "duty_phone": "0758-3310001",
        "valid_from": FIRST,
        "by": None,
        "now": START,
    }
    return services.found_grid(**{**given, **more})


def area(code="T001", name="东城1号台区", *, feeder=None, households=100, grid=None, **more):
    """A transformer area, in a grid from the first day on where one is given."""
    enterprise = more.pop("enterprise", None) or organisation(ENTERPRISE)
    made = services.register_area(
        enterprise=enterprise,
        code=code,
        name=name,
        feeder=feeder,
        households=households,
        by=None,
        now=START,
    )
    if grid is not None:
        services.assign_areas(grid, [made], valid_from=FIRST, by=None, now=START)
    return made


def feeder(code="F01", name="10kV城东线"):
    return services.register_feeder(
        enterprise=organisation(ENTERPRISE), code=code, name=name, by=None, now=START
    )


def member(name="李安邦", *, where=STATION, role="grid_manager", **more):
    """A person of the station who works in grids."""
    user = accounts.member(where, role, name=name)
    given = {"work_phone": "0758-3310002", "staff_number": "ZQ0101", "joined_on": FIRST}
    return services.enrol(
        user=user, organisation=organisation(where), by=None, now=START, **{**given, **more}
    )


def officer(name="邱知非", **more):
    return member(name, where=DEPARTMENT, role="grid_officer", staff_number="", **more)


def manager(grid, who, *, since=START, until=None, post=Post.MANAGER):
    """Let somebody answer for a grid."""
    return services.appoint(
        grid, member=who, post=post, starts_at=since, ends_at=until, by=None, now=since
    )


def government(code="441284001001", name="东城社区第一网格", *, level="grid", **more):
    """A government grid of the department of the county."""
    given = {
        "keeper": organisation(ENTERPRISE),
        "code": code,
        "name": name,
        "level": level,
        "type": GovernmentGrid.Type.URBAN,
        "region": organisation(ENTERPRISE).region,
        "department": organisation(DEPARTMENT),
        "phone": "0758-3310003",
        "valid_from": FIRST,
        "by": None,
        "now": START,
    }
    return services.found_government_grid(**{**given, **more})
