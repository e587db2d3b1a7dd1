"""Claims from a platform of the government: once by its number, both clocks out, own only."""

import pytest

from complaints.models import Claim
from core import clock
from tests.factories import claims, grids
from tests.factories.claims import at
from tests.factories.clients import Caller, issued

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
URL = "/api/v1/claims/"
SCOPES = ["claims.read", "claims.write"]


def record(**said):
    return {
        "number": "SH-PT/7",
        "kind": "hazard",
        "content": "电线下垂，联系人13800005678",
        "address": "四会市东城社区光明路18号",
        "claimant": {"name": "岑水清", "phone": "13800001234"},
        **said,
    }


def test_a_platform_whistles_once_reads_both_clocks_and_confirms():
    world, platform = claims.ground(), Caller(issued(grids.DEPARTMENT, scopes=SCOPES))
    with clock.standing_at(at("11-24 09:00")):
        made = platform.post(URL, record())
        assert made.status_code == 201, made.content
        assert platform.post(URL, record()).status_code == 200
        assert platform.post(URL, record(content="别的")).status_code == 409
        wrong = platform.post(URL, record(number="2", kind="moon", adress="x", longitude=200))
    told = made.json()
    assert (told["grid"], told["organisation"], told["state"]) == (
        *("SH-01", grids.STATION, "dispatched"),
    )
    assert "岑水清" not in made.content.decode()
    assert {one["field"] for one in wrong.json()["errors"]} == {"kind", "adress", "longitude"}
    claim = Claim.objects.get()
    assert (claim.origin, claim.case.responsible) == ("platform", world.manager)
    claims.lead(world, claim, ("take", "11-24 09:10"), ("reply", "11-24 10:00"))
    one, events = f"{URL}SH-PT/7/", f"{URL}SH-PT/7/events/"
    found = {row["code"]: row for row in platform.get(one).json()["clocks"]}
    assert (found["gov_finish"]["keeper"], found["handle"]["keeper"]) == ("government", "company")
    assert (found["handle"]["state"], found["gov_finish"]["due_at"]) == (
        *("met", "2011-11-25T09:00:00+08:00"),
    )
    assert platform.get(one).json()["contact"] == world.manager.name
    said = {"kind": "confirmed", "visited": True, "solved": True, "satisfaction": "content"}
    with clock.standing_at(at("11-24 11:00")):
        assert platform.post(events, said).status_code == 409
        assert platform.post(events, {"kind": "danced"}).status_code == 422
        ended = platform.post(events, {**said, "fault": "none"}, key="k-1")
        again = platform.post(events, {**said, "fault": "none"}, key="k-1")
    assert (ended.json()["state"], again.status_code) == ("closed", 200)
    assert len(platform.get(URL).json()["items"]) == 1
    with clock.standing_at(at("11-24 12:00")):
        assert platform.post(URL, record(number="8", content="电杆倾斜")).status_code == 201
    first = platform.get(f"{URL}?limit=1").json()
    last = platform.get(f"{URL}?limit=1&cursor={first['next']}").json()
    assert [one["number"] for one in first["items"] + last["items"]] == ["SH-PT/7", "8"]
    assert last["next"] == ""
    # A company's system whistles for nobody.
    company = Caller(issued(grids.ENTERPRISE, scopes=SCOPES))
    assert company.post(URL, record(number="9")).status_code == 409
    stranger = Caller(issued("CSG-GX", scopes=["claims.read"]))
    assert stranger.get(one).status_code == 404
    assert stranger.get(URL).json()["items"] == []
