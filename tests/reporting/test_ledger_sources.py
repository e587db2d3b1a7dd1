"""列入整改台账: what stands elsewhere enters the ledger with one press, or by an office's rule."""

import html
from datetime import date, datetime

import pytest
from django.urls import reverse

from campaign import rectification_queries
from campaign.models import RectificationItem
from campaign.services import rulemaking
from core import clock, outbox
from core.models import AuditEvent
from reporting import ledger_sources
from reporting.services import bulletins, circulars, proposals
from reporting.services import evaluations as improvement
from tests.factories import accounts
from tests.factories import bulletins as bulletin
from tests.factories.complaints import at, received
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NOW = at("2018-03-05 09:00")
SECRETS = ("赵某某", "13800001234", "0301234567890", "光明路8号")


@pytest.fixture(autouse=True)
def world(catalogues):
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def as_(client):
    def sign_in(code, role):
        client.force_login(accounts.member(code, role))
        return client

    return sign_in


def proven(number, **fields):
    said = {
        "content": "赵某某反映：停电三天无人抢修，电话13800001234多次催促无果。",
        "state": "closed",
        "outcome": "substantiated",
        "closed_at": at("2018-02-20 10:00"),
        "feeder": "10kV贞山线",
        "transformer_area": "贞山3号台区",
    }
    return received(
        number=number, received_at=at("2018-02-01 10:00"), now=NOW, **{**said, **fields}
    )


def way_in(name, key):
    return reverse("campaign:rectification_enter", args=[name, key])


def page_of(case):
    return reverse("complaints:case", args=[case.pk])


def switched_on(rule, office="SERC-NF"):
    """The office lays down that a source enters by itself, from today on."""
    rulemaking.lay_down_rules(
        organisation=accounts.organisation(office),
        valid_from=NOW.date(),
        values={f"rect_auto_{rule}": 1},
        document_number="南电监规〔2018〕1号",
        by=accounts.member(office, "regulator_lead"),
        now=NOW,
    )


@pytest.mark.clause("S1-3.3.6(1)b")
def test_a_proven_case_enters_once_with_links_both_ways_and_without_its_complainant(as_):
    case, open_one = proven("G-1"), received(number="G-2", received_at=NOW)
    door = way_in("case", case.pk)
    for code, role, opens in (
        ("SERC-NF", "regulator_officer", True),
        ("SERC-NF", "regulator_viewer", False),
        ("CSG-GD-ZQ", "company_filer", False),
        ("SERC-YN", "regulator_officer", False),
    ):
        client = as_(code, role)
        assert (door in text_of(client.get(page_of(case)))) is opens
        assert (client.get(door).status_code == 200) is opens
    client = as_("SERC-NF", "regulator_officer")
    # Not found true yet: no way in.
    assert way_in("case", open_one.pk) not in text_of(client.get(page_of(open_one)))
    assert client.get(way_in("case", open_one.pk)).status_code == 409
    shown = client.get(door)
    said = {
        name: shown.context["form"][name].value() or "" for name in shown.context["form"].fields
    }
    assert (said["feeder"], said["transformer_area"]) == ("10kV贞山线", "贞山3号台区")
    assert "停电三天无人抢修" in said["problem"]
    assert not [one for one in SECRETS if one in text_of(shown)]
    assert "来源为诉求" in text_of(shown)
    # What is typed may name nobody either.
    named = client.post(door, {**said, "requirement": "向赵某某道歉"})
    assert (named.status_code, RectificationItem.objects.count()) == (409, 0)
    done = client.post(door, {**said, "requirement": "三十日内整改"})
    item = RectificationItem.objects.get()
    assert done["Location"] == f"/rectification/{item.pk}/"
    assert (item.source_kind, item.source_ref, item.unit.code) == ("case", "G-1", "CSG-GD-ZQ")
    assert (item.opened_by.home, item.livelihood_tag.tagged) == (item.regulator, True)
    assert page_of(case) in text_of(client.get(done["Location"]))
    case_page = text_of(client.get(page_of(case)))
    assert item.number in case_page
    assert "待落实" in case_page
    assert door not in case_page
    # Pressed again it is the same one.
    assert client.post(door, said)["Location"] == client.get(door)["Location"] == done["Location"]
    assert RectificationItem.objects.count() == 1
    company = as_("CSG-GD-ZQ", "company_filer")
    read = text_of(company.get(done["Location"]))
    assert "三十日内整改" in read
    assert not [one for one in SECRETS if one in read]
    assert as_("CSG-GX", "company_filer").get(done["Location"]).status_code == 404


