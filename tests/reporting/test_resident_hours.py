"""Hours of residents without power in a year, by area, against 24 hours in town and 80 outside."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from core import clock
from reporting.models import OutageNotice, Return, ReturnForm, ReturnVersion
from tests.factories import accounts
from tests.factories.outages import at, filed
from tests.reading import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogues")]
NOW = at("2013-11-25 09:00")


def off(number, hours, *, area, kind="planned", households=100, company="CSG-GD-ZQ"):
    """An outage of the year 2013 that is over."""
    notice = filed(number, company=company)
    OutageNotice.objects.filter(pk=notice.pk).update(
        kind=kind,
        area_type=area,
        households=households,
        planned_start=at("2013-03-01 00:00"),
        planned_end=at("2013-03-05 00:00"),
        actual_start=at("2013-03-01 00:00"),
        actual_end=at(f"2013-03-{1 + hours // 24:02} {hours % 24:02}:00"),
    )


def served(unit, **households):
    """The accepted quarterly return that says how many households a unit serves, by area."""
    entry = Return.objects.create(
        form=ReturnForm.objects.get(code="capacity"),
        code="capacity",
        organisation=accounts.organisation(unit),
        recipient=accounts.organisation("SERC-NF"),
        period_start=date(2013, 7, 1),
        period_end=date(2013, 9, 30),
        due_at=NOW,
        created_at=NOW,
    )
    names = {"urban": "城市", "rural": "农村"}
    rows = [{"area": names[area], "households": count} for area, count in households.items()]
    entry.accepted_version = ReturnVersion.objects.create(
        entry=entry, number=1, rows={"capacity": rows}, created_at=NOW, accepted_at=NOW
    )
    entry.save(update_fields=["accepted_version"])


def test_hours_per_household_are_held_against_the_limit_of_their_area(client):
    with clock.standing_at(at("2011-11-23 20:00")):
        off("A", 30, area="urban")
        off("B", 20, area="urban", kind="ordered_use", households=50)
        off("C", 40, area="rural", kind="fault")
        off("D", 20, area="remote", kind="temporary")
        off("E", 99, area="urban", kind="arrears")
        off("F", 10, area="urban", company="CSG-GD-FS")
    # 3,000 + 1,000 household hours of 160 households: 25 hours each, over 24.
    served("CSG-GD-ZQ", urban=160, rural=75)
    client.force_login(accounts.member("SERC-NF", "regulator_officer"))
    with clock.standing_at(NOW):
        answer = client.get(reverse("reporting:outage_yearly"), {"year": "2013"})
        rows = {(one.unit.code, str(one.area)): (one, told) for one, told in answer.context["rows"]}
        town, told = rows["CSG-GD-ZQ", "城市"]
        assert [str(each) for _name, each, _lost, _url in told] == ["18.75", "6.25", "0.00"]
        assert (str(town.total), town.limit, town.lamp) == ("25.00", 24, "late")
        # 4,000 of faults and 2,000 of works of 75 households: exactly 80 keeps to the limit.
        country, parts = rows["CSG-GD-ZQ", "农村"]
        assert (str(country.total), country.limit, country.lamp) == ("80.00", 80, "ok")
        # Of the province nothing is told but what it filed itself: Foshan is in its hours, too.
        province, _told = rows["CSG-GD", "城市"]
        assert (province.total, province.total_lost) == (None, 5000)
        # Nobody said how many households Foshan serves.
        foshan, _told = rows["CSG-GD-FS", "城市"]
        assert (foshan.total, foshan.total_lost, foshan.lamp) == (None, 1000, "")
        # Each number opens the notices that it counts.
        counts = [len(client.get(url).context["rows"]) for _n, _e, _l, url in (*told, *parts)]
        assert counts == [1, 1, 0, 1, 0, 1]
        book = client.get(answer.context["export_url"]).content
        sheet = openpyxl.load_workbook(BytesIO(book)).active
        told = {
            (r[0].value, r[1].value): [c.value for c in r[2:]] for r in sheet.iter_rows(min_row=2)
        }
        assert told[town.unit.name, "城市"] == [160, 18.75, 6.25, 0, 25, 4000, 24]
        # The limits came in 2013.
        before = client.get(reverse("reporting:outage_yearly"), {"year": "2012"})
        assert "没有全年停电时间的限值" in text_of(before)
