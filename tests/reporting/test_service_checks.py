"""Checks of service at windows: points by item, results by unit, and the indicators of both these
and business passed on."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from core.models import Letter
from core.periods import Period
from reporting.models import Indicator, IndicatorValue, ServiceCheck
from reporting.services import indicators
from tests.factories.accounts import member, organisation
from tests.factories.business import NOW, ended
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
NOVEMBER = Period(date(2011, 11, 1), date(2011, 11, 30))
# Of ten items with 100 points: 90 of 100; the second is not asked about waiting (10): 60 of 90.
FULL = {"hours": 10, "guide": 5, "waiting": 10, "priority": 5, "first_asked": 15, "once": 10}
FULL |= {"manner": 10, "posted_prices": 5, "posted_limits": 10, "posted_lines": 10}
POOR = {"hours": 5, "guide": 5, "priority": 0, "first_asked": 10, "once": 10}
POOR |= {"manner": 5, "posted_prices": 5, "posted_limits": 10, "posted_lines": 10}


def posted(place, points, unit="CSG-GD-ZQ", **said):
    return {
        "organisation": organisation(unit).pk,
        "place": place,
        "manner": "covert",
        "checked_on": "2011-11-22",
        **{f"item_{code}": given for code, given in points.items()},
        **said,
    }


@pytest.mark.clause("S1-3.1.3c")
def test_windows_are_checked_item_by_item_and_the_results_stand_per_unit(client):
    officer = member("SERC-NF", "regulator_officer")
    client.force_login(officer)
    new = reverse("reporting:service_check_new")
    too_much = client.post(new, posted("城东营业厅", {**FULL, "once": 16}))
    assert too_much.status_code == 422
    answer = client.post(new, posted("城东营业厅", FULL, remarks="13800001234投诉过"))
    assert answer.status_code == 302, text_of(answer)[:3000]
    good = ServiceCheck.objects.get()
    assert (good.got, good.possible, good.up_to_standard) == (90, 100, True)
    assert good.remarks == "138****1234投诉过"
    assert client.post(new, posted("城东营业厅", POOR)).status_code == 409
    assert client.post(new, posted("城西营业厅", POOR)).status_code == 302
    poor = ServiceCheck.objects.exclude(pk=good.pk).get()
    assert (poor.got, poor.possible, poor.up_to_standard) == (60, 90, False)
    assert client.post(new, posted("城南营业厅", FULL, unit="CSG-GX-NN")).status_code == 302
    assert "不适用" in text_of(client.get(reverse("reporting:service_check", args=[poor.pk])))
    listed = client.get(reverse("reporting:service_checks"))
    rows = {row["line"].filters.exactly: row for row in listed.context["units"]}
    # 150 of 190 points; one of two windows.
    zhaoqing = rows["CSG-GD-ZQ"]
    assert (zhaoqing["score"], zhaoqing["rate"]) == ("78.95", "50.00%")
    assert client.get(zhaoqing["passed_url"]).context["total"] == 1
    # 15 of 30 points; next comes what is told once, with 30 of 45.
    weakest = [(one["code"], one["shown"]) for one in listed.context["items"][:2]]
    assert weakest == [("posted_prices", "50.00"), ("once", "66.67")]
    taken = client.get(reverse("reporting:service_checks_export"))
    assert len(list(openpyxl.load_workbook(BytesIO(taken.content)).active.values)) == 4
    company = member("CSG-GD-ZQ", "company_filer")
    client.force_login(company)
    own = client.get(reverse("reporting:service_checks"))
    assert (own.context["total"], own.context["may_enter"]) == (2, False)
    assert client.get(new).status_code == 403
    client.force_login(officer)
    withdraw = reverse("reporting:service_check_withdraw", args=[poor.pk])
    assert client.post(withdraw, {"reason": ""}).status_code == 409
    assert client.post(withdraw, {"reason": "登错窗口"}).status_code == 302
    assert client.get(reverse("reporting:service_checks")).context["total"] == 2
    assert Letter.objects.filter(kind="servicecheck.result").exists()


def test_indicators_count_what_the_lists_of_checks_and_of_business_show(client):
    """Two requests of 4 working days each, one late; 90 of 100 points."""
    first = {"begun": "11-01 09:00", "taken": "11-01 10:00", "finished": "11-07 16:00"}
    ended(steps=[("scheme", "11-03 16:00")], **first)
    second = {"begun": "11-08 09:00", "taken": "11-10 10:00", "finished": "11-14 16:00"}
    ended(steps=[("scheme", "11-11 16:00")], **second)
    works = [("scheme", "11-09 16:00"), ("joint", "11-10 16:00")]
    third = {"begun": "11-08 09:00", "taken": "11-08 10:00", "finished": "11-15 16:00"}
    ended("temporary", steps=works, fee=Decimal("100.05"), capacity=1, materials=(), **third)
    client.force_login(member("SERC-NF", "regulator_officer"))
    client.post(reverse("reporting:service_check_new"), posted("城东营业厅", FULL))
    codes = ("business_in_time", "business_days", "business_fee", "service_check_score")
    asked = Indicator.objects.filter(code__in=codes)
    indicators.compute(NOVEMBER, indicators=asked, now=NOW)
    found = {
        one.indicator.code: one
        for one in IndicatorValue.objects.filter(
            organisation=organisation("CSG-GD-ZQ")
        ).select_related("indicator")
    }
    # Two of three; 4 + 4 + 5 days; 100.05 yuan over three.
    expected = [Decimal("66.67"), Decimal("4.33"), Decimal("33.35"), 90]
    assert [found[code].value for code in codes] == expected
    for code in ("business_in_time", "service_check_score"):
        for given in found[code].inputs.values():
            listed = client.get(given["url"]).context["total"]
            assert listed == (1 if code == "service_check_score" else int(given["value"]))
