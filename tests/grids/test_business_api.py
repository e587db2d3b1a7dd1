"""Business from a platform of the government: once by its number, mistakes by field, own only."""

import pytest

from core import clock
from grids.models import BusinessRequest
from grids.services import business, business_steps
from tests.factories.business import GRID, at, lead, passed
from tests.factories.clients import Caller, issued

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
URL = "/api/v1/grids/business/"
SCOPES = ["business.read", "business.write"]


def record(**said):
    return {
        "number": "SH-GRID/1",
        "type": "temporary",
        "customer": {"name": "岑水清", "phone": "13800001234"},
        "address": "四会市东城街道光明路18号",
        "capacity": 20,
        "materials": ["form", "identity"],
        **said,
    }


@pytest.mark.clause("S2-5.3.2a")
def test_a_platform_passes_on_once_and_follows_to_the_end():
    platform = Caller(issued(GRID, scopes=SCOPES))
    made = platform.post(URL, record())
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["organisation"], told["signer"], told["state"]) == (
        *("CSG-GD-ZQ-SH", GRID, "passed_on"),
    )
    assert "岑水清" not in made.content.decode()
    assert platform.post(URL, record(materials=["identity", "form"])).status_code == 200
    assert platform.post(URL, record(capacity=21)).status_code == 409
    wrong = platform.post(
        URL, record(number="", customer={"name": 1}, capacity="viel", adress="x", materials="a")
    )
    fields = {one["field"]: one["message"] for one in wrong.json()["errors"]}
    assert wrong.status_code == 422
    assert fields.keys() == {
        *("number", "customer.name", "customer.phone", "capacity", "adress", "materials")
    }
    assert "address" in fields["adress"]
    strange = platform.post(URL, record(number="2", type="moon", organisation="CSG-YN-KM"))
    assert [one["field"] for one in strange.json()["errors"]] == ["organisation"]
    unknown = platform.post(URL, record(number="2", materials=["gold"]))
    assert [one["field"] for one in unknown.json()["errors"]] == ["materials"]
    request = BusinessRequest.objects.get()
    business.take(request, by=lead(), now=at("11-24 10:00"))
    business_steps.complete_step(request, seen="scheme", by=lead(), now=at("11-24 11:00"))
    one, events = f"{URL}SH-GRID/1/", f"{URL}SH-GRID/1/events/"
    read = platform.get(one).json()
    assert [step["code"] for step in read["steps"] if step["done_at"]] == ["take", "scheme"]
    assert read["steps"][2]["due_at"] == "2011-11-29T23:59:59+08:00"
    with clock.standing_at(at("11-25 10:00")):
        assert platform.post(events, {"kind": "signed", "step": "scheme"}).status_code == 409
        assert platform.post(events, {"kind": "danced"}).status_code == 422
        signed = platform.post(events, {"kind": "signed", "step": "joint"}, key="k-1")
        again = platform.post(events, {"kind": "signed", "step": "joint"}, key="k-1")
    assert (signed.status_code, again.status_code) == (200, 200)
    assert platform.get(f"{URL}{request.number}/").json()["number"] == "SH-GRID/1"
    gone = platform.post(events, {"kind": "withdrawn", "text": "客户不再需要"})
    assert gone.json()["state"] == "withdrawn"


def test_others_read_what_they_may_and_pass_on_nothing():
    request = passed()
    company = Caller(issued("CSG-GD", scopes=SCOPES))
    assert [one["portal_number"] for one in company.get(URL).json()["items"]] == [request.number]
    assert company.post(URL, record()).status_code in (409, 422)
    assert company.get(URL, {"stat": "x"}).status_code == 400
    assert company.get(URL, {"state": "finished"}).json()["items"] == []
    assert Caller(issued("CSG-YN", scopes=SCOPES)).get(f"{URL}{request.number}/").status_code == 404
    assert Caller(issued("CSG-GD")).get(URL).status_code == 403
    reader = Caller(issued(GRID, scopes=["business.read"]))
    assert reader.post(f"{URL}{request.number}/events/", {"kind": "informed"}).status_code == 403
