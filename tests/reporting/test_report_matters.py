"""What a stage report tells of ledger, inspections, enforcement, demonstration units and grids.

Everything is counted by hand from the moves below; the third stage stands beside the second.
"""

from __future__ import annotations

import io
import json
import re
from datetime import date, datetime

import pytest
from django.urls import resolve, reverse
from openpyxl import load_workbook

from campaign import services as campaign_services
from campaign.models import Inspection, RectificationItem
from campaign.services import (
    demonstrating,
    enforcement,
    findings,
    rectification,
    rectification_checks,
    rectification_moves,
)
from complaints.services import claim_acts
from complaints.workflow import Act
from core import clock
from grids import special_terms
from grids.services import hazards as hazard_services
from grids.services import special_care
from grids.services.special import Agreed, Particulars
from reporting.reading import Reading
from tests.core.test_gbt9704 import has_its_colophon, holds_the_layout, inked
from tests.factories import accounts, claims, demonstrations, grids, hazards, inspections
from tests.factories import campaign as campaigns
from tests.factories import reports as factory
from tests.factories.files import content_of
from tests.factories.memory import remembered
from tests.reporting.test_stage_report import docx_text, pdf_text, squeezed

pytestmark = pytest.mark.usefixtures("catalogues")
NOW = datetime(2012, 10, 20, 10, 0, tzinfo=clock.ZONE)
UNIT, OTHER = "CSG-GD-ZQ", "CSG-GX-NN"
PERSON = {"name": "张水生", "address": "广东省四会市东城街道光明路18号", "phone": "13800001234"}


def on(month, day, hour=9):
    return datetime(2012, month, day, hour, tzinfo=clock.ZONE)


def paper():
    content = io.BytesIO(b"%PDF-1.4\n%%EOF\n")
    content.name = "evidence.pdf"
    return content


def entered(campaign, at, due, *, unit=UNIT, problem="抢修到达时限未公示"):
    return rectification.open_item(
        campaign=campaign,
        source_kind="inspection",
        source_ref="检查",
        unit=accounts.organisation(unit),
        problem=problem,
        due_on=due,
        by=None,
        now=at,
    )


def put_right(item, at):
    """Planned, reported, checked and written off on one day."""
    filer = accounts.member(UNIT, "company_filer")
    officer = accounts.member("SERC-NF", "regulator_officer")
    plan = {"responsible_unit": item.unit, "responsible_person": filer, "by": filer, "now": at}
    item = rectification_moves.plan(item=item, measure="公示", **plan)
    done = {"text": "已完成", "uploads": [paper()]}
    item = rectification_moves.report_done(item=item, by=filer, now=at, **done)
    item = rectification_checks.verify(item=item, text="属实", by=officer, now=at)
    return rectification_checks.close(item=item, text="", by=officer, now=at)


def ledger(campaign):
    """Second stage: one written off, one overdue. Third: one written off and begun again, one
    withdrawn. One belongs to no campaign."""
    officer = accounts.member("SERC-NF", "regulator_officer")
    put_right(entered(campaign, on(3, 5), date(2012, 4, 5)), on(3, 20))
    told = "用户13812345678反映停电未公告"
    entered(campaign, on(3, 6), date(2012, 4, 5), unit=OTHER, problem=told)
    again = put_right(entered(campaign, on(6, 5), date(2012, 7, 5)), on(6, 20))
    rectification_checks.reopen(
        item=again, text="反弹", due_on=date(2012, 11, 30), by=officer, now=on(9, 3)
    )
    wrong = entered(campaign, on(6, 6), date(2012, 7, 5))
    rectification_checks.withdraw(item=wrong, text="重复列入", by=officer, now=on(6, 7))
    entered(None, on(6, 8), date(2012, 7, 5))


def inspected(campaign):
    """One company: three problems found, two of them stand, one of those is put right."""
    seen = inspections.announced(UNIT, campaign=campaign)
    made = [inspections.finding(seen, problem=f"停电公告问题{n}") for n in range(3)]
    crew = seen.team.get(leads=True).inspector.person
    findings.send_facts(
        inspection=Inspection.objects.get(pk=seen.pk),
        answer_on=date(2012, 7, 30),
        by=crew,
        now=on(7, 20),
    )
    lead = accounts.member(UNIT, "company_lead")
    for one, agree in zip(made, (True, True, False), strict=True):
        said = "" if agree else "与事实不符"
        findings.answer_finding(finding=one, agree=agree, answer=said, by=lead, now=on(7, 23))
    findings.decide_finding(
        finding=made[2],
        uphold=False,
        decision="证据不足",
        by=accounts.member("SERC-NF", "regulator_lead"),
        now=on(7, 25),
    )
    put_right(
        RectificationItem.objects.get(source_key=f"inspection-finding:{made[0].pk}"), on(8, 1)
    )


