"""Days at the ends of the calendar break no page: not with an account, not without one."""

import pytest
from django.urls import reverse

from core import clock
from tests.factories.accounts import member
from tests.factories.clients import Caller, issued
from tests.factories.outages import NOW, at, filed

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
WIDE = {"since": "0001-01-01", "until": "9999-12-31"}
TURNED = {"since": "9999-12-31", "until": "0001-01-01"}
PAGES = (
    "outages",
    "outages_export",
    "outage_monitor",
    "outage_monitor_export",
    "outage_frequent",
    "grid_outages",
    "activations",
    "executions",
    "executions_export",
    "execution_statistics",
    "statistics_export",
    "forecasts",
    "forecast_accuracy",
    "complaints:list",
    "complaints:outages",
    "grids:business_list",
    "grids:business_board",
    "grids:hazards",
    "grids:hazards_board",
    "grids:patrols",
)


def url(name):
    return reverse(name if ":" in name else f"reporting:{name}")


def test_the_ends_of_the_calendar_break_no_page(client):
    filed(planned_start=at("2011-11-26 08:00"), planned_end=at("2011-11-26 17:00"))
    with clock.standing_at(NOW):
        public = reverse("reporting:public_outages")
        wide = client.get(public, WIDE)
        assert [one.number for one, _word in wide.context["rows"]] == ["TD-1"]
        for asked in (TURNED, {"since": "9999-12-31"}, {"until": "9999-12-31"}):
            assert client.get(public, asked).status_code == 200, asked
        client.force_login(member("SERC-NF", "regulator_officer"))
        for name in PAGES:
            for asked in (WIDE, TURNED):
                assert client.get(url(name), asked).status_code == 200, (name, asked)
        for month in ("9999-12", "0001-01"):
            calendar = client.get(reverse("reporting:return_calendar"), {"month": month})
            assert calendar.status_code == 200
    caller = Caller(issued("CSG-GD", scopes=["outages.read"]))
    listed = caller.get("/api/v1/outages/", WIDE)
    assert [one["number"] for one in listed.json()["items"]] == ["TD-1"]
    assert caller.get("/api/v1/outages/", TURNED).json()["items"] == []
