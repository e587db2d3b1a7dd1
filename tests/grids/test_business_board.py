"""Days, fees and punctuality of business passed on, and its kinds as versions of data."""

from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from core import clock, workdays
from core.errors import Refused
from core.workdays import Day, YearPlan
from grids.catalogue import business_types
from grids.models import BusinessType
from grids.queries import business as queries
from grids.services import business
from grids.services import business_recomputing as recomputing
from tests.factories.accounts import member, organisation
from tests.factories.business import ended, filer, lead, officer, passed
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")
LAST = {"hour": 23, "minute": 59, "second": 59}


def three():
    """Two of residents in November, the second taken a day late; one temporary in October."""
    first = {"begun": "11-01 09:00", "taken": "11-01 10:00", "finished": "11-07 16:00"}
    ended(steps=[("scheme", "11-03 16:00")], **first)
    second = {"begun": "11-08 09:00", "taken": "11-10 10:00", "finished": "11-14 16:00"}
    ended(steps=[("scheme", "11-11 16:00")], **second)
    third = {"begun": "10-10 09:00", "taken": "10-10 10:00", "finished": "10-17 16:00"}
    works = [("scheme", "10-12 16:00"), ("joint", "10-13 16:00")]
    ended("temporary", steps=works, fee=2100, capacity=10, **third, materials=("form",))


def page(client, name, *args, **params):
    answer = client.get(reverse(f"grids:{name}", args=args), params)
    assert answer.status_code == 200, text_of(answer)[:1000]
    return answer


@pytest.mark.clause("S2-5.3.1d", "S2-5.3.1e", "S2-5.3.2c")
def test_days_fees_and_the_rate_in_time_open_the_lists_that_they_count(client):
    three()
    passed()
    client.force_login(member("SERC-NF", "regulator_officer"))
    board = page(client, "business_board")
    # Days: 4 (2, 3, 4, 7 November), 4 (9, 10, 11, 14), 5 (11, 12, 13, 14, 17 October).
    shown = {str(one.label): str(one.value) for one in board.context["stats"]}
    assert shown == {
        "办结件数": "3",
        "全程平均工作日": "4.33",
        "按时办结率": "66.67%",
        "逾期办结": "1",
        "件均费用（元）": "700.00",
    }
    months = {row["line"].label: row for row in board.context["months"]}
    assert len(months) == 11
    october, november = months["2011-10"], months["2011-11"]
    assert (october["days"], october["fee"], october["rate"]) == ("5.00", "2100.00", "100.00%")
    assert (november["days"], november["fee"], november["rate"]) == ("4.00", "0.00", "50.00%")
    assert months["2011-09"]["days"] == "—"
    kinds = {row["line"].label: row["line"] for row in board.context["types"]}
    assert (kinds["临时用电"].steps, kinds["临时用电"].materials) == (4, 3)
    assert text_of(board).count("<svg") >= 2
    # Every number opens what it counts.
    counts = {}
    for row in (october, november, *board.context["units"], *board.context["types"]):
        counts[row["url"]], counts[row["late_url"]] = row["line"].n, row["late"]
        counts[row["met_url"]] = row["line"].met
    assert {url: client.get(url).context["total"] for url in counts} == counts
    listed = client.get(reverse("grids:business_list"), {"view": "open"})
    assert listed.context["total"] == 1
    taken = client.get(reverse("grids:business_export"), {"view": "done"})
    rows = list(openpyxl.load_workbook(BytesIO(taken.content)).active.values)
    assert len(rows) == 4
    assert "岑**" in rows[1]
    assert "岑水清" not in str(rows)
    client.force_login(member("CSG-YN", "company_lead"))
    assert page(client, "business_board").context["whole"]["line"].n == 0


@pytest.mark.clause("S2-5.3.2b", "S2-5.3.1b")
def test_each_kind_of_business_is_a_version_with_its_first_day(client):
    client.force_login(filer())
    listed = text_of(page(client, "business_types"))
    assert "居民新装用电" in listed
    company = BusinessType.objects.get(code="high_single", version=2)
    text = text_of(page(client, "business_type", company.pk))
    for words in ("答复供电方案", "15个工作日", "20个工作日", "外线工程会签", "并联会签"):
        assert words in text, words
    unit, other = organisation("CSG-GD-ZQ-SH"), organisation("GXSL")

    def version(code, where, on):
        return queries.type_for(code, where, on=on).version

    # What holds for everybody, the company's own promise, and what came later for everybody.
    assert version("resident_new", unit, date(2010, 6, 1)) == 1
    assert version("resident_new", unit, date(2011, 6, 1)) == 2
    assert version("resident_new", other, date(2011, 6, 1)) == 1
    assert version("resident_new", other, date(2013, 6, 1)) == 3
    assert queries.type_for("resident_new", unit, on=date(2009, 12, 31)) is None
    before = BusinessType.objects.count()
    business_types.load()
    assert BusinessType.objects.count() == before


