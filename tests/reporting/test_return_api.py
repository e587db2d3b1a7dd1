"""Returns from companies' systems: what is owed, a draft as often as one likes, handing over."""

import json

import pytest

from core import clock
from core.models import AuditEvent
from reporting.models import ReturnVersion
from reporting.services import return_filing
from tests.factories import accounts, returns
from tests.factories.clients import Caller, issued
from tests.reporting.test_returns import DAY, GD, GZ, MORNING

pytestmark = pytest.mark.django_db
URL = "/api/v1/returns/"
SCOPES = ["returns.read", "returns.write"]
GOOD = {"day": [returns.DAILY]}


@pytest.fixture
def owed(catalogues):
    with clock.standing_at(MORNING):
        returns.collected("supply_daily", "SERC-NF", starts_on=DAY, now=MORNING)
        yield returns.owed("supply_daily", GD, DAY)


class System(Caller):
    def put(self, path, data, *, key=""):
        body = json.dumps(data).encode()
        headers = {**self.headers(body), **({"idempotency-key": key} if key else {})}
        return self.client.put(path, body, content_type="application/json", headers=headers)


def test_a_system_lists_fills_in_hands_over_and_a_person_certifies(owed):
    system = System(issued(GD, scopes=SCOPES))
    mine = system.get(URL, {"organisation": GD, "code": "supply_daily", "until": "2011-11-21"})
    told = next(one for one in mine.json()["items"] if one["organisation"] == GD)
    assert told["period"] == {"from": "2011-11-21", "to": "2011-11-21"}
    assert (told["id"], told["state"]) == (owed.pk, "open")
    assert told["due_at"] == "2011-11-22T10:00:00+08:00"
    one, draft = f"{URL}{owed.pk}/", f"{URL}{owed.pk}/draft/"
    columns = system.get(f"{one}definition/").json()["content"]["sheets"][0]["columns"]
    assert columns[1]["label"] == "最大负荷"
    # What does not fit is kept all the same and named by cell.
    wrong = {"day": [{**returns.DAILY, "connected": 21001, "energy": "viel"}]}
    first = system.put(draft, {"revision": 0, "rows": wrong})
    assert first.status_code == 200, first.content
    found = {(p["cell"], p["severity"]): p["remedy"] for p in first.json()["problems"]}
    assert found == {
        ("C4", "hard"): "只填数字，单位为万千瓦时，不写单位和说明。",
        ("I4", "hard"): "接通数不能大于来电数，请核对。",
    }
    revision = first.json()["revision"]
    refused = system.post(f"{one}submit/", {"revision": revision})
    assert refused.status_code == 422
    assert {e["field"].split(".")[1] for e in refused.json()["errors"]} == {"C4", "I4"}
    # Too much energy for the load: a warning that stands with a reason.
    odd = {"day": [{**returns.DAILY, "energy": "180000.00"}]}
    second = system.put(draft, {"revision": revision, "rows": odd}, key="k-1").json()
    [warning] = second["problems"]
    again = system.put(draft, {"revision": revision, "rows": odd}, key="k-1")
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == second
    # Sent again without a key it changes nothing either; other content on an old one is refused.
    same = system.put(draft, {"revision": revision, "rows": odd})
    assert (same.status_code, same.json()["revision"]) == (200, second["revision"])
    assert system.put(draft, {"revision": revision, "rows": GOOD}).status_code == 409
    reasons = {warning["key"]: "含转供电量"}
    third = system.put(draft, {"revision": second["revision"], "rows": odd, "reasons": reasons})
    assert third.json()["problems"][0]["reason"] == "含转供电量"
    handed = system.post(f"{one}submit/", {"revision": third.json()["revision"]})
    assert (handed.status_code, handed.json()["state"]) == (200, "certifying")
    assert system.post(f"{one}submit/", {"revision": handed.json()["revision"]}).status_code == 200
    assert system.put(draft, {"revision": 9, "rows": GOOD}).status_code == 409
    # Nobody filled it in by hand, so any of the unit's certifiers may certify.
    version = ReturnVersion.objects.get()
    assert version.editors == []
    lead = accounts.member(GD, "company_lead")
    digest = return_filing.digest_of(version)
    return_filing.submit(entry=owed, by=lead, now=MORNING, seen_digest=digest)
    status = system.get(one).json()
    assert status["receipt_number"] == "南电监报收〔2011〕1号"
    assert status["digest"] == digest
    begun = AuditEvent.objects.get(kind="return.begin")
    assert (begun.actor_id, begun.details["client"].split(" · ")[0]) == (None, "广东电网公司")


def test_each_sees_and_fills_in_its_own_and_hears_of_every_mistake(owed):
    reader = System(issued(GD, scopes=["returns.read"]))
    draft = f"{URL}{owed.pk}/draft/"
    assert reader.put(draft, {"revision": 0, "rows": GOOD}).status_code == 403
    stranger = System(issued("CSG-GX", scopes=SCOPES))
    assert stranger.get(f"{URL}{owed.pk}/").status_code == 404
    # The same number in other digits is nobody's address.
    other_digits = str(owed.pk).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for key in (other_digits, "9" * 19, "9" * 40, "-1", "x"):
        assert reader.get(f"{URL}{key}/").status_code == 404
    assert stranger.put(draft, {"revision": 0, "rows": GOOD}).status_code == 404
    assert reader.get(URL, {"state": "offen"}).status_code == 400
    assert reader.get(URL, {"stat": "open"}).status_code == 400
    # A company fills in for a unit below it, a unit not for the company above.
    below = returns.owed("supply_daily", GZ, DAY)
    system = System(issued(GD, scopes=SCOPES))
    assert system.put(f"{URL}{below.pk}/draft/", {"revision": 0, "rows": GOOD}).status_code == 200
    bureau = System(issued(GZ, scopes=SCOPES))
    assert bureau.put(draft, {"revision": 0, "rows": GOOD}).status_code == 404
    rows = {"day": [{**returns.DAILY, "enrgy": 1, "calls": [1]}], "dya": [], "x": 1}
    wrong = system.put(draft, {"revision": 0, "rows": rows})
    assert wrong.status_code == 422
    fields = {one["field"]: one["message"] for one in wrong.json()["errors"]}
    assert fields.keys() == {"rows.day.0.enrgy", "rows.day.0.calls", "rows.dya", "rows.x"}
    assert "energy" in fields["rows.day.0.enrgy"]
    missing = system.put(draft, {"rows": GOOD, "revisoin": 0})
    assert [one["field"] for one in missing.json()["errors"]] == ["revisoin"]
    assert not ReturnVersion.objects.filter(entry=owed).exists()
    # The regulator's system sees what was filed, not what is being filled in.
    office = System(issued("SERC-NF", scopes=["returns.read"]))
    assert office.get(f"{URL}{below.pk}/").json()["rows"] == {}
