"""Complaints without a clock fall due by their procedure, however long it gives."""

import io
import json
from datetime import date, datetime

import pytest
from django.core.management import call_command

from complaints.models import Case, Procedure
from core import clock
from tests.bulletins import published
from tests.factories import accounts
from tests.factories import bulletins as factory

pytestmark = pytest.mark.django_db


def test_a_long_allowance_is_counted_in_the_month_in_which_it_ends(catalogues):
    """200 calendar days from 5 January 2018 end on 24 July 2018: due in July, not in June."""
    office = accounts.organisation("SERC-NF")
    record = published.Record("投诉", "12398电话", "电力", "供电服务", place="广东", accepted=True)
    january = (date(2018, 1, 5), date(2018, 1, 31))
    city = factory.city_companies(accounts.organisation("CSG-GD"), ["韶关供电局"])
    factory.cases([record], organisation=office, period=january)
    Case.objects.update(organisation=city["韶关供电局"])
    assert Case.objects.get().received_at == datetime(2018, 1, 5, 10, 30, tzinfo=clock.ZONE)
    procedure = Procedure.objects.get(cases__isnull=False)
    rules = procedure.definition
    (company,) = (one for one in rules["clocks"] if one["code"] == "company")
    company["allowance"] = {"value": 200, "unit": "calendar_days"}
    procedure.save()
    assert due("2018-07-01", "2018-07-31") == 1
    assert due("2018-06-01", "2018-06-30") == 0


def due(first, last):
    """Complaints due in the period, by the table of enterprises of 2025."""
    out = io.StringIO()
    options = {"organisation": "SERC-NF", "style": "2025", "stdout": out, "stderr": out}
    call_command("build_bulletin", f"--from={first}", f"--to={last}", **options)
    text = out.getvalue()
    return json.loads(text[text.index("{") :])["complaints"]["due"]["count"]
