"""Claims that grids share, at their pages: whistle, both clocks, hand-overs, the way to the end."""

import pytest
from django.urls import reverse

from complaints.models import Claim, ClaimPass
from core import clock
from core.models import AuditEvent, Letter
from grids.models import GridRule, HandOver
from grids.services import handing, ruling
from tests.factories import accounts, claims, grids
from tests.factories.accounts import organisation
from tests.factories.claims import at, fresh, ground
from tests.reading import text_of

pytestmark = pytest.mark.usefixtures("catalogues", "kickoff_eve")


@pytest.fixture
def world():
    return ground()


def send(client, who, door, moment, *keys, **said):
    client.force_login(who)
    with clock.standing_at(at(moment)):
        return client.post(reverse(f"complaints:{door}", args=keys), said)


def done(client, who, claim, door, moment, **said):
    answer = send(client, who, f"claim_{door}", moment, claim.pk, **said)
    assert answer.status_code == 302, text_of(answer)[:3000]
    return fresh(claim)


def page(client, who, claim, moment="11-24 12:00"):
    client.force_login(who)
    with clock.standing_at(at(moment)):
        answer = client.get(reverse("complaints:claim", args=[claim.pk]))
    assert answer.status_code == 200
    return text_of(answer)


def clocks(claim):
    return {
        (one.code, one.round): (one.state, f"{one.due_at.astimezone(clock.ZONE):%m-%d %H:%M}")
        for one in claim.case.clocks.all()
    }


def whistle(client, who, moment, **said):
    given = {
        "kind": "opinion",
        "content": "路灯配电箱门损坏，联系人13800005678",
        "address": "广东省四会市东城社区光明路18号",
        "name": "岑水清",
        "phone": "13800001234",
    }
    return send(client, who, "claim_new", moment, **{**given, **said})


@pytest.mark.clause("S2-3.7", "S2-4.2.1b", "S2-4.2.1c", "S2-5.2.1b", "S2-6.2.4b", "S2-6.2.6a")
def test_the_grid_whistles_and_the_manager_reports_in(client, world):
    """Thursday 24 November 2011. 30 minutes to report in, 2 hours to arrive, 5 working days; every
    three days a note, where that is a Sunday on the Monday."""
    assert whistle(client, world.officer, "11-24 09:00", kind="utility").status_code == 422
    assert whistle(client, world.manager, "11-24 09:00", kind="water").status_code == 422
    assert whistle(client, world.officer, "11-24 09:00").status_code == 302
    claim = fresh(Claim.objects.get())
    case = claim.case
    assert (case.number, case.state) == ("GRID-20111124-0001", "dispatched")
    assert (claim.grid, case.holder.code, case.responsible) == (
        world.grid,
        grids.STATION,
        world.manager,
    )
    assert clocks(claim) == {
        ("report_in", 1): ("running", "11-24 09:30"),
        ("handle", 1): ("running", "12-01 23:59"),
        ("gov_respond", 1): ("running", "11-24 11:00"),
        ("gov_finish", 1): ("running", "12-01 23:59"),
    }
    # Seen by both sides, the claimant masked; told to the manager of the day.
    for who in (world.officer, world.manager, world.filer):
        text = page(client, who, claim)
        for words in ("供电企业时限", "政府网格时限", "岑**", "138****1234", "138****5678"):
            assert words in text, words
        assert "岑水清" not in text
        assert "13800005678" not in text
    told = Letter.objects.get(kind="claim.whistle", recipient_id=world.manager.pk, channel="notice")
    assert "岑水清" not in told.body
    other = accounts.member("CSG-GX", "company_filer")
    client.force_login(other)
    assert client.get(reverse("complaints:claim", args=[claim.pk])).status_code == 404
    # Whoever goes there reads the address for a purpose, with a trace; who only reads does not.
    said = {"purpose": "前往现场处理"}
    full = send(client, world.manager, "claim_reveal", "11-24 09:05", claim.pk, **said)
    assert "岑水清" in text_of(full)
    assert AuditEvent.objects.get(kind="personal.reveal").actor_id == world.manager.pk
    viewer = accounts.member(grids.ENTERPRISE, "company_viewer")
    denied = send(client, viewer, "claim_reveal", "11-24 09:05", claim.pk, **said)
    assert (denied.status_code, "岑水清" in text_of(denied)) == (409, False)
    # The officer does not report in for the company.
    answer = send(client, world.officer, "claim_take", "11-24 09:10", claim.pk)
    assert answer.status_code == 409
    claim = done(client, world.manager, claim, "take", "11-24 09:20")
    assert claim.contact == world.manager
    claim = done(client, world.manager, claim, "arrive", "11-24 11:30", text="已到现场")
    claim = done(client, world.manager, claim, "contact", "11-26 09:00", text="等待配件")
    claim = done(client, world.manager, claim, "reply", "11-28 16:00", text="箱门已更换")
    assert clocks(claim) == {
        ("report_in", 1): ("met", "11-24 09:30"),
        ("arrive", 1): ("late", "11-24 11:20"),
        ("handle", 1): ("met", "12-01 23:59"),
        ("progress", 1): ("met", "11-28 23:59"),
        ("progress", 2): ("met", "11-29 23:59"),
        ("gov_respond", 1): ("met", "11-24 11:00"),
        ("gov_finish", 1): ("running", "12-01 23:59"),
        ("gov_confirm", 1): ("running", "11-30 23:59"),
    }
    assert Letter.objects.filter(kind="claim.contact", recipient_id=world.officer.pk).exists()
    shown = [one.kind for one in claim.case.events.filter(to_complainant=True)]
    assert shown == ["take", "contact", "reply"]
    said = {"visited": "on", "solved": "1", "satisfaction": "content"}
    none = send(client, world.officer, "claim_close", "11-29 09:00", claim.pk, **said)
    assert none.status_code == 422
    claim = done(client, world.officer, claim, "close", "11-29 09:00", **said, fault="none")
    assert (claim.case.state, claim.solved, claim.fault) == ("closed", True, "none")
    assert clocks(claim)["gov_finish", 1][0] == "met"
    # Closed: a note of the audit trail for each step, none with what the claimant said.
    kinds = list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))
    for kind in ("claim.whistle", "case.take", "case.arrive", "case.reply", "claim.confirm"):
        assert kind in kinds, kind


