"""``manage.py build_bulletin`` on cases of the portal: JSON by the contract, document, workbook."""

import io
import json
from datetime import date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from accounts.models import Organisation
from complaints import services as cases
from complaints.models import Case
from core import clock
from tests.bulletins import published
from tests.bulletins.compare import differences
from tests.bulletins.test_published import LEADING, PLACES, WRONG
from tests.factories import bulletins as factory

pytestmark = pytest.mark.django_db
# The two biggest are built from cells alone: their thirty thousand cases would cost ten seconds.
SMALL = ["huazhong-2023-08", "hunan-2025-q2", "nea-2023-05", "neb-2017-08", "serc-2012-07"]


def build(first, last, style, **options):
    out = io.StringIO()
    arguments = {"first": str(first), "last": str(last)}
    call_command(
        "build_bulletin",
        f"--from={arguments['first']}",
        f"--to={arguments['last']}",
        f"--style={style}",
        stdout=out,
        stderr=out,
        **options,
    )
    return out.getvalue()


def office(code):
    return Organisation.objects.get(code=code)


def planted(name):
    """The published bulletin, as cases of its office."""
    bulletin = published.load(name)
    made = published.records_of(bulletin)
    published.settle(made.records, {**PLACES, **LEADING}.get(name, {}))
    organisation = office(published.OFFICES[bulletin["issuer"]])
    units = None
    if name.startswith("hunan"):
        rows = [row["label"] for row in bulletin["tables"][0]["rows"]]
        units = factory.city_companies(office("CSG-GD"), rows)
    period = published.span(bulletin)
    factory.cases(made.records, organisation=organisation, period=period, units=units)
    return bulletin, organisation, period


@pytest.mark.parametrize("name", SMALL)
def test_a_published_bulletin_comes_out_of_its_cases(catalogues, name, tmp_path):
    bulletin, organisation, (first, last) = planted(name)
    target = tmp_path / "bulletin.json"
    build(
        first,
        last,
        published.style_of(bulletin),
        organisation=organisation.code,
        balance=published.balance_of(bulletin),
        json=str(target),
    )
    mine = json.loads(target.read_text(encoding="utf-8"))
    _compared, found = differences(bulletin, mine)
    assert found == WRONG.get(name, {})
    assert mine["period"] == {"from": str(first), "to": str(last)}


@pytest.fixture
def february(catalogues):
    """Three cases of February 2022 in the national office, one of January, one closed later."""
    national = office("NEA-ROOT")
    records = [
        published.Record("投诉", "12398电话", "电力", "供电服务", "", "", "河南", "", True, True),
        published.Record("咨询", "留言", "电力", "市场准入", place="湖北"),
        published.Record("求助", "留言", "煤炭", place="湖北"),
        published.Record("投诉", "留言", "电力", when="mom", accepted=True, closed=True),
    ]  # fmt: skip
    factory.cases(records, organisation=national, period=(date(2022, 2, 1), date(2022, 2, 28)))
    return national


def numbers(text):
    return json.loads(text[text.index("{") :])


def test_without_an_organisation_the_national_regulator_is_meant(february):
    mine = numbers(build("2022-02-01", "2022-02-28", "classic"))
    assert mine["total"] == {"count": 3, "mom": {"word": "增加", "pct": "200.00"}}
    assert mine["nature"]["其他"] == {"count": 1, "share_pct": "33.33"}
    assert mine["channel"]["留言"]["count"] == 2
    assert mine["closed"] == {"count": 2, "carried_over": 1}
    assert set(mine) >= {
        "industry",
        "business",
        "target",
        "outcome",
        "tables",
        "rankings",
        "conflicts",
    }


def test_an_office_counts_its_own_territory_only(february):
    henan = numbers(build("2022-02-01", "2022-02-28", "classic", organisation="SERC-HEN"))
    assert henan["total"]["count"] == 1
    assert numbers(build("2022-02-01", "2022-02-28", "classic", organisation="SERC-XB"))[
        "total"
    ] == {"count": 0}


def test_the_edges_of_a_period_are_midnight_in_beijing(february):
    case = Case.objects.first()
    for instant, inside in (
        (datetime(2022, 2, 1, 0, 0, tzinfo=clock.ZONE), True),
        (datetime(2022, 1, 31, 23, 59, 59, tzinfo=clock.ZONE), False),
        (datetime(2022, 2, 28, 23, 59, 59, tzinfo=clock.ZONE), True),
        (datetime(2022, 3, 1, 0, 0, tzinfo=clock.ZONE), False),
    ):
        Case.objects.filter(pk=case.pk).update(
            received_at=instant, closed_at=None, state="registered"
        )
        counted = numbers(build("2022-02-01", "2022-02-28", "classic"))["total"]["count"]
        assert counted == (3 if inside else 2), instant


def test_merged_cases_and_other_hotlines_are_not_counted(february):
    whole, merged, other = Case.objects.filter(received_at__month=2)
    Case.objects.filter(pk=merged.pk).update(merged_into=whole, state="merged")
    Case.objects.filter(pk=other.pk).update(source="95598")
    assert numbers(build("2022-02-01", "2022-02-28", "classic"))["total"]["count"] == 1


