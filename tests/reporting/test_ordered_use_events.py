"""Ordered use from the warning to the report, through its pages (S1-3.3.1(2), S1-2.1.1e, f)."""

import io
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from core.clock import at, standing_at
from reporting import sheets
from reporting.models import Activation, ExecutionRow, FindingProposal, MixedLine
from reporting.queries.executions import RowFilters
from reporting.services import activations
from tests.factories import accounts, supply
from tests.factories.supply import DAY, NOW, UNIT

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(catalogues):
    supply.plan_in_force()
    return {
        "filer": accounts.member(UNIT, "company_filer"),
        "lead": accounts.member(UNIT, "company_lead"),
        "office": accounts.member("SERC-NF", "regulator_officer"),
        "other": accounts.member("CSG-YN", "company_filer"),
    }


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def post(client, name, *args, **data):
    return client.post(reverse(f"reporting:{name}", args=args), data)


WARNING = {
    "announced_at": "2011-11-22T07:00",
    "grade": "Ⅱ",
    "gap_mw": "150",
    "peak_mw": "1000",
    "body": "肇庆市经济和信息化局",
    "reason": "西电东送减少，来水偏枯",
}
APPROVAL = {
    "started_at": "2011-11-22T08:00",
    "until": "2011-11-22T20:00",
    "body": "肇庆市人民政府",
    "number": "肇府函〔2011〕88号",
}
END = {
    "released_at": "2011-11-22T19:00",
    "body": "肇庆市经济和信息化局",
    "reason": "缺口消除",
}


def announced(filer):
    """An event announced and started on the page."""
    made = post(filer, "activation_new", organisation=supply.unit().pk, **WARNING)
    assert made.status_code == 302, made.content.decode()[:3000]
    event = Activation.objects.get()
    assert post(filer, "activation_start", event.pk, **APPROVAL).status_code == 302
    event.refresh_from_db()
    return event


def workbook(rows):
    form = sheets.form("executions")
    cells = [
        {**row, **{k: str(row[k]) for k in ("ordered_kw", "executed_kw")}}
        | {k: row[k].isoformat() for k in ("from_at", "to_at")}
        for row in rows
    ]
    held = io.BytesIO(form.template(cells))
    held.name = "rows.xlsx"
    return held


ROWS = [
    supply.values(),
    supply.values(user_no="U2", line_code="F02", measure="避峰", means="负控终端")
    | {"ordered_kw": Decimal(800), "executed_kw": Decimal("750.5")},
    # Not in the plan of grade Ⅱ; more than the plan; residents hit by cutting a shared line.
    supply.values(user_no="U4", line_code="F09", executed_kw=Decimal(100), measure="限电"),
    supply.values(user_no="U3", line_code="F03", executed_kw=Decimal("300.01"), measure="限电"),
    supply.values(user_no="", user_name="", line_code="F77", measure="拉闸", means="线路开关")
    | {"feeder_cut": True, "executed_kw": Decimal(900), "resident_lines": 1, "households": 120},
]


@pytest.mark.clause("S1-2.1.1e")
@pytest.mark.clause("S1-3.3.1(2)")
@pytest.mark.clause("S1-1.1.2b")
def test_an_event_goes_from_the_warning_to_the_report_and_each_deviation_is_proposed_once(people):
    MixedLine.objects.create(
        organisation=supply.unit(),
        code="F77",
        name="城西线",
        residents=120,
        enterprises=3,
        due_on=DAY,
        entered_by=people["filer"],
        entered_at=NOW,
    )
    filer, lead, office = (client_of(people[name]) for name in ("filer", "lead", "office"))
    with standing_at(NOW):
        event = announced(filer)
        assert event.plan is not None
        assert event.colour == "橙"
        sent = post(filer, "execution_import", event.pk, upload=workbook(ROWS), seen=event.revision)
        assert sent.status_code == 302, sent.content.decode()[:3000]
        # Nobody reports before the release, nor what they entered themselves.
        assert post(lead, "activation_report", event.pk, seen="1").status_code == 409
        assert post(filer, "activation_release", event.pk, **END).status_code == 302
        event.refresh_from_db()
        assert event.report_due_at == at(DAY.replace(day=23), 23, 59, 59)
        assert post(lead, "activation_report", event.pk, seen="0").status_code == 409
        assert post(lead, "activation_report", event.pk, seen=event.revision).status_code == 302
        proposed = FindingProposal.objects.order_by("key")
        assert {one.key.partition("-")[2].partition("-")[2] for one in proposed} == {
            "not_in_plan:3",
            "more_than_plan:4",
            "not_in_plan:5",
            "residents_hit:5",
            "mixed_cut:5",
            "not_noticed",
        }
        hit = proposed.get(key__endswith="residents_hit:5")
        assert (hit.clause, hit.organisation_id) == ("S1-3.3.1(3)a", supply.unit().pk)
        assert "居民120户" in hit.facts
        # Taken back and reported again: nothing is proposed twice.
        assert post(lead, "activation_reopen", event.pk, reason="漏报一条").status_code == 302
        add = {k: v for k, v in supply.values(user_no="U3").items() if k != "feeder_cut"}
        add |= {"measure": "限电", "from_at": "2011-11-22T10:00", "to_at": "2011-11-22T12:00"}
        assert post(filer, "execution_new", event.pk, **add).status_code == 302
        event.refresh_from_db()
        assert post(lead, "activation_report", event.pk, seen=event.revision).status_code == 302
        assert proposed.filter(key__endswith="residents_hit:5").count() == 1
        # The row that was missing, and what it comes to with the other row of the same user.
        assert proposed.all().count() == 8
        page = office.get(reverse("reporting:activation", args=[event.pk])).content.decode()
    assert "影响居民用电" in page
    assert "待处理" in page


