"""Outage hours and times of each grid, from the notices, with the list behind each number."""

import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from core.clock import standing_at
from tests.factories import accounts, outages
from tests.factories import grids as make
from tests.factories.outages import NOW, at

pytestmark = pytest.mark.django_db


def off(number, start, hours, *, areas=(), lines=(), area="四会市东城街道", **more):
    """An outage that happened: off at an hour, back some hours later (None: not yet)."""
    begins = at(start)
    given = {"planned_start": begins, "planned_end": begins + timedelta(hours=9)}
    given |= {"published_at": begins - timedelta(days=8), "actual_start": begins}
    given |= {"actual_end": begins + timedelta(hours=hours)} if hours else {}
    given |= {"area": area, "lines": list(lines), "transformer_areas": list(areas)}
    return outages.filed(number, **{**given, **more})


@pytest.fixture
def world(catalogues):
    line = make.feeder()
    east = make.grid(households=1000)
    west = make.grid("SH-02", "城中二网格", places=())
    make.area("T001", "东城1号台区", feeder=line, households=100, grid=east)
    make.area("T002", "东城2号台区", households=50, grid=east)
    make.area("T003", "城中1号台区", feeder=line, households=200, grid=west)
    make.area("T004", "城中2号台区", households=40)
    with standing_at(NOW):
        yield east, west


def client_of(home, role):
    client = Client()
    client.force_login(accounts.member(home, role))
    return client


@pytest.mark.clause("S2-5.1.3d")
def test_each_grid_has_its_outage_hours_and_times_and_the_list_behind_them(world):
    east, west = world
    # Two areas of the first grid, three hours: (100 + 50) × 3.
    off("A", "2011-11-10 08:00", 3, areas=["东城1号台区", "T002"])
    # The whole line, two hours: 100 × 2 in the first grid, 200 × 2 in the second.
    off("B", "2011-11-12 08:00", 2, lines=["10kV城东线"])
    # Not back yet: counted, without hours.
    off("C", "2011-11-23 20:00", None, areas=["城中1号台区"])
    # In no grid; and of a county that nobody names.
    off("D", "2011-11-14 08:00", 1, areas=["城中2号台区"])
    off("E", "2011-11-15 08:00", 1, areas=["东城1号台区"], area="某处")
    # In the thirty days before; announced only; of one customer.
    off("F", "2011-10-20 08:00", 6, areas=["东城1号台区"])
    off("G", "2011-11-16 08:00", None, areas=["东城1号台区"], actual_start=None)
    office = client_of("SERC-NF", "regulator_officer")
    period = {"since": "2011-10-26", "until": "2011-11-24"}
    page = office.get(reverse("reporting:grid_outages"), period)
    told = [
        (row["line"].grid.code, row["line"].times, row["hours"], row["lost"], row["each"])
        + (row["line"].times_before, row["hours_before"], row["better"])
        for row in page.context["rows"]
    ]
    assert told == [
        ("SH-01", 2, "5.00", "650.00", "0.65", 1, "6.00", True),
        ("SH-02", 2, "2.00", "400.00", "2.00", 0, "0.00", False),
    ]
    listed = office.get(reverse("reporting:grid_outage", args=[east.pk]), period)
    assert [one.notice.number for one, _hours, _lost in listed.context["rows"]] == ["A", "B"]
    assert [lost for _one, _hours, lost in listed.context["rows"]] == ["450.00", "200.00"]
    listed = office.get(reverse("reporting:grid_outage", args=[west.pk]), period)
    assert [one.notice.number for one, _hours, _lost in listed.context["rows"]] == ["B", "C"]
    left = office.get(reverse("reporting:grid_outages_unplaced"), period).context["rows"]
    assert [(one.notice.number, one.place) for one in left] == [
        ("D", "城中2号台区"),
        ("E", "东城1号台区"),
    ]
    assert left[1].why == "所在区县不明，不能凭名称确定网格"
    book = office.get(reverse("reporting:grid_outages_export"), period).content
    cells = [
        [cell.value for cell in row]
        for row in openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows()
    ]
    first = next(row for row in cells if "SH-01" in row)
    assert [Decimal(str(value)) for value in first[3:]] == [
        Decimal(text) for text in ("1000", "2", "5", "650", "0.65", "1", "6")
    ]
    elsewhere = client_of("CSG-YN", "company_filer")
    assert elsewhere.get(reverse("reporting:grid_outage", args=[east.pk])).status_code == 404
    assert elsewhere.get(reverse("reporting:grid_outages"), period).context["rows"] == []
    # A period without end is cut, and one before all time is none.
    endless = {"since": "0001-01-01", "until": "0001-01-02"}
    assert office.get(reverse("reporting:grid_outages"), endless).status_code == 200