def test_a_part_of_a_category_counts_as_the_whole(february):
    Case.objects.filter(category="supply_service").update(category="metering")
    mine = numbers(build("2022-02-01", "2022-02-28", "classic"))
    assert mine["business"]["供电服务"]["count"] == 1


def test_the_number_of_queries_does_not_grow_with_the_cases(
    february, django_assert_max_num_queries
):
    with django_assert_max_num_queries(24):
        build("2022-02-01", "2022-02-28", "classic")


def test_all_three_files_are_written_and_always_the_same(february, tmp_path):
    files = {kind: tmp_path / f"b.{kind}" for kind in ("json", "docx", "xlsx")}
    options = {kind: str(path) for kind, path in files.items()}
    build("2022-02-01", "2022-02-28", "classic", **options)
    once = {kind: path.read_bytes() for kind, path in files.items()}
    build("2022-02-01", "2022-02-28", "classic", **options)
    assert once == {kind: path.read_bytes() for kind, path in files.items()}
    assert "数据" in load_workbook(files["xlsx"]).sheetnames


def test_a_style_outside_its_time_is_built_with_a_word_of_warning(february):
    said = build("2022-02-01", "2022-02-28", "2012")
    assert "不在“2012年样式”的适用期内" in said
    assert numbers(said)["total"]["mom"]["word"] == "增长"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"organisation": "NOBODY"}, "没有代码为"),
        ({"organisation": "CSG-GD"}, "不是监管机构"),
        ({"json": "/nowhere/at/all.json"}, "不能写入"),
    ],
)
def test_what_cannot_be_built_is_refused_with_the_reason(catalogues, options, reason):
    with pytest.raises(CommandError, match=reason):
        build("2022-02-01", "2022-02-28", "classic", **options)


def test_a_wrong_day_and_a_period_the_wrong_way_round_are_refused(catalogues):
    with pytest.raises(CommandError, match="不是日期"):
        build("2022-02-30", "2022-02-28", "classic")
    with pytest.raises(CommandError, match="早于"):
        build("2022-03-01", "2022-02-28", "classic")


def test_complaints_fall_due_by_their_clock_and_late_ones_are_counted(catalogues):
    """Ten working days: received on 2025-04-10 due on 04-24; one closed in time, one late, one
    open, one received so late that it falls due after the quarter."""
    hunan = office("SERC-HUN")
    unit = factory.city_companies(office("CSG-GD"), ["长沙供电公司"])
    records = [
        published.Record("投诉", accepted=True, unit="长沙供电公司", due=True, closed=c)
        for c in (True, True, False)
    ]
    records.append(published.Record("投诉", accepted=True, target="其他"))
    period = (date(2025, 4, 1), date(2025, 6, 30))
    factory.cases(records, organisation=hunan, period=period, units=unit)
    late = Case.objects.filter(closed_at__isnull=False).last()
    Case.objects.filter(pk=late.pk).update(closed_at=late.received_at + timedelta(days=15))
    mine = numbers(build(*period, "2025", organisation="SERC-HUN"))
    assert mine["complaints"]["dispatched"]["count"] == 4
    counted = {key: one["count"] for key, one in mine["complaints"]["by_target"].items()}
    assert counted == {"广东电网公司所属": 3, "其他": 1}
    assert mine["complaints"]["due"]["count"] == 3
    assert mine["complaints"]["closed_in_time"] == {"count": 1, "share_pct": "33.33"}
    assert mine["tables"][0]["rows"] == [{"label": "长沙供电公司", "values": [3, 1, "33.33%"]}]


def test_cases_that_came_in_by_the_desk_are_counted_in_the_words_of_their_day(catalogues):
    """Through the service that pages, imports and the API use: codes in, words of 2012 out."""
    national = office("NEA-ROOT")
    received = datetime(2012, 10, 8, 9, 0, tzinfo=clock.ZONE)
    for number, (channel, nature, category) in enumerate(
        [("phone", "complaint", "metering"), ("sms", "enquiry", "other"), ("visit", "praise", "")]
    ):
        record = cases.Record(
            number=f"R{number}",
            received_at=received,
            channel=channel,
            nature=nature,
            category=category,
            region="440100",
        )
        now = received + timedelta(days=1)
        cases.receive(record, source="12398", owner=national, by=None, now=now)
    mine = numbers(build("2012-10-01", "2012-10-31", "2012"))
    assert mine["title"] == "关于2012年10月12398热线投诉举报受理情况的通报"
    assert {key: one["count"] for key, one in mine["nature"].items()} == {
        "投诉": 1,
        "举报": 0,
        "咨询": 1,
        "其他": 1,
    }
    assert mine["channel"]["12398短信"]["count"] == 1
    assert (mine["business"]["供电服务"]["count"], mine["business"]["其它"]["count"]) == (1, 1)
    conflicts = [(one["kind"], one["path"]) for one in mine["conflicts"]]
    assert conflicts == [("dimension_sum", "business")]
    assert mine["conflicts"][0]["message"].startswith("业务类别：有1件没有分类")