@pytest.mark.clause("S2-6.2.4a", "S2-6.2.4d", "S2-6.2.5b", "S2-6.2.5c")
def test_the_first_receiver_answers_until_a_named_colleague_accepts(client, world):
    claim = claims.whistled(world, now=at("11-24 09:00"))
    done(client, world.manager, claim, "take", "11-24 09:10")
    # Nobody else goes on with it, and it is not passed on to others.
    answer = send(client, world.colleague, "claim_reply", "11-24 09:20", claim.pk, text="好")
    assert answer.status_code == 409
    assert "须先移交并由接手人确认" in text_of(answer)
    answer = send(
        client, world.manager, "claim_pass_on", "11-24 09:20", claim.pk, unit="某公司", text="转"
    )
    assert "内转外不转" in text_of(answer)
    outsider = accounts.member("CSG-GX", "grid_manager")
    said = {"to": outsider.pk, "reason": "不归我管"}
    assert send(client, world.manager, "claim_offer", "11-24 09:30", claim.pk, **said).status_code

    def pass_to(former, successor, moment):
        said = {"to": successor.pk, "reason": "台区调整"}
        done(client, former, claim, "offer", moment, **said)
        offer = ClaimPass.objects.get(answered_at__isnull=True)
        assert fresh(claim).case.responsible == former
        wrong = send(client, former, "claim_answer_offer", moment, offer.pk, accepted="1")
        assert wrong.status_code == 409
        taken = send(client, successor, "claim_answer_offer", moment, offer.pk, accepted="1")
        assert taken.status_code == 302

    def alerts():
        return Letter.objects.filter(kind="claim.passed", recipient_id=world.lead.pk).count()

    pass_to(world.manager, world.colleague, "11-24 10:00")
    assert (fresh(claim).passes, fresh(claim).left_grid) == (1, False)
    pass_to(world.colleague, world.filer, "11-24 11:00")
    found = fresh(claim)
    assert (found.passes, found.left_grid, alerts()) == (2, True, 0)
    assert found.case.holder.code == grids.ENTERPRISE
    pass_to(world.filer, world.manager, "11-24 12:00")
    found = fresh(claim)
    # Three times: the one who leads is told. Number and contact are those of the beginning.
    assert (found.passes, alerts() > 0) == (3, True)
    assert (found.case.number, found.contact) == (claim.case.number, world.manager)
    # A hand-over that is not accepted changes nothing.
    done(client, world.manager, claim, "offer", "11-24 13:00", to=world.colleague.pk, reason="休假")
    offer = ClaimPass.objects.get(answered_at__isnull=True)
    send(client, world.colleague, "claim_answer_offer", "11-24 13:10", offer.pk, accepted="0")
    assert (fresh(claim).passes, fresh(claim).case.responsible) == (3, world.manager)


