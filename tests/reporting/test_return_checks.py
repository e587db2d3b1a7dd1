"""Checks that look at the period, name themselves, keep all that is wrong, and mask persons."""

import copy
from datetime import date

import pytest
import yaml
from django.urls import reverse

from core import clock
from core.errors import Refused
from core.sheets.checks import EVERY_PROBLEM
from reporting.returns import examining
from reporting.services import return_filing, return_review
from tests.factories import accounts, returns
from tests.factories.complaints import at
from tests.reading import text_of
from tests.reporting.test_return_forms import HERE, booklet_of
from tests.reporting.test_returns import DAY, GD, MORNING, ROW

pytestmark = pytest.mark.django_db
NOVEMBER = (date(2011, 11, 1), date(2011, 11, 30))
REQUEST = {
    "number": "1",
    "kind": "居民",
    "project": "一般",
    "source": "营业厅",
    "state": "在办",
    "accepted_on": "2011-01-05",
    "joint": False,
    "steps": 2,
    "materials": 1,
    "fee": "0.00",
}


def found(code, sheet, *rows, period=NOVEMBER):
    booklet = booklet_of(code)
    told = booklet.clean({sheet: list(rows)}, period=period).problems
    name = booklet.form(sheet).sheet_name
    return [(p.cell, p.rule, p.severity) for p in told if p.sheet == name and p.row]


@pytest.mark.usefixtures("catalogues")
def test_hours_and_days_of_reliability_are_those_of_the_month():
    data = yaml.safe_load((HERE / "reliability.yaml").read_text(encoding="utf-8"))["good"]
    booklet = booklet_of("reliability")
    assert booklet.clean(data, period=NOVEMBER).problems == []
    inflated = copy.deepcopy(data)
    # 10 000 users × 8784 hours; 1 − 7200 ÷ 87 840 000.
    inflated["reliability"][0] |= {"hours": 8784, "capacity": 87840000, "rs1": "99.9918"}
    inflated["events"][0]["started_on"] = "2009-01-01"
    inflated["events"][1]["started_on"] = "2011-12-01"
    problems = booklet.clean(inflated, period=NOVEMBER).problems
    assert [(p.sheet, p.cell, p.severity) for p in problems] == [
        ("可靠性", "C4", "hard"),
        ("停电明细", "E4", "hard"),
        ("停电明细", "E5", "hard"),
    ]
    assert problems[0].message == "“统计期小时数”填8784，本报告期共720小时"


@pytest.mark.usefixtures("catalogues")
def test_a_step_under_way_is_measured_to_the_end_of_the_period():
    # Accepted on 5 January and not answered by 30 November: three working days were allowed.
    assert found("connections", "requests", REQUEST) == [("H4", "within", "soft")]
    fresh = {**REQUEST, "accepted_on": "2011-11-28"}
    assert found("connections", "requests", fresh) == []
    cancelled = {**REQUEST, "state": "已撤销", "reason": "用户撤回"}
    assert found("connections", "requests", cancelled) == []


@pytest.mark.usefixtures("catalogues")
def test_steps_never_run_backwards_nor_beyond_the_period():
    row = {
        **REQUEST,
        "state": "已接电",
        "accepted_on": "2011-10-17",
        "scheme_on": "2011-10-18",
        "design_in": "2011-10-20",
        "design_out": "2011-09-01",
        "ready_on": "2011-12-30",
        "connected_on": "2009-10-03",
    }
    assert set(found("connections", "requests", row)) == {
        ("J4", "within", "hard"),
        ("M4", "period", "hard"),
        ("N4", "period", "hard"),
        ("N4", "compare", "hard"),
        ("N4", "within", "hard"),
    }
    planned = {"planned_on": "2011-12-31", "energised_on": "2011-11-20", "safety_on": "2011-11-18"}
    home = {"listed_on": "2011-11-01", "contact_on": "2011-11-02", **planned, "safety": "合格"}
    assert [one for one in found("housing_projects", "projects", home) if one[1] == "within"] == []


def test_two_checks_of_one_kind_on_one_column_are_two(catalogues):
    names = examining.waivable(booklet_of("supply_weekly"))
    first, second = "week/required_beyond/reason", "week/required_beyond/reason#2"
    assert {first, second} <= set(names)
    assert "不足7日" in names[first]
    assert "未公告" in names[second]
    rows = {"week": [{"planned_late": 1, "unannounced": 1}]}
    problems = booklet_of("supply_weekly").clean(rows).problems
    judged = examining.judge(
        booklet_of("supply_weekly"), rows, problems, confirmed={}, waived=frozenset({second})
    )
    assert [p.remedy for p in judged.waived] == ["请写明未公告的原因和改进措施。"]
    assert "请写明提前不足的原因和改进措施。" in [p.remedy for p in judged.hard]