def test_a_report_enters_without_its_unit_learning_of_it_and_never_by_itself(as_):
    switched_on("case")
    report = proven("R-9", nature="report", content="抄表员私自收费。")
    quiet = proven("S-9", confidential=True)
    outbox.run_due(now=NOW)
    # The one who asked for secrecy is told of without the place; the report not at all.
    item = RectificationItem.objects.get()
    assert (item.source_ref, item.feeder, item.transformer_area) == ("S-9", "", "")
    assert not [one for one in SECRETS if one in item.problem]
    assert item.source_key.startswith(f"case:{quiet.pk}@")
    client, door = as_("SERC-NF", "regulator_officer"), way_in("case", report.pk)
    assert client.get(door).context["form"]["problem"].value() in ("", None)
    assert client.post(door, {"problem": "R-9反映收费不规范"}).status_code == 409
    done = client.post(door, {"problem": "收费不规范", "requirement": "限期改正"})
    assert "诉求R-9" in text_of(client.get(done["Location"]))
    read = text_of(as_("CSG-GD-ZQ", "company_filer").get(done["Location"]))
    assert "收费不规范" in read
    assert not [one for one in ("R-9", page_of(report), "诉求R") if one in read]
    assert RectificationItem.objects.latest("pk").source_kind == "inspection"


def accepted(key, source, unit="CSG-GD-ZQ", by=None):
    made = proposals.propose(
        source=source,
        key=key,
        organisation=accounts.organisation(unit),
        clause="S1-2.1.1g",
        title="疑似未公告停电",
        facts="4人反映停电，未找到公告。",
        url="/outages/leads/",
        by=None,
        now=NOW,
    )
    by = by or accounts.member("SERC-NF", "regulator_officer")
    return proposals.accept(proposal=made, by=by, now=NOW)


@pytest.mark.clause("S1-5.4c")
def test_what_an_office_switched_on_enters_by_itself_once_and_the_rest_waits_for_a_press(as_):
    before = accepted("a", "lead")
    switched_on("lead")
    lead, plan = accepted("b", "lead"), accepted("c", "ordered_use")
    elsewhere = accepted("d", "lead", "CSG-YN-KM", accounts.member("SERC-YN", "regulator_officer"))
    for _twice in range(2):
        outbox.run_due(now=NOW)
    item = RectificationItem.objects.get()
    assert (item.source_key, item.source_kind) == (f"finding:{lead.pk}@CSG-GD-ZQ", "outage")
    assert (item.opened_by, item.basis) == (None, "S1-2.1.1g")
    event = AuditEvent.objects.get(kind="rectification.open")
    assert event.actor_id is None
    client = as_("SERC-NF", "regulator_officer")
    page = text_of(client.get(reverse("reporting:proposal", args=[lead.pk])))
    assert item.number in page
    for waits in (before, plan):
        page = text_of(client.get(reverse("reporting:proposal", args=[waits.pk])))
        assert way_in("finding", waits.pk) in page
    client.post(way_in("finding", plan.pk), {"problem": "执行负荷超过方案"})
    assert RectificationItem.objects.latest("pk").source_kind == "plan"
    # The rule is the office's own: Yunnan laid down none.
    assert not RectificationItem.objects.filter(unit__code="CSG-YN-KM").exists()
    assert client.get(way_in("finding", elsewhere.pk)).status_code == 409


def test_items_of_an_issued_circular_and_weak_indicators_enter_one_by_one(as_):
    officer = accounts.member("SERC-NF", "regulator_officer")
    lead = accounts.member("SERC-NF", "regulator_lead")
    proven("G-1")
    proven("G-2", organisation="CSG-GD-FS", content="低电压半年。")
    circular = circulars.draft(
        organisation=accounts.organisation("SERC-NF"),
        title="关于典型案件的通报",
        numbers=["G-1", "G-2"],
        public=False,
        occasion="a",
        by=officer,
        now=NOW,
    )
    door = way_in("circular", f"{circular.pk}-2")
    client = as_("SERC-NF", "regulator_officer")
    assert client.get(door).status_code == 409
    circulars.desk.move(circular, circulars.workflow.SUBMIT, by=officer, now=NOW)
    circulars.approve(circular, by=lead, now=NOW)
    circulars.issue(circular, by=lead, now=NOW)
    page = reverse("reporting:circular", args=[circular.pk])
    assert door in text_of(client.get(page))
    form = client.get(door).context["form"]
    assert "低电压半年" in form["problem"].value()
    client.post(door, {"problem": form["problem"].value(), "due_on": "2018-03-31"})
    item = RectificationItem.objects.get()
    told = (item.source_kind, item.source_ref, item.unit.code)
    assert told == ("bulletin", "南电监〔2018〕1号", "CSG-GD-FS")
    shown = text_of(client.get(page))
    assert item.number in shown
    assert door not in shown
    assert way_in("circular", f"{circular.pk}-1") in shown
    # The other company named reads the circular, and nothing of this item.
    assert item.number not in text_of(as_("CSG-GD-ZQ", "company_filer").get(page))


