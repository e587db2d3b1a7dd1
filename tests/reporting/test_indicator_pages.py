"""Pages of indicators, by what the campaign plan asks of them; every figure by hand."""

import io
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

import openpyxl
import pytest
from django.urls import reverse

from complaints.services.acting import act
from core import clock, outbox
from core.periods import Period
from reporting import indicator_rounds
from reporting.models import IndicatorValue, Return, ReturnForm, ReturnVersion
from reporting.services import indicators as services
from tests.factories import accounts
from tests.factories.complaints import at, played, received
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NOW = at("2018-03-05 09:00")
FEBRUARY = Period(date(2018, 2, 1), date(2018, 2, 28))
HOURS = 28 * 24


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def as_(client):
    def sign_in(home, role):
        client.force_login(accounts.member(home, role))
        return client

    return sign_in


def accepted(code, unit, rows, *, first=FEBRUARY.first, last=FEBRUARY.last):
    """An accepted return, as it stands after its review; a further one is its correction."""
    form = ReturnForm.objects.filter(code=code).first() or ReturnForm.objects.create(
        code=code, version=1, title=code, content={"every": "monthly"}, created_at=NOW
    )
    where = accounts.organisation(unit)
    entry, _new = Return.objects.get_or_create(
        code=code,
        organisation=where,
        period_start=first,
        defaults={
            "form": form,
            "recipient": accounts.organisation("SERC-NF"),
            "period_end": last,
            "due_at": NOW,
            "created_at": NOW,
        },
    )
    version = ReturnVersion.objects.create(
        entry=entry,
        number=entry.versions.count() + 1,
        rows=rows,
        created_at=NOW,
        accepted_at=NOW,
    )
    entry.accepted_version = version
    entry.save(update_fields=["accepted_version"])
    return version


def area(name, users, lost, outside=0, shortage=0, times=0):
    return {
        "area": name,
        "users": users,
        "lost_hours": str(lost),
        "outside_hours": str(outside),
        "shortage_hours": str(shortage),
        "household_times": times,
    }


def voltage(**out):
    """Rows of the classes that have points: out-of-limit minutes of 100,000 monitored ones."""
    return [
        {"class": key[0], "area": "农村" if key.endswith("r") else "城市", "out_minutes": n}
        | {"monitored_minutes": 100_000}
        for key, n in out.items()
    ]


def february():
    """Two bureaus' months: reliability and voltage of one, complaints of both."""
    accepted(
        "reliability",
        "CSG-GD-ZQ",
        {"reliability": [area("城市", 1000, "672.5", 100, 50, 20), area("农村", 500, "6720")]},
    )
    accepted("voltage", "CSG-GD-ZQ", {"voltage": voltage(A=1000, B=2000, D=3000, Dr=9000)})
    for unit, said in (("CSG-GD-ZQ", ("content", "fairly", "not_content")), ("CSG-GD-FS", ())):
        for word in (*said, "unreachable"):
            received(
                organisation=unit,
                received_at=at("2018-02-10 09:00"),
                state="closed",
                closed_at=at("2018-02-20 09:00"),
                outcome="substantiated",
                satisfaction=word,
                now=NOW,
            )
    services.compute(FEBRUARY, now=NOW)


def page(client, name, *args, **query):
    response = client.get(reverse(f"reporting:{name}", args=args), query)
    assert response.status_code == 200
    return response


def shown(response):
    """Indicator → what the table prints."""
    return {one.indicator.code: one.shown for one in response.context["lines"]}


@pytest.mark.clause("S1-2.1.4c")
@pytest.mark.clause("S1-2.1.4d")
@pytest.mark.clause("S1-2.2.4b")
def test_values_of_a_unit_stand_beside_their_limits_and_open_what_they_count(as_, catalogues):
    february()
    client = as_("SERC-NF", "regulator_officer")
    listed = page(client, "indicators", unit="CSG-GD-ZQ", period="2018-02")
    values = shown(listed)
    # 1 - 672.5 / (1,000 × 672) = 99.8999…; 1 - 6,720 / (500 × 672) = 98
    assert values["rs1_urban"] == "99.900"
    assert values["rs1_rural"] == "98.000"
    # 7,392.5 of 1,500 × 672; without 100 from outside; without 50 for want of supply.
    assert values["rs2"] == "99.277"
    assert values["rs3"] == "99.272"
    assert values["aihc1"] == "4.928"
    assert values["aitc1"] == "0.013"
    # A 1 %, B 2 %, D (3,000 + 9,000) / 200,000 = 6 %, no C: 1 - (1 + (2 + 6) / 2) / 2 = 97.5
    assert values["voltage_total"] == "97.500"
    assert values["voltage_resident_urban"] == "97.000"
    assert values["satisfaction_12398"] == "66.67"
    assert values["satisfaction_95598"] == "—"
    lamps = {one.indicator.code: one.lamp for one in listed.context["lines"]}
    assert (lamps["rs1_urban"], lamps["satisfaction_12398"]) == ("ok", "late")
    value = IndicatorValue.objects.get(indicator__code="rs1_urban", organisation__code="CSG-GD-ZQ")
    traced = page(client, "indicator_value", value.pk).content.decode()
    entry = Return.objects.get(code="reliability")
    assert reverse("reporting:return", args=[entry.pk]) in traced
    assert ("672.5" in traced, "99.900" in traced, "28×24" in traced) == (True, True, True)
    # The province has no return of its own: the sum of its bureaus.
    province = shown(page(client, "indicators", unit="CSG-GD", period="2018-02"))
    assert province["rs1_urban"] == "99.900"