def test_all_that_is_wrong_is_kept_and_what_is_alike_confirmed_at_once(catalogues, client):
    """1 100 answers that were late, as a fact: not one hard mistake, one reason for all."""
    filer = accounts.member(GD, "company_filer")
    now = at("2011-12-05 09:00")
    late = {**REQUEST, "accepted_on": "2011-11-01", "scheme_on": "2011-11-28"}
    rows = [{**late, "number": str(n)} for n in range(1100)]
    summary = [
        {"kind": k, "opening": 0, "accepted": n, "connected": 0, "cancelled": 0, "closing": n}
        for k, n in (("居民", 1100), ("其他低压", 0), ("高压单电源", 0), ("高压双电源", 0))
    ]
    with clock.standing_at(now):
        returns.collected("connections", "SERC-NF", starts_on=date(2011, 11, 1), now=now)
        entry = returns.owed("connections", GD, date(2011, 11, 1))
        returns.filled(entry, {"summary": summary, "requests": rows}, by=filer, now=now)
        client.force_login(filer)
        door = reverse("reporting:return_check", args=[entry.pk])
        text = text_of(client.get(door))
        assert "1100 处" in text
        assert "另有 100 处" in text
        # A full page of twenty columns is taken: it is more than a thousand fields.
        edit = reverse("reporting:return_edit", args=[entry.pk])
        keys = [row["_key"] for row in _kept(entry)[:50]]
        cells = {f"r-{key}-{name}": value for key in keys for name, value in _typed(key).items()}
        sent = {"seen": _revision(entry), "sheet": "requests", "row": keys, "act": "save", **cells}
        assert len(keys) * 20 + 3 > 1000
        assert client.post(edit, sent).status_code == 302
        # A refusal says that the reasons were kept, and keeps them.
        send = {"kind": ["requests/within/scheme_on"], "alike": ["系统切换"], "act": "save"}
        assert client.post(door, send).status_code == 302
        entry.refresh_from_db()
        assert len(entry.current_version.confirmed) == 1100
        assert client.post(door, {"act": "request"}).status_code == 302
    entry.refresh_from_db()
    assert entry.state == "certifying"
    assert EVERY_PROBLEM > 100_000


def _kept(entry):
    entry.refresh_from_db()
    return entry.current_version.sheet("requests")


def _revision(entry):
    return entry.current_version.revision


def _typed(key):
    columns = [column.key for column in booklet_of("connections").form("requests").columns]
    given = {**REQUEST, "accepted_on": "2011-11-01", "scheme_on": "2011-11-28", "joint": "否"}
    return {name: given.get(name, "") for name in columns} | {"number": key}


def test_free_texts_show_no_persons_but_to_those_who_fill_in(catalogues, client):
    people = {
        "filer": accounts.member(GD, "company_filer"),
        "lead": accounts.member(GD, "company_lead"),
    }
    officer = accounts.member("SERC-NF", "regulator_officer")
    with clock.standing_at(MORNING):
        returns.collected("supply_daily", "SERC-NF", starts_on=DAY, now=MORNING)
        entry = returns.owed("supply_daily", GD, DAY)
        row = {**ROW, "energy": "180000.00", "reason": "李桂花13877665544反映"}
        said = "用户13877665544证实"
        returns.filed(entry, {"day": [row]}, **people, now=MORNING, because=said)
        page = reverse("reporting:return", args=[entry.pk])
        client.force_login(officer)
        text = text_of(client.get(page))
        assert "13877665544" not in text
        assert "138****5544" in text
        assert reverse("reporting:return_reveal", args=[entry.pk]) in text
        client.force_login(people["filer"])
        assert "李桂花13877665544反映" in text_of(client.get(page))
        for cell in ("ZZ99999 <b>", "J5", "N4", "A3"):
            marked = {"sheet": "日报", "cell": cell, "problem": "不一致", "rule": "二（二）2"}
            with pytest.raises(Refused, match="没有单元格"):
                return_review.send_back(entry=entry, deficient=[marked], by=officer, now=MORNING)
        marked = {"sheet": "日报", "cell": "j4", "problem": "不一致", "rule": "二（二）2"}
        review = return_review.send_back(entry=entry, deficient=[marked], by=officer, now=MORNING)
        assert (review.deficient[0]["cell"], review.deficient[0]["column"]) == ("J4", "居民投诉")
    assert return_filing.LONGEST_REASON == 200