@pytest.mark.clause("S2-6.2.4c", "S2-5.2.2a", "S2-5.2.2b", "S2-4.2.1d", "S2-4.1.1d")
def test_a_dispute_is_told_once_mediated_met_about_and_signed_by_both(client, world):
    claim = claims.whistled(world, now=at("11-24 09:00"), kind="dispute")
    done(client, world.manager, claim, "take", "11-24 09:10")
    said = {"title": "表箱迁移", "materials": "房产证明\n邻居同意书\n\n", "text": "五日内办理"}
    done(client, world.manager, claim, "tell_once", "11-24 10:00", **said)
    again = send(client, world.manager, "claim_tell_once", "11-24 10:10", claim.pk, **said)
    assert again.status_code == 409
    assert fresh(claim).notice.materials == ["房产证明", "邻居同意书"]
    assert "邻居同意书" in page(client, world.officer, claim)
    answer = send(client, world.manager, "claim_reply", "11-24 10:20", claim.pk, text="已谈妥")
    assert "须先登记调解人员和结果" in text_of(answer)
    done(client, world.officer, claim, "join", "11-24 11:00")
    held = {"meeting": "东城社区联席会议", "held_on": "2011-11-25"}
    done(client, world.officer, claim, "agenda", "11-24 11:10", **held)
    topic = claim.topics.get()
    early = send(client, world.officer, "claim_decide", "11-24 12:00", topic.pk, decision="调解")
    assert early.status_code == 409
    send(client, world.officer, "claim_decide", "11-25 16:00", topic.pk, decision="社区主持调解")
    client.force_login(world.manager)
    assert "社区主持调解" in text_of(client.get(reverse("complaints:claims_agenda")))
    said = {"mediators": "社区调解员", "result": "agreed", "on": "2011-11-25", "text": "同意迁移"}
    done(client, world.officer, claim, "mediate", "11-25 17:00", **said)
    done(client, world.manager, claim, "sign", "11-25 17:10", opinion="我方迁移表箱")
    answer = send(client, world.manager, "claim_reply", "11-25 17:20", claim.pk, text="已谈妥")
    assert "双方签署后办结" in text_of(answer)
    done(client, world.officer, claim, "sign", "11-25 17:30", opinion="社区负责协调邻居")
    claim = done(client, world.manager, claim, "reply", "11-25 17:40", text="已谈妥")
    assert claim.case.state == "replied"
    assert [one.side for one in claim.signatures.all()] == ["company", "government"]


@pytest.mark.clause("S2-4.1.2b")
def test_water_gas_and_heat_are_handed_to_their_utility_with_a_record(client, world):
    claim = claims.whistled(world, now=at("11-24 09:00"), kind="utility", utility="water")
    assert clocks(claim)["handle", 1] == ("running", "11-24 11:00")
    done(client, world.manager, claim, "take", "11-24 09:10")
    answer = send(client, world.manager, "claim_reply", "11-24 09:20", claim.pk, text="好")
    assert "须转交对方单位" in text_of(answer)
    said = {"unit": "四会市供水公司", "number": "GS-0815", "text": "已电话转交值班员"}
    claim = done(client, world.manager, claim, "pass_on", "11-24 10:00", **said)
    assert (claim.case.state, claim.passed_number) == ("passed_on", "GS-0815")
    assert clocks(claim)["handle", 1][0] == "met"
    assert "四会市供水公司 GS-0815" in page(client, world.officer, claim)


def test_an_unknown_place_goes_to_a_desk_and_a_claim_moves_with_its_grid(client, world):
    claim = claims.whistled(world, now=at("11-24 09:00"), address="四会市无名路1号")
    assert (claim.grid, claim.case.holder.code) == (None, grids.ENTERPRISE)
    answer = send(client, world.filer, "claim_take", "11-24 09:10", claim.pk)
    assert "尚未定位到网格" in text_of(answer)
    claim = done(client, world.filer, claim, "locate", "11-24 09:15", grid=world.grid.pk)
    assert (claim.grid, claim.case.responsible) == (world.grid, world.manager)
    done(client, world.manager, claim, "take", "11-24 09:20")
    # The grid gets another manager, who accepted it: open claims go along, and count as no passing.
    next_one = grids.member("卢广平", staff_number="ZQ0103")
    handing.propose(
        world.grid,
        successor=next_one,
        reason="轮岗",
        effective_at=at("11-24 10:00"),
        by=world.lead,
        now=at("11-24 09:30"),
    )
    offered = HandOver.objects.get()
    handing.accept(offered, by=next_one.user, now=at("11-24 10:00"))
    claim = fresh(claim)
    assert (claim.case.responsible, claim.passes, claim.contact) == (
        next_one.user,
        0,
        world.manager,
    )


