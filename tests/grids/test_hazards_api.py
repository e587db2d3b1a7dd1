"""Hazards from systems of either side: once by their number, followed by calls, own only."""

import json

import pytest

from accounts.services import webhooks
from core import clock
from core.models import Letter
from grids.models import Hazard, HazardReport
from grids.services import hazards as services
from tests.factories import grids
from tests.factories import hazards as make
from tests.factories.clients import Caller, issued
from tests.factories.hazards import at

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
URL = "/api/v1/grids/hazards/"
SCOPES = ["hazards.read", "hazards.write"]


def record(**said):
    return {
        "number": "SH-PT/7",
        "kind": "equipment",
        "content": "配电箱门脱落",
        "place": "四会市东城社区光明路18号",
        **said,
    }


def faults(answer):
    assert answer.status_code == 422, answer.content
    return {one["field"] for one in answer.json()["errors"]}


def told(endpoint):
    """What an address was called about: kind, and number in the receiver's own counting."""
    rows = Letter.objects.filter(channel="webhook", payload={"endpoint": endpoint.pk})
    bodies = [json.loads(one.body) for one in rows.order_by("pk")]
    return [(one["type"], one["data"]["number"], one["data"]["state"]) for one in bodies]


@pytest.mark.clause("S2-4.3.1a")
def test_a_platform_reports_once_and_is_called_as_the_hazard_moves():
    world, key = make.ground(), issued(grids.DEPARTMENT, scopes=SCOPES)
    theirs = issued(grids.ENTERPRISE, scopes=["hazards.read"])
    deaf = issued("CSG-GD", scopes=["cases.read"])
    endpoints = [
        webhooks.open_endpoint(
            client=one.client, name="推送", url="https://x.example/", by=None, now=clock.now()
        )
        for one in (key, theirs, deaf)
    ]
    platform = Caller(key)
    with clock.standing_at(at("11-24 09:00")):
        made = platform.post(URL, record(), key="k-1")
        assert made.status_code == 201, made.content
        assert platform.post(URL, record(), key="k-1").json() == made.json()
        assert platform.post(URL, record(content="别的"), key="k-1").status_code == 422
        assert platform.post(URL, record()).status_code == 200
        assert platform.post(URL, record(content="别的")).status_code == 409
    hazard = Hazard.objects.get()
    assert (hazard.grid, hazard.side, hazard.reporter) == (world.grid, "government", None)
    assert hazard.place == "四会市东城社区光明路18号"
    assert hazard.events.get().organisation.code == grids.DEPARTMENT
    assert "光明路" not in made.content.decode()
    said = made.json()
    assert (said["state"], said["organisation"], said["grid"], said["number"]) == (
        *("reported", grids.STATION, "SH-01", "SH-PT/7"),
    )
    # The company grades it as any other, and both sides' systems hear of it.
    hazard = make.graded(world, hazard, now=at("11-24 10:00"))
    proof = {"text": "已修复", "photos": make.received()}
    services.rectify(hazard, **proof, by=world.manager, now=at("11-24 11:00"))
    services.verify(hazard, by=world.officer, now=at("11-24 12:00"))
    services.close(hazard, by=world.officer, now=at("11-24 13:00"))
    moves = ["graded", "owned", "rectified", "verified", "closed"]
    assert told(endpoints[0]) == [(f"hazard.{one}", "SH-PT/7", one) for one in moves]
    assert told(endpoints[1]) == [(f"hazard.{one}", "", one) for one in ("reported", *moves)]
    assert told(endpoints[2]) == []
    calls = Letter.objects.filter(channel="webhook")
    assert not any("光明路" in one.body or "修复" in one.body for one in calls)
    ended = platform.get(f"{URL}SH-PT/7/").json()
    assert (ended["state"], ended["in_time"], ended["rectified_at"]) == (
        *("closed", True, "2011-11-24T11:00:00+08:00"),
    )


def test_mistakes_are_named_and_everybody_sees_their_own_only():
    world, platform = make.ground(), Caller(issued(grids.DEPARTMENT, scopes=SCOPES))
    wrong = platform.post(URL, record(kind="", number="1", plce="x", longitude=200, latitude=1))
    assert faults(wrong) == {"kind", "plce", "longitude"}
    assert faults(platform.post(URL, {**record(), "place": ""})) == {"place"}
    assert platform.post(URL, record(kind="moon")).status_code == 409
    assert faults(platform.post(URL, record(grid="SH-01"))) == {"grid"}
    assert not HazardReport.objects.exists()
    # Without any word on the place the government's cell says it, where it pairs with one grid.
    cell = {"number": "2", "place": "", "grid": world.cell.code}
    assert platform.post(URL, record(**cell)).json()["grid"] == "SH-01"
    company = Caller(issued(grids.ENTERPRISE, scopes=SCOPES))
    assert faults(company.post(URL, record(grid=world.cell.code))) == {"grid"}
    mine = company.post(URL, record(number="2", grid="SH-01"))
    assert (mine.status_code, mine.json()["side"]) == (201, "company")
    # The department that the grid pairs with sees it too, under the portal's number alone.
    found = platform.get(f"{URL}{mine.json()['portal_number']}/").json()
    assert found["number"] == ""
    assert [one["number"] for one in platform.get(URL).json()["items"]] == ["2", ""]
    assert platform.get(URL, {"state": "closed"}).json()["items"] == []
    stranger = Caller(issued("CSG-GX", scopes=SCOPES))
    assert stranger.get(f"{URL}{mine.json()['portal_number']}/").status_code == 404
    assert stranger.get(URL).json()["items"] == []
    reader = Caller(issued(grids.DEPARTMENT, scopes=["hazards.read"]))
    assert reader.post(URL, record(number="3")).status_code == 403
    office = Caller(issued("SERC-NF", scopes=SCOPES))
    assert office.post(URL, record(number="3")).status_code == 409
    assert len(office.get(URL).json()["items"]) == 2
