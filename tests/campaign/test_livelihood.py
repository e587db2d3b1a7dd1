"""民生优先: duties that serve residents carry a tag, and lists can show them first."""

import io
from datetime import date, datetime

import openpyxl
import pytest

from campaign.models import DutyDefinition
from campaign.services import rectification
from core.clock import ZONE, standing_at
from core.models import AuditEvent
from reporting.models import FindingProposal
from tests.factories import accounts, complaints
from tests.factories import campaign as factory
from tests.reading import text_of

pytestmark = pytest.mark.django_db
NOON = datetime(2011, 11, 24, 12, 0, tzinfo=ZONE)
# Those that stand under a guarantee or an implementation of the plan, part 三.
TAGGED = {"kickoff-report", "assurance-plan", "self-inspection", "inspection-report", "summary"}


@pytest.fixture
def campaign(client, catalogues):
    with standing_at(NOON):
        campaign = factory.launched_campaign()
        client.force_login(accounts.member("SERC-NF", "regulator_officer"))
        yield campaign


def test_duties_under_a_guarantee_carry_the_tag(campaign):
    tagged = DutyDefinition.objects.filter(campaign=campaign, livelihood=True)
    assert set(tagged.values_list("code", flat=True)) == TAGGED


@pytest.mark.clause("S1-1.1.1")
def test_the_board_puts_livelihood_first_or_shows_it_alone(client, campaign):
    url = f"/campaigns/{campaign.pk}/board/?phase=1"
    page = client.get(url)
    assert '<span class="tag">民生</span>' in page.content.decode()
    assert tags(page) != sorted(tags(page), reverse=True)
    first = client.get(f"{url}&livelihood=first")
    assert first.context["total"] == page.context["total"] == 14
    assert tags(first) == ["民生"] + [""] * 7  # the bureau's own eight duties of the phase
    only = client.get(f"{url}&livelihood=only")
    # Six kick-off reports and the bureau's own assurance plan.
    assert only.context["total"] == 7
    assert set(tags(only)) == {"民生"}
    book = client.get(f"/campaigns/{campaign.pk}/board.xlsx?phase=1&livelihood=only").content
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    header = [cell.value for cell in next(sheet.iter_rows(max_row=1))]
    assert "报告启动部署情况（民生，2011-11-25）" in header
    assert client.get(f"{url}&livelihood=x").context["total"] == 14


def tags(page):
    board = page.context["boards"][-1]
    return [str(column.tag) for column in board.columns]


@pytest.mark.clause("S1-1.1.1")
def test_the_lists_of_a_phase_and_an_objective_are_sorted_by_it_too(client, campaign):
    url = f"/campaigns/{campaign.pk}/phases/1/"
    page = client.get(f"{url}?livelihood=first")
    flags = [duty.definition.livelihood for duty, _shown in page.context["rows"]]
    assert flags == [True] * 7 + [False] * 7
    assert "民生任务在前" in page.content.decode()
    plain = [duty.definition.livelihood for duty, _shown in client.get(url).context["rows"]]
    assert plain != flags
    only = client.get(f"{url}?livelihood=only").context["rows"]
    assert len(only) == 7
    node = campaign.objectives.get(code="P")
    listed = client.get(f"/campaigns/{campaign.pk}/tree/{node.pk}/?livelihood=first")
    flags = [duty.definition.livelihood for duty, _shown in listed.context["rows"]]
    assert flags == sorted(flags, reverse=True)
    assert len(set(flags)) == 2
    duty = factory.duty(campaign)
    assert "民生</span>" in client.get(f"/campaigns/duties/{duty.pk}/").content.decode()


@pytest.mark.clause("S1-1.1.1")
def test_cases_carry_the_tag_by_their_category_and_are_sorted_by_it(client, campaign):
    days = {"trading": 23, "billing": 21, "supply_quality": 20, "safety": 22}
    for category, day in days.items():
        at = datetime(2011, 11, day, 9, 0, tzinfo=ZONE)
        complaints.received(category=category, received_at=at, number=f"L-{category}")
    url = "/cases/?view=all"

    def order(address):
        page = client.get(address)
        return [(row["case"].category, row["livelihood"]) for row in page.context["rows"]]

    newest = [("trading", False), ("safety", False), ("billing", True), ("supply_quality", True)]
    assert order(url) == newest
    assert order(f"{url}&livelihood=first") == newest[2:] + newest[:2]
    assert order(f"{url}&livelihood=only") == newest[2:]
    page = text_of(client.get(f"{url}&livelihood=only"))
    assert "本清单的口径：只看民生诉求" in page
    assert page.count('<span class="tag">民生</span>') == 2
    book = client.get("/cases.xlsx?view=all&livelihood=first").content
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    numbers = [row[0].value for row in sheet.iter_rows() if str(row[0].value).startswith("L-")]
    assert numbers == ["L-billing", "L-supply_quality", "L-trading", "L-safety"]