@pytest.mark.clause("S1-2.2.4a")
def test_the_catalogue_tells_formula_unit_basis_limit_and_weight(as_, catalogues):
    text = page(as_("CSG-GD", "company_viewer"), "indicator_catalogue").content.decode()
    for word in (
        "(1 - lost / (users * hours)) * 100",
        "《供电监管办法》（电监会令第27号）第七条：城市地区年供电可靠率不低于99%",
        "综合电压合格率",
        "小时/户",
        "待核对",
        "越低越好",
    ):
        assert word in text


@pytest.mark.clause("S1-1.2a")
@pytest.mark.clause("S1-1.2d")
def test_the_goal_board_shows_the_indicators_of_each_goal(as_, catalogues):
    february()
    board = page(as_("SERC-NF", "regulator_viewer"), "goals", unit="CSG-GD-ZQ", period="2018-02")
    goals = {
        str(label): [one.indicator.code for one in lines] for label, lines in board.context["goals"]
    }
    assert {"rs1_urban", "voltage_resident_rural"} <= set(goals["保障居民生活用电"])
    # Time limits and satisfaction stand together.
    service = set(goals["提供优质、高效、便捷的服务"])
    assert {"close_in_time_12398", "satisfaction_12398", "reply_in_time_95598"} <= service
    assert "99.900" in board.content.decode()


@pytest.mark.clause("S1-3.1.2b")
@pytest.mark.clause("S1-3.1.2c")
def test_trends_show_urban_beside_rural(as_, catalogues):
    february()
    client = as_("SERC-NF", "regulator_officer")
    for code, urban, rural in (("rs1", "99.900", "98.000"), ("voltage", "97.000", "91.000")):
        found = page(client, "indicator_trend", unit="CSG-GD-ZQ", period="2018-02", code=code)
        span, cells = found.context["rows"][-1]
        assert (span.text, [text for _value, text, _name in cells]) == ("2018年2月", [urban, rural])
        assert len(found.context["rows"]) == 13
        assert "<svg" in found.content.decode()


class Exact:
    """A number or nothing, by Python's own operators on fractions."""

    def __init__(self, value):
        self.value = value

    def _with(self, other, how):
        other = other.value if isinstance(other, Exact) else Fraction(other)
        known = self.value is not None and other is not None
        return Exact(how(self.value, other) if known else None)

    def __add__(self, other):
        return self._with(other, lambda a, b: a + b)

    def __sub__(self, other):
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other):
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other):
        return self._with(other, lambda a, b: a * b)

    def __truediv__(self, other):
        return self._with(other, lambda a, b: a / b if b else None)


def mean(*parts):
    known = [one.value for one in parts if one.value is not None]
    return Exact(sum(known) / len(known) if known else None)


def computed(formula, numbers, decimals):
    """The formula once more, by other means than the portal's."""
    names = {key: Exact(value) for key, value in numbers.items()}
    found = eval(formula, {"__builtins__": {}, "mean": mean}, names).value  # noqa: S307
    if found is None:
        return "—"
    scaled = floor(abs(found) * 10**decimals + Fraction(1, 2)) * (1 if found >= 0 else -1)
    return f"{Decimal(scaled).scaleb(-decimals):f}"


def test_exported_values_equal_an_independent_computation_to_the_last_digit(as_, catalogues):
    february()
    client = as_("SERC-NF", "regulator_officer")
    got = client.get(reverse("reporting:indicator_export"), {"period": "2018-02"})
    head, *rows = openpyxl.load_workbook(io.BytesIO(got.content)).active.values
    lines = [dict(zip(head, row, strict=True)) for row in rows if row[0] in {"CSG-GD-ZQ", "CSG-GD"}]
    found = {}
    for line in lines:
        key = (line["单位代码"], line["指标代码"])
        entry = found.setdefault(key, {"line": line, "numbers": {}})
        number = line["数据值"]
        entry["numbers"][line["数据代码"]] = None if number == "—" else Fraction(str(number))
    assert len(found) > 40
    for entry in found.values():
        line = entry["line"]
        again = computed(line["计算公式"], entry["numbers"], int(line["小数位数"]))
        assert str(line["数值"]) == again, line