def enforced():
    """A talk that was signed, and an order that is still a draft."""
    by, late = accounts.member("SERC-NF", "regulator_officer"), on(9, 10)
    item = RectificationItem.objects.get(unit__code=OTHER)
    matter = enforcement.open_matter(
        items=[item], title="逾期不改", cause="已催办", by=by, now=late
    )
    said = {"facts": "逾期", "demands": "改正", "due_on": date(2012, 12, 1)}
    talk = enforcement.draft_step(
        matter=matter, measure="talk", articles=[], by=by, now=late, **said
    )
    lead = accounts.member("SERC-NF", "regulator_lead")
    enforcement.issue_step(step=talk, by=lead, now=late)
    enforcement.draft_step(
        matter=matter, measure="circular", skip_reason="严重", articles=[], by=by, now=late, **said
    )


def shown_how(campaign):
    """A demonstration point with the monthly checks until July: in the third stage two."""
    point = demonstrations.point(campaign)
    officer = accounts.member("SERC-NF", "regulator_officer")
    for one in point.checks.filter(planned_on__lt=date(2012, 8, 1)):
        given = {"results": demonstrations.fulfilled(point), "remarks": "符合。", "by": officer}
        demonstrating.record_check(check=one, checked_on=one.planned_on, now=on(8, 1), **given)


def on_the_ground():
    """Two grids, one without manager; of two claims one is settled; of two hazards one; of two
    households of special groups one was called on, by the check of its wiring."""
    world = hazards.ground()
    grids.grid("SH-09", "南街二网格", places=("南街社区",))
    claim = claims.whistled(world, now=on(7, 2))
    for name, hour in (("take", 9), ("reply", 11)):
        claim_acts.do(
            claims.fresh(claim), Act(name), by=world.manager, now=on(7, 2, hour), text="已处理"
        )
    said = {"visited": True, "solved": True, "satisfaction": "content", "fault": "none"}
    claim_acts.confirm(claims.fresh(claim), by=world.officer, now=on(7, 2, 15), **said)
    claims.whistled(world, now=on(7, 3), content="路灯不亮，请派人查看")
    mended = hazards.graded(world, hazards.reported(world, now=on(7, 4)), now=on(7, 4, 10))
    photos = hazards.received()
    hazard_services.rectify(mended, text="已更换", photos=photos, by=world.manager, now=on(7, 5))
    for act in (hazard_services.verify, hazard_services.close):
        act(type(mended).objects.get(pk=mended.pk), by=world.officer, now=on(7, 6))
    hazards.graded(
        world, hazards.reported(world, now=on(7, 7), content="导线过低"), now=on(7, 7, 10)
    )
    for number in range(2):
        person = Particulars(**PERSON | {"name": f"{PERSON['name']}{number}"})
        agreed = Agreed("self", date(2012, 7, 2), "written", False, None)
        home = special_care.enter(
            kind="lonely", grid=world.grid, person=person, agreed=agreed, by=None, now=on(7, 2)
        )
    items = special_terms.terms("items", on=date(2012, 7, 9))
    special_care.check(
        home,
        done_on=date(2012, 7, 9),
        results={one.code: "fit" for one in items},
        by=world.manager,
        now=on(7, 9),
    )


@remembered
def world():
    campaign = campaigns.launched_campaign()
    ledger(campaign)
    inspected(campaign)
    enforced()
    shown_how(campaign)
    on_the_ground()
    campaign_services.advance(campaign=campaign, now=NOW)
    campaign.refresh_from_db()
    return campaign