@pytest.mark.clause("S2-1c")
def test_a_local_rule_tightens_the_clock_and_a_looser_one_is_refused(client, world):
    rule = GridRule.objects.get(code="claim_report_in")
    said = {"organisation": organisation(grids.ENTERPRISE).pk, "basis": "四会供电局细则"}
    said |= {"valid_from": "2011-11-24"}
    client.force_login(world.lead)
    url = reverse("grids:tighten", args=[rule.pk])
    with clock.standing_at(at("11-24 08:00")):
        assert client.post(url, {**said, "value": 31}).status_code == 409
        assert client.post(url, {**said, "value": 20}).status_code == 302
    claim = claims.whistled(world, now=at("11-24 09:00"))
    assert clocks(claim)["report_in", 1] == ("running", "11-24 09:20")
    assert claim.case.clocks.get(code="report_in").basis == "四会供电局细则"
    assert ruling.tighten


@pytest.mark.clause("S2-6.2.5a", "S2-6.2.5d", "S2-6.2.6b")
def test_rates_are_counted_by_hand_and_open_the_lists_that_they_count(client, world):
    """Four claims: in time and content; reported in late, reopened once, company to blame; open and
    without a note for four days; not reported in at all."""
    day = (("whistle", "11-01 09:00"), ("take", "11-01 09:10"), ("reply", "11-02 09:00"))
    claims.through(world, *day, ("close", "11-02 10:00"))
    late = (("whistle", "11-03 09:00"), ("take", "11-03 10:00"), ("reply", "11-04 09:00"))
    unhappy = {"solved": False, "satisfaction": "not_content", "fault": "company"}
    again = (("close", "11-04 10:00"), ("reopen", "11-05 09:00"), ("reply", "11-05 10:00"))
    claims.through(world, *late, *again, ("close", "11-05 11:00"), confirm=unhappy)
    claims.through(world, ("whistle", "11-20 09:00"), ("take", "11-20 09:10"))
    claims.through(world, ("whistle", "11-24 09:00"))
    client.force_login(world.lead)
    with clock.standing_at(at("11-24 12:00")):
        answer = client.get(reverse("complaints:claims_board"), {"since": "2011-11-01"})
        (row,) = answer.context["grids"]
        # In time 2 of 4; of 2 visited 1 solved and content; inside 2 of 2; again 1 of 2.
        rates = [(one["value"], one["part"], one["whole"]) for one in row["rates"]]
        assert rates == [
            ("50.00%", 2, 4),
            ("50.00%", 1, 2),
            ("50.00%", 1, 2),
            ("100.00%", 2, 2),
            ("50.00%", 1, 2),
        ]
        counts = {str(one["label"]): one["value"] for one in row["counts"]}
        assert counts == {
            "办结逾期": 0,
            "迟反馈": 1,
            "政府时限逾期": 1,
            "移交超过两次": 0,
            "有责": 1,
        }
        (whole,) = [answer.context["whole"]]
        for line in (row, whole):
            for one in line["rates"]:
                for url, n in ((one["part_url"], one["part"]), (one["whole_url"], one["whole"])):
                    assert client.get(url).context["total"] == n, url
            for one in line["counts"]:
                assert client.get(one["url"]).context["total"] == one["value"], one


def test_the_manager_registers_what_95598_passed_on(client, world):
    """In the name of the enterprise; nobody of the government confirms it, so the company does."""
    assert whistle(client, world.manager, "11-24 09:00", kind="enquiry").status_code == 302
    claim = fresh(Claim.objects.get())
    assert (claim.origin, claim.case.owner.code, claim.grid) == (
        *("hotline", grids.ENTERPRISE),
        world.grid,
    )
    assert clocks(claim)["handle", 1] == ("running", "11-25 23:59")
    done(client, world.manager, claim, "take", "11-24 09:10")
    done(client, world.manager, claim, "reply", "11-24 09:30", text="已答复分档标准")
    said = {"visited": "", "fault": "none"}
    claim = done(client, world.lead, claim, "close", "11-24 10:00", **said)
    assert (claim.case.state, claim.case.satisfaction, claim.solved) == (
        *("closed", "unreachable"),
        None,
    )
    # Who has no part in it is not let near: a viewer reads, another company finds nothing.
    viewer = accounts.member(grids.ENTERPRISE, "company_viewer")
    assert "打开工单" in page(client, viewer, claim)
    assert whistle(client, viewer, "11-24 09:00").status_code == 403