def test_a_paragraph_of_a_bulletin_belongs_to_the_company_that_it_names(as_):
    officer = accounts.member("SERC-NF", "regulator_officer")
    lead = accounts.member("SERC-NF", "regulator_lead")
    made = bulletin.drafted("SERC-NF", by=officer)
    name = accounts.organisation("CSG-GD-ZQ").name
    words = f"投诉总量平稳。\n{name}抢修超时较多，{name}应当整改。"
    bulletins.edit(bulletin=made, seen=1, remarks=words, by=officer, now=NOW)
    bulletins.submit(bulletin=made, by=officer, now=NOW)
    bulletins.approve(bulletin=made, by=lead, now=NOW)
    bulletins.issue(bulletin=made, by=lead, now=NOW)
    client = as_("SERC-NF", "regulator_officer")
    page = client.get(reverse("reporting:bulletin", args=[made.pk]))
    (entry,) = page.context["entries"]
    unit = accounts.organisation("CSG-GD-ZQ")
    assert (entry.origin.unit, entry.origin.key) == (unit, f"{made.pk}-2-{unit.pk}")
    assert entry.origin.problem == words.splitlines()[1]
    client.post(entry.origin.enter_url, {"problem": entry.origin.problem})
    assert RectificationItem.objects.get().source_ref == "南电监〔2018〕1号"


@pytest.mark.clause("S1-5.2a")
def test_what_is_not_written_off_is_counted_by_source_and_every_number_opens_its_list(as_):
    """Two cases, one lead; one case's item is overdue by the time it is looked at."""
    client = as_("SERC-NF", "regulator_officer")
    for number, due in (("G-1", "2018-03-10"), ("G-2", "2018-04-30")):
        door = way_in("case", proven(number).pk)
        client.post(door, {"problem": "停电", "due_on": due})
    client.post(way_in("finding", accepted("a", "lead").pk), {"problem": "未公告停电"})
    later = datetime(2018, 3, 20, 9, tzinfo=clock.ZONE)
    with clock.standing_at(later):
        page = client.get("/rectification/?view=sources")
        table = {
            row.code: {n: (c, f) for n, f, c in row.cells} for row in page.context["by_source"]
        }
        assert (table["case"]["left"][0], table["outage"]["left"][0]) == (2, 1)
        assert (table["case"]["d30"][0], table["case"]["in_time"][0]) == (1, 1)
        assert table["bulletin"]["left"][0] == 0
        for code, cells in table.items():
            for count, rest in cells.values():
                address = f"?{rest}&source={code}"
                assert (f'"{address}"' in html.unescape(text_of(page))) is bool(count)
                if count:
                    listed = client.get(f"/rectification/{address}")
                    assert listed.context["total"] == count
    assert set(table) == set(RectificationItem.Source.values)


def test_an_improvement_task_enters_as_a_weak_indicator(as_):
    from reporting.models import Indicator

    office, unit = accounts.organisation("SERC-NF"), accounts.organisation("CSG-GD-ZQ")
    task = improvement.set_task(
        office=office,
        organisation=unit,
        indicator=Indicator.objects.order_by("pk").first(),
        value=None,
        problem="供电可靠率偏低",
        demand="治理频繁停电线路",
        due_on=date(2018, 4, 30),
        by=accounts.member("SERC-NF", "regulator_officer"),
        now=NOW,
    )
    client = as_("SERC-NF", "regulator_officer")
    page = reverse("reporting:improvement", args=[task.pk])
    door = way_in("improvement", task.pk)
    assert door in text_of(client.get(page))
    form = client.get(door).context["form"]
    said = {name: form[name].value() or "" for name in form.fields}
    client.post(door, said | {"due_on": "2018-04-30"})
    item = RectificationItem.objects.get()
    assert (item.source_kind, item.requirement) == ("indicator", "治理频繁停电线路")
    assert item.due_at == clock.at(date(2018, 4, 30), 23, 59, 59)
    assert item.number in text_of(client.get(page))


def test_the_longest_name_counts():
    kinds = {one: accounts.organisation(one) for one in ("CSG-GD", "CSG-GD-ZQ")}
    parent, child = kinds.values()
    text = f"{parent.name}{child.name}、{child.short_name}"
    assert parent in ledger_sources.named_in(text, [parent, child])
    assert ledger_sources.named_in(child.name, [parent, child]) == [child]
    assert rectification_queries.VIEWS[-1] == "sources"
