"""Outage notices from companies' systems: idempotent by number, all mistakes at once, sight."""

import pytest

from reporting.models import OutageNotice
from tests.factories.clients import Caller, issued
from tests.factories.outages import filed

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
URL = "/api/v1/outages/"
SCOPES = ["outages.read", "outages.write"]


def notice(**said):
    return {
        "number": "API/1",
        "organisation": "CSG-GD-ZQ",
        "kind": "planned",
        "reason": "planned_work",
        "area": "贞山街道光明路",
        "lines": ["10kV城东线"],
        "households": 320,
        "planned_start": "2011-12-05T08:00:00+08:00",
        "planned_end": "2011-12-05T17:00:00+08:00",
        "published_at": "2011-11-23T10:00:00+08:00",
        "channels": ["website"],
        **said,
    }


def test_the_same_number_is_one_notice_and_other_content_is_refused():
    caller = Caller(issued("CSG-GD", scopes=SCOPES))
    made = caller.post(URL, notice())
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["organisation"], told["lead_ok"], told["flags"]) == ("CSG-GD-ZQ", True, [])
    # From ten in the morning twelve days ahead to eight: eleven days and 22 hours.
    assert told["lead_hours"] == 286.0
    # The same instants written in another zone are the same.
    again = notice(planned_start="2011-12-05T00:00:00Z", lines=["10kV城东线 "])
    assert caller.post(URL, again).status_code == 200
    assert caller.post(URL, notice(households=321)).status_code == 409
    wrong = caller.post(
        URL, notice(number="", kind="x", planned_end="morgen", household=1, lines="a")
    )
    assert wrong.status_code == 422
    fields = {one["field"]: one["message"] for one in wrong.json()["errors"]}
    assert fields.keys() == {"number", "planned_end", "household", "lines"}
    assert "households" in fields["household"]
    late = caller.post(URL, notice(number="API/2", planned_end="2011-12-05T07:00:00+08:00"))
    assert [one["field"] for one in late.json()["errors"]] == ["planned_end"]
    assert OutageNotice.objects.count() == 1


def test_a_notice_is_changed_completed_and_cancelled_by_its_number():
    caller = Caller(issued("CSG-GD", scopes=SCOPES))
    caller.post(URL, notice())
    sooner = notice(planned_start="2011-11-29T08:00:00+08:00")
    change = f"{URL}API/1/changes/"
    assert caller.post(change, sooner).status_code == 409
    sooner |= {"reason_of_change": "配合市政", "published_at": "2011-11-24T09:00:00+08:00"}
    changed = caller.post(change, sooner).json()
    assert (changed["version"], changed["flags"]) == (2, ["late"])
    assert caller.post(change, sooner).json()["version"] == 2
    # The first message sent again changes nothing.
    assert caller.post(URL, notice()).status_code == 200
    assert OutageNotice.objects.get().version == 2
    early = caller.post(f"{URL}API/1/actual/", {"actual_start": "2011-11-29T08:00:00+08:00"})
    assert [one["field"] for one in early.json()["errors"]] == ["actual_start"]
    began = caller.post(f"{URL}API/1/actual/", {"actual_start": "2011-11-24T09:10:00+08:00"})
    assert began.json()["actual_start"] == "2011-11-24T09:10+08:00"
    assert caller.post(f"{URL}API/1/cancel/", {"reason_of_change": "x"}).status_code == 409
    caller.post(URL, notice(number="API/2"))
    for _turn in range(2):
        gone = caller.post(f"{URL}API/2/cancel/", {"reason_of_change": "保电"})
        assert (gone.status_code, gone.json()["state"]) == (200, "cancelled")


def test_each_sees_and_files_its_own():
    filed("Y-1", company="CSG-YN")
    reader = Caller(issued("CSG-GD", scopes=["outages.read"]))
    assert reader.post(URL, notice()).status_code == 403
    writer = Caller(issued("CSG-GD", scopes=SCOPES))
    writer.post(URL, notice())
    assert writer.post(URL, notice(number="N", organisation="CSG-YN")).status_code == 422
    assert [one["number"] for one in reader.get(URL).json()["items"]] == ["API/1"]
    assert reader.get(URL, {"flag": "late"}).json()["items"] == []
    assert reader.get(URL, {"sinc": "2011-01-01"}).status_code == 400
    assert reader.get(URL, {"since": "gestern"}).status_code == 400
    assert reader.get(f"{URL}API/1/").json()["households"] == 320
    assert reader.get(f"{URL}Y-1/").status_code == 404
    assert writer.post(f"{URL}Y-1/cancel/", {"reason_of_change": "x"}).status_code == 404
    cases = Caller(issued("CSG-GD"))
    assert cases.get(URL).status_code == 403