@pytest.mark.clause("S1-2.1.1f")
@pytest.mark.clause("S1-3.3.1(3)a")
def test_every_number_of_the_statistics_equals_the_rows_that_it_opens(people):
    filer, office = client_of(people["filer"]), client_of(people["office"])
    with standing_at(NOW):
        event = announced(filer)
        post(filer, "execution_import", event.pk, upload=workbook(ROWS), seen=event.revision)
        for by in ("event", "unit"):
            answer = office.get(reverse("reporting:execution_statistics"), {"by": by})
            (line,) = answer.context["lines"]
            whole = answer.context["whole"]
            assert line.sums == whole.sums
            # By hand: 580 W of shifting, 750.5 of avoidance, 100 + 300.01 of limits, 900 cut.
            sums = whole.sums
            assert (sums.shifted, sums.avoided) == (Decimal(580), Decimal("750.5"))
            assert (sums.limited, sums.cut) == (Decimal("400.01"), Decimal(900))
            assert (sums.users, sums.cut_lines, sums.households) == (4, 1, 120)
            assert (sums.terminal, sums.terminals) == (Decimal("750.5"), 1)
            # Two hours each.
            assert sums.energy == Decimal("5261.020")
            for name, url in line.urls.items():
                rows = office.get(url)
                listed = ExecutionRow.objects.filter(
                    pk__in=[row.pk for row in rows.context["page"]]
                )
                assert rows.context["sums"].rows == listed.count()
                total = listed.aggregate(sum=Sum("executed_kw"))["sum"] or Decimal(0)
                wanted = {"shifted": sums.shifted, "avoided": sums.avoided}
                wanted |= {"limited": sums.limited, "cut": sums.cut, "terminals": sums.terminal}
                if name in wanted:
                    assert total == wanted[name], name
                if name == "cut_lines":
                    assert listed.count() == sums.cut_lines
                if name == "households":
                    assert listed.aggregate(sum=Sum("households"))["sum"] == sums.households
        book = office.get(reverse("reporting:statistics_export"))
        assert book["Content-Type"].endswith("spreadsheetml.sheet")
        assert office.get(reverse("reporting:executions_export")).status_code == 200
        other = client_of(people["other"])
        assert other.get(reverse("reporting:activation", args=[event.pk])).status_code == 404
        assert RowFilters().rows(people["other"]).count() == 0


def test_a_workbook_with_one_mistake_changes_nothing_and_names_the_cell(people):
    filer = client_of(people["filer"])
    with standing_at(NOW):
        event = announced(filer)
        wrong = [ROWS[0], {**ROWS[4], "feeder_cut": False}]
        answer = post(filer, "execution_import", event.pk, upload=workbook(wrong), seen="0")
        assert answer.status_code == 422
        assert "措施为拉闸而“拉闸”填否" in answer.content.decode()
        assert not event.rows.exists()
        copy = post(
            filer, "execution_import", event.pk, upload=workbook(wrong), seen="0", act="copy"
        )
        assert copy["Content-Disposition"].endswith(".xlsx")
        # The workbook that the page hands out comes back as it went.
        post(filer, "execution_import", event.pk, upload=workbook(ROWS), seen="0")
        template = filer.get(reverse("reporting:execution_template", args=[event.pk]))
        held = io.BytesIO(template.content)
        held.name = "again.xlsx"
        before = list(event.rows.values_list("number", "executed_kw", "from_at", "energy_kwh"))
        assert post(filer, "execution_import", event.pk, upload=held, seen="0").status_code == 409
        held.seek(0)
        assert post(filer, "execution_import", event.pk, upload=held, seen="1").status_code == 302
        after = list(event.rows.values_list("number", "executed_kw", "from_at", "energy_kwh"))
        assert before == after
        assert len(after) == 5


def test_an_end_that_passed_and_a_report_that_did_not_come_are_proposed_by_the_tick(people):
    filer = client_of(people["filer"])
    with standing_at(NOW):
        event = announced(filer)
    # Approved until 20:00, and at 21:00 still running.
    assert activations.propose_late(now=NOW) == 1
    assert activations.propose_late(now=NOW) == 0
    with standing_at(NOW):
        late = {**END, "released_at": "2011-11-22T20:30"}
        assert post(filer, "activation_release", event.pk, **late).status_code == 302
    after = at(DAY.replace(day=24))
    activations.propose_late(now=after)
    activations.propose_late(now=after)
    keys = FindingProposal.objects.values_list("key", flat=True)
    assert sorted(keys) == [
        f"activation-{event.pk}-released_late",
        f"activation-{event.pk}-reported_late",
    ]


def test_rows_are_entered_changed_and_removed_on_the_page(people):
    filer = client_of(people["filer"])
    with standing_at(NOW):
        event = announced(filer)
        data = {k: str(v) for k, v in supply.values().items() if k != "feeder_cut"}
        data |= {"from_at": "2011-11-22T09:00", "to_at": "2011-11-22T11:00"}
        assert post(filer, "execution_new", event.pk, **data).status_code == 302
        # A double click is one row.
        assert post(filer, "execution_new", event.pk, **data).status_code == 302
        (row,) = event.rows.all()
        assert row.energy_kwh == Decimal(1160)
        wrong = {**data, "measure": "拉闸"}
        refused = post(filer, "execution_edit", event.pk, row.pk, **wrong)
        assert refused.status_code == 409
        changed = {**data, "executed_kw": "500"}
        assert post(filer, "execution_edit", event.pk, row.pk, **changed).status_code == 302
        row.refresh_from_db()
        assert (row.executed_kw, row.energy_kwh) == (Decimal(500), Decimal(1000))
        assert post(filer, "execution_edit", event.pk, row.pk, act="remove").status_code == 302
        assert not event.rows.exists()