EXPECTED = {
    "ledger.items": 3,  # the one begun again, and the two problems that stand
    "ledger.closed": 1,
    "ledger.open": 2,
    "ledger.overdue": 1,
    "ledger.reopened": 1,
    "ledger.standing": 3,
    "ledger.rate": "33.33",
    "ledger.items@2": 2,
    "ledger.closed@2": 1,
    "ledger.overdue@2": 1,
    "ledger.rate@2": "50.00",
    "inspected.units": 1,
    "inspected.concluded": 0,
    "inspected.found": 3,
    "inspected.confirmed": 2,
    "inspected.rectified": 1,
    "inspected.rate": "50.00",
    "inspected.units@2": 0,
    "enforced.total": 1,
    "enforced.talks": 1,
    "enforced.orders": 0,
    "enforced.circulars": 0,
    "examples.total": 1,
    "examples.points": 1,
    "examples.named": 0,
    "examples.checked": 2,
    "examples.late": 3,
    "grids.total": 2,
    "grids.vacant": 1,
    "claims.all": 2,
    "claims.response": "50.00",
    "claims.solution": "100.00",
    "claims.satisfaction": "100.00",
    "hazards.reported": 2,
    "hazards.closed": 1,
    "hazards.open": 1,
    "hazards.overdue": 1,
    "special.households": 2,
    "special.served": 1,
    "special.checks": 1,
    "special.visits": 0,
}
SENTENCES = (
    "本阶段列入整改台账3项，已销号1项，销号率33.33%；尚未销号2项，其中逾期1项",
    "发现问题3个，认定2个，其中已整改销号1个，整改率50.00%",
    "采取监管措施1次，其中约谈1次、责令整改0次",
    "网格受理涉电诉求2件，响应率50.00%，解决率100.00%，满意率100.00%",
    "台账内特殊群体2户，上门服务1户",
)


def test_ledger_inspections_measures_and_grids_are_counted_and_told_the_same_everywhere(client):
    made = world()
    report = factory.drafted(made, now=NOW, kind="stage-3")
    told = report.snapshot.figures
    assert {key: told[key]["value"] for key in EXPECTED} == EXPECTED
    reading, version = Reading(report.snapshot), report.current_version
    lines = {row[0]: row[1:] for row in reading.grid("ledger").values}
    assert lines["广东电网公司"] == [3, 1, 2, 1, 1]
    assert lines["合计"] == [3, 1, 2, 1, 1]
    beside = {row[0]: row[1:] for row in reading.grid("comparison").values}
    assert beside["列入整改台账的事项（项）"] == [2, 3, 1]
    assert beside["整改事项销号率"] == ["50.00%", "33.33%", "-16.67个百分点"]
    # Nobody is named: neither in the lists behind the figures nor who called about an item.
    kept = json.dumps(report.snapshot.rows, ensure_ascii=False)
    assert not [word for word in (*PERSON.values(), "光明路", "1234", "138") if word in kept]
    client.force_login(factory.editor())
    with clock.standing_at(NOW):
        page = client.get(reverse("reporting:report", args=[report.pk])).content.decode()
        shown = squeezed(re.sub(r"<[^>]+>", "", page))
        texts = [shown, docx_text(content_of(version.docx)), pdf_text(content_of(version.pdf))]
        for sentence in SENTENCES:
            assert [sentence in text for text in texts] == [True] * 3, sentence
        opens_what_it_counts(client, report)
    printed = inked(content_of(version.pdf))
    holds_the_layout(printed)
    has_its_colophon(printed, cc="", printed="印发")
    book = load_workbook(io.BytesIO(content_of(version.xlsx)))
    stated = {row[0].value: str(row[2].value) for row in book["数据"].iter_rows(min_row=5)}
    assert stated == {key: reading.text(key) for key in reading.template["figures"]}
    assert "各企业网格化服务情况" in book.sheetnames


def opens_what_it_counts(client, report):
    """Each figure its list, and each row the thing itself or the list of as many."""
    seen = {}
    for key, value in EXPECTED.items():
        if "@" in key or not isinstance(value, int) or not value:
            continue
        answer = client.get(reverse("reporting:report_figure", args=[report.pk, key]))
        assert answer.context["summed"] == value, key
        for row in answer.context["rows"]:
            assert row.get("url") or key.startswith("special."), key
            seen[row.get("url")] = row["cells"][0]
    # One of each kind of page: they are many of the same.
    kinds = {resolve(url.partition("?")[0]).view_name: url for url in seen if url}
    for url in kinds.values():
        opened = client.get(url)
        assert opened.status_code == 200, url
        if "?" in url:
            total = opened.context["total"]
            assert seen[url] == (len(opened.context["rows"]) if total is None else total), url


def test_a_territory_without_grids_reads_nothing_of_grids():
    made = campaigns.launched_campaign()
    report = factory.drafted(made)
    assert "grids" not in {one["code"] for one in report.current_version.chapters}
    assert "网格" not in docx_text(content_of(report.current_version.docx))
    book = load_workbook(io.BytesIO(content_of(report.current_version.xlsx)))
    assert not [name for name in book.sheetnames if "网格" in name]