def test_a_company_may_tighten_a_limit_and_never_loosen_it(monkeypatch):
    real = business_types.catalogue_files.read(business_types.FILE)
    looser = {
        "code": "resident_new",
        "version": 9,
        "valid_from": date(2012, 1, 1),
        "company": "CSG",
        "extends": {"code": "resident_new", "version": 1},
        "limits": {"scheme": 4},
    }
    content = {**real, "types": [*real["types"], looser]}
    monkeypatch.setattr(business_types.catalogue_files, "read", lambda path: content)
    with pytest.raises(Refused, match="答复供电方案"):
        business_types.load()
    assert not BusinessType.objects.filter(version=9).exists()
    assert officer().can("business.request")


def test_a_further_version_holds_from_its_day_and_a_company_only_tightens(client):
    kind = BusinessType.objects.get(code="resident_new", version=1)
    url = reverse("grids:business_type_revise", args=[kind.pk])
    client.force_login(filer())
    assert client.get(url).status_code == 403
    client.force_login(member("NEA-ROOT", "system_administrator"))
    assert client.get(url).status_code == 200
    said = {"valid_from": "2011-12-01", "basis": "粤电监〔2011〕9号", "fee": "0"}
    said |= {"limit_take": "1", "limit_scheme": "3", "limit_connect": "2"}
    refused = {
        "不必另立版本": {"limit_connect": "3"},
        "须晚于今天": {"valid_from": "2011-11-24"},
        "企业时限不得长于通用时限：答复供电方案": {
            "company": organisation("CSG-GD").pk,
            "limit_scheme": "5",
        },
        "不收取费用": {"fee": "10"},
        "请先收紧：答复供电方案": {"limit_scheme": "1"},
    }
    for words, changed in refused.items():
        answer = client.post(url, {**said, **changed})
        assert (answer.status_code, words in text_of(answer)) == (409, True), words
    company = {**said, "company": organisation("CSG-GD").pk, "limit_scheme": "1"}
    assert client.post(url, company).status_code == 302
    assert client.post(url, company).status_code == 409
    made = BusinessType.objects.get(code="resident_new", version=4)
    told = made.definition
    assert [one.limit.value for one in told.steps] == [1, 1, 2]
    assert told.rules[told.step("scheme").rule]["title"] == "粤电监〔2011〕9号"
    unit = organisation("CSG-GD-ZQ-SH")
    versions = [
        queries.type_for("resident_new", unit, on=date(2011, *day)).version
        for day in ((11, 30), (12, 1))
    ]
    assert versions == [2, 4]
    assert "粤电监" in text_of(client.get(reverse("grids:business_type", args=[made.pk])))


def test_a_calendar_that_arrives_moves_the_running_step_once(monkeypatch):
    """No calendar of 2040 is known: the scheme is promised in two working days, by 7 March; then
    the 6th and the 7th become days off, which makes it the 9th."""
    start = datetime(2040, 3, 5, 9, 0, tzinfo=clock.ZONE)
    with clock.standing_at(start):
        request = passed(now=start)
        business.take(request, by=lead(), now=start)
        step = request.steps.get(code="scheme")
        assert (step.provisional, step.due_at) == (True, start.replace(day=7, **LAST))
        old = workdays.calendar(now=start)
        off = tuple(Day(date(2040, 3, day), "holiday", "假日") for day in (6, 7))
        new = old.with_plan(YearPlan(2040, 1, False, "通知", off))
        (moved,) = recomputing.impact(old, new)
        assert moved[2:] == (start.replace(day=7, **LAST), start.replace(day=9, **LAST))
        monkeypatch.setattr(workdays, "calendar", lambda **_kwargs: new)
        assert recomputing.recompute(now=start) == 1
        assert recomputing.recompute(now=start) == 0
    request.refresh_from_db()
    assert request.due_at == start.replace(day=9, **LAST)