def test_a_corrected_return_changes_exactly_what_depends_on_it(as_, catalogues):
    february()
    before = set(IndicatorValue.objects.standing().values_list("pk", flat=True))
    version = accepted(
        "reliability",
        "CSG-GD-ZQ",
        {"reliability": [area("城市", 1000, "6720", 100, 50, 20), area("农村", 500, "6720")]},
    )
    outbox.run_due(now=NOW)
    indicator_rounds.after(version, now=NOW)
    indicator_rounds.after(version, now=NOW)
    outbox.run_due(now=NOW)
    gone = IndicatorValue.objects.filter(pk__in=before, superseded_by__isnull=False)
    changed = set(gone.values_list("organisation__code", "indicator__code"))
    units = ("CSG", "CSG-GD", "CSG-GD-ZQ")
    # The rural rate and the number of outages do not depend on the urban hours.
    codes = ("rs1_urban", "rs2", "rs3", "aihc1")
    assert changed == {(unit, code) for unit in units for code in codes}
    old = gone.get(organisation__code="CSG-GD-ZQ", indicator__code="rs1_urban")
    assert (old.value, old.superseded_by.value) == (Decimal("99.9"), 99)
    assert "第2版" in old.superseded_by.cause
    client = as_("SERC-NF", "regulator_officer")
    history = page(client, "indicator_value", old.superseded_by.pk).context["history"]
    assert [text for _one, text in history] == ["99.000", "99.900"]


@pytest.mark.clause("S1-2.2.4d")
def test_the_scorecard_has_seven_dimensions_and_opens_what_they_stand_on(as_, catalogues):
    february()
    client = as_("SERC-NF", "regulator_officer")
    asked = {"unit": "CSG-GD-ZQ", "period": "2018-02", "dimension": "D4"}
    found = page(client, "scorecard", **asked)
    rows = {one["key"]: one for one in found.context["rows"]}
    assert [one["label"] for one in found.context["rows"]] == [
        "守法和准入",
        "市场和公平",
        "成本和效率",
        "质量和服务",
        "安全和应急",
        "环境和能效",
        "发展和风险防控",
    ]
    # Scored, with weights: city 99.9 of 98…99.9 = 100 × 20; rural 98 of 95…99 = 75 × 20; voltage
    # 97.5 of 90…99.5 = 78.947 × 10; urban residents 97 of 90…98.5 = 82.353 × 15; rural 91 of
    # 85…95 = 60 × 15; 10 kV: B 2 % out = 98 of 95…99.5 = 66.667 × 5; satisfied 66.67 of 60…100 =
    # 16.675 × 10. Together 6,929.18 of 95.
    assert rows["D4"]["mean"].shown == Decimal("72.9")
    # No complaint about conduct, none proven on connections: both full, 20 of 20.
    assert rows["D2"]["mean"].shown == 100
    assert rows["D6"]["mean"].shown is None
    held = {one.indicator.code: one for one in found.context["dimension"]["lines"]}
    assert held["rs1_rural"].score == 75
    ranking = [(one.unit.code, one.rank) for one, _cells in found.context["ranking"]]
    assert ranking[0][1] == 1
    text = found.content.decode()
    assert "<svg" in text
    assert reverse("reporting:indicator_value", args=[held["rs1_rural"].value.pk]) in text


def test_a_company_reads_its_own_values_and_nobody_elses(as_, catalogues):
    february()
    value = IndicatorValue.objects.get(indicator__code="rs1_urban", organisation__code="CSG-GD-ZQ")
    address = reverse("reporting:indicator_value", args=[value.pk])
    assert as_("CSG-GD-ZQ", "company_viewer").get(address).status_code == 200
    assert as_("CSG-YN", "company_lead").get(address).status_code == 404
    client = as_("CSG-YN", "company_lead")
    assert client.post(reverse("reporting:indicator_compute")).status_code == 403
    assert {one.code[:6] for one in page(client, "goals").context["units"]} == {"CSG-YN"}


@pytest.mark.clause("S1-2.2.4b")
def test_beside_the_share_of_arrivals_in_time_stands_how_long_they_took(as_, catalogues):
    desk = accounts.member("CSG-GD", "company_filer")
    crew = accounts.member("CSG-GD-ZQ", "company_filer")
    fields = {"source": "95598", "owner": "CSG-GD", "channel": "phone_95598", "nature": "fault"}
    report = at("2018-02-10 09:00")
    for minutes in (20, 53):
        case = received(received_at=report, category="", area_type="urban", **fields)
        to_crew = ("dispatch", desk, {"organisation": accounts.organisation("CSG-GD-ZQ")})
        case = played(case, to_crew, ("take", crew, {}), start=at("2018-02-10 09:05"))
        act(case, "arrive", by=crew, now=report + timedelta(minutes=minutes))
    services.compute(FEBRUARY, now=NOW)
    client = as_("SERC-NF", "regulator_officer")
    value = IndicatorValue.objects.get(
        indicator__code="arrive_urban", organisation__code="CSG-GD-ZQ"
    )
    shown = page(client, "indicator_value", value.pk)
    # (20 + 53) / 2, of both.
    assert (str(shown.context["arrival"].minutes), shown.context["arrival"].ended) == ("36.5", 2)
    assert "分钟，已到场2件平均" in text_of(shown)
    other = IndicatorValue.objects.filter(indicator__code="conduct_complaints")
    other = other.get(organisation__code="CSG-GD-ZQ")
    assert "平均到场时间" not in text_of(page(client, "indicator_value", other.pk))