@pytest.mark.clause("S1-1.1.1")
def test_problems_carry_the_tag_by_their_clause_and_are_sorted_by_it(client, campaign):
    for day, clause in ((20, "S1-2.1.1h"), (22, "S1-2.2.1c"), (21, "S1-2.1.3b")):
        FindingProposal.objects.create(
            source="outage",
            key=clause,
            organisation=accounts.organisation("CSG-GD"),
            clause=clause,
            title=clause,
            facts="事实",
            created_at=datetime(2011, 11, day, 9, 0, tzinfo=ZONE),
        )

    def order(address):
        return [(one.clause, one.livelihood) for one in client.get(address).context["page"].items]

    plain = [("S1-2.2.1c", False), ("S1-2.1.3b", True), ("S1-2.1.1h", True)]
    assert order("/findings/proposals/") == plain
    assert order("/findings/proposals/?livelihood=first") == [*plain[1:], plain[0]]
    assert order("/findings/proposals/?clauses=S1-2.1.3b") == [plain[1]]


def ledger_item(problem, day, *, source="inspection"):
    return rectification.open_item(
        campaign=None,
        source_kind=source,
        source_ref="R",
        unit=accounts.organisation("CSG-GD-ZQ"),
        problem=problem,
        due_on=day,
        by=None,
        now=NOON,
    )


@pytest.mark.clause("S1-1.1.1")
def test_the_ledger_carries_the_tag_by_its_rule_or_with_a_reason_and_is_sorted_by_it(
    client, campaign
):
    office = ledger_item("台账格式不统一", date(2011, 12, 1))
    meter = ledger_item("居民合表未改造", date(2011, 12, 10))
    called = ledger_item("有关情况反复", date(2011, 12, 20), source="case")
    url = "/rectification/?view=all"

    def order(address):
        return [(row[0].pk, row[0].livelihood) for row in client.get(address).context["rows"]]

    plain = [(office.pk, False), (meter.pk, True), (called.pk, True)]
    assert order(url) == plain
    assert order(f"{url}&livelihood=first") == [*plain[1:], plain[0]]
    assert order(f"{url}&livelihood=only") == plain[1:]
    assert "内容涉及“居民”" in text_of(client.get(f"/rectification/{meter.pk}/"))
    tag = f"/rectification/{office.pk}/livelihood/"
    assert client.post(tag, {"tagged": "1", "reason": " "}).status_code == 409
    assert client.post(tag, {"tagged": "1", "reason": "涉及居民服务台账"}).status_code == 302
    assert client.post(tag, {"tagged": "1", "reason": "重复"}).status_code == 409
    event = AuditEvent.objects.get(kind="rectification.tag")
    assert (event.reason, event.details["livelihood"]) == ("涉及居民服务台账", True)
    assert order(f"{url}&livelihood=only")[0] == (office.pk, True)
    book = client.get("/rectification/ledger.xlsx?view=all&livelihood=first").content
    rows = list(openpyxl.load_workbook(io.BytesIO(book)).active.iter_rows(values_only=True))
    place = rows[0].index("民生")
    assert [row[place] for row in rows[1:4]] == ["是"] * 3
    client.force_login(accounts.member("CSG-GD-ZQ", "company_lead"))
    assert client.post(tag, {"tagged": "0", "reason": "自行取消"}).status_code == 403


@pytest.mark.clause("S1-1.1.1")
def test_the_office_that_issued_the_campaign_tags_a_task_for_all_units(client, campaign):
    duty = campaign.definitions.get(code="kickoff-report").duties.first()
    tag = f"/campaigns/duties/{duty.pk}/livelihood/"
    assert client.post(tag, {"tagged": "0", "reason": "仅为程序性报告"}).status_code == 302
    assert "民生</span>" not in client.get(f"/campaigns/duties/{duty.pk}/").content.decode()
    assert "更改民生标签" in text_of(client.get(f"/campaigns/duties/{duty.pk}/"))
    only = client.get(f"/campaigns/{campaign.pk}/board/?phase=1&livelihood=only")
    assert only.context["total"] == 1  # the bureau's own assurance plan alone
    client.force_login(accounts.member("SERC-YN", "regulator_officer"))
    assert client.post(tag, {"tagged": "1", "reason": "改回"}).status_code in {404, 409}
