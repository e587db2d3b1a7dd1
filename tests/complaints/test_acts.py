"""Cases played through by the people who handle them."""

from datetime import date, timedelta

import pytest

from complaints import services
from complaints.models import Case, CaseEvent, Handover
from core.errors import Conflict, Refused
from core.models import AuditEvent, Letter
from tests.factories.accounts import organisation
from tests.factories.complaints import at, played, received

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")


def to_company(code="CSG-GD-ZQ"):
    return {"organisation": organisation(code)}


def last_second(text):
    return at(f"{text} 23:59") + timedelta(seconds=59)


def clocks(case):
    return {(c.code, c.round): c.state for c in case.clocks.all()}


def test_a_complaint_of_2018_from_receipt_to_archive(people):
    case = received(received_at=MONDAY)
    case = played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, to_company()),
        start=at("2018-03-06 10:00"),
    )
    # 60 days after 6 March end on Saturday 5 May, so on Monday 7 May; 10 working days after
    # 6 March end on 20 March.
    assert case.clocks.get(code="close").due_at == last_second("2018-05-07")
    assert case.clocks.get(code="company").due_at == last_second("2018-03-20")
    assert case.due_at == last_second("2018-03-20")
    assert (case.state, case.accepted) == ("dispatched", True)
    assert (case.holder.code, case.answerable.code) == ("CSG-GD-ZQ", "SERC-NF")
    case = played(
        case,
        ("take", people.handler, {}),
        ("contact", people.handler, {}),
        ("reply", people.handler, {"text": "线路已改造。"}),
        start=at("2018-03-08 10:00"),
    )
    assert (case.answerable.code, case.responsible) == ("CSG-GD-ZQ", people.handler)
    case = played(
        case,
        ("verify", people.officer, {"outcome": "substantiated", "text": "属实"}),
        ("inform", people.officer, {"text": "已告知处理结果"}),
        ("visit", people.officer, {"reached": True, "satisfaction": "content"}),
        ("close", people.officer, {}),
        start=at("2018-03-12 10:00"),
    )
    assert (case.state, case.outcome, case.satisfaction) == ("closed", "substantiated", "content")
    assert case.closed_at == at("2018-03-12 10:03")
    assert clocks(case) == {("decide", 1): "met", ("close", 1): "met", ("company", 1): "met"}
    assert case.due_at is None
    case = played(case, ("archive", people.officer, {}), start=at("2018-04-12 10:00"))
    assert (case.state, case.archived_at) == ("archived", at("2018-04-12 10:00"))
    kinds = "received accept transfer take contact reply verify inform visit close archive"
    assert [event.kind for event in case.events.all()] == kinds.split()
    written = AuditEvent.objects.filter(target_model="complaints.case", target_id=str(case.pk))
    assert written.count() == 11


def test_what_comes_too_late_is_late(people):
    case = received(received_at=MONDAY)
    case = played(case, ("accept", people.officer, {}), start=at("2018-03-13 00:00"))
    assert case.clocks.get(code="decide").state == "late"
    in_time = received(received_at=MONDAY)
    last = at("2018-03-12 23:59") + timedelta(seconds=59, microseconds=999999)
    in_time = played(in_time, ("accept", people.officer, {}), start=last)
    assert in_time.clocks.get(code="decide").state == "met"


def test_a_refusal_names_its_ground_and_ends_the_case(people):
    case = received(received_at=MONDAY)
    with pytest.raises(Refused, match="请填写不予受理理由。请填写说明。"):
        services.act(case, "refuse", by=people.officer, now=MONDAY)
    with pytest.raises(Refused, match="不在目录中"):
        services.act(
            case, "refuse", by=people.officer, now=MONDAY, ground="no_facts", text="报案理由"
        )
    case = played(
        case, ("refuse", people.officer, {"ground": "court", "text": "法院已受理"}), start=MONDAY
    )
    assert (case.state, case.accepted, case.outcome) == ("refused", False, "refused")
    assert case.closed_at == MONDAY
    assert case.events.last().to_complainant


def test_a_fault_in_the_country_is_late_on_site_and_in_time_restored(people):
    case = received(
        source="95598",
        owner="CSG-GD",
        received_at=MONDAY,
        nature="fault",
        channel="phone_95598",
        category="lv_fault",
        area_type="rural",
    )
    case = played(
        case,
        ("dispatch", people.desk, to_company("CSG-GD-ZQ")),
        ("take", people.handler, {}),
        start=at("2018-03-05 09:01"),
    )
    case = played(case, ("arrive", people.handler, {}), start=at("2018-03-05 10:31"))
    assert case.clocks.get(code="arrive").state == "late"
    # 5 hours in the country for Southern Grid.
    assert case.clocks.get(code="restore").due_at == at("2018-03-05 15:31")
    case = played(
        case,
        ("restore", people.handler, {}),
        ("reply", people.handler, {"text": "已更换保险"}),
        start=at("2018-03-05 15:31"),
    )
    assert case.clocks.get(code="restore").state == "met"
    case = played(case, ("close", people.desk, {}), start=at("2018-03-05 16:00"))
    # The return visit is still owed after closing: one working day.
    assert clocks(case)["visit", 1] == "running"
    assert (case.outcome, case.due_at) == ("answered", last_second("2018-03-06"))
    case = played(case, ("visit", people.desk, {}), start=at("2018-03-06 09:00"))
    assert clocks(case)["visit", 1] == "met"
    assert (case.satisfaction, case.due_at) == ("unreachable", None)


def test_what_happened_earlier_is_entered_with_its_time(people):
    case = received(received_at=MONDAY)
    case = services.act(
        case, "accept", by=people.officer, now=at("2018-03-14 09:00"), at=at("2018-03-12 09:00")
    )
    assert case.clocks.get(code="decide").state == "met"
    for wrong, reason in (("2018-03-15 09:00", "晚于现在"), ("2018-03-11 09:00", "早于上一环节")):
        with pytest.raises(Refused, match=reason):
            services.act(
                case,
                "transfer",
                by=people.officer,
                now=at("2018-03-14 10:00"),
                at=at(wrong),
                **to_company(),
            )


def test_the_first_receiver_answers_until_a_named_person_takes_over(people):
    case = received(received_at=MONDAY)
    case = played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, to_company()),
        start=MONDAY,
    )
    offered = Handover.objects.get(case=case)
    assert (offered.accepted, case.answerable.code) == (None, "SERC-NF")
    case = played(
        case,
        ("return_slip", people.handler, {"reason": "not_ours", "text": "佛山供区"}),
        start=MONDAY + timedelta(hours=1),
    )
    offered.refresh_from_db()
    assert (offered.accepted, offered.reason, offered.answered_by) == (
        False,
        "not_ours",
        people.handler,
    )
    assert (case.state, case.holder.code, case.return_count) == ("accepted", "SERC-NF", 1)
    assert clocks(case)["company", 1] == "void"


def test_after_two_returned_slips_whoever_leads_decides_and_that_stands(people):
    slip = ("return_slip", people.handler, {"reason": "not_ours", "text": "不是我们"})
    transfer = ("transfer", people.officer, to_company())
    case = received(received_at=MONDAY)
    case = played(
        case, ("accept", people.officer, {}), transfer, slip, transfer, slip, start=MONDAY
    )
    later = MONDAY + timedelta(hours=1)
    with pytest.raises(Refused, match="已被退单2次"):
        services.act(case, "transfer", by=people.officer, now=later, **to_company())
    with pytest.raises(Refused, match="批准诉求延期"):
        services.act(
            case, "arbitrate", by=people.officer, now=later, text="由你局办理", **to_company()
        )
    decided = ("arbitrate", people.lead, {"text": "由肇庆局办理", **to_company()})
    case = played(case, decided, start=later)
    with pytest.raises(Refused, match="已经裁定"):
        services.act(
            case, "return_slip", by=people.handler, now=later, reason="not_ours", text="仍不是"
        )
    assert clocks(case)["company", 3] == "running"


def test_nothing_is_arbitrated_that_was_never_returned(people):
    case = played(received(received_at=MONDAY), ("accept", people.officer, {}), start=MONDAY)
    with pytest.raises(Refused, match="没有被退单"):
        services.act(case, "arbitrate", by=people.lead, now=MONDAY, text="裁定", **to_company())


def test_a_report_is_never_handed_to_those_whom_it_is_about(people):
    case = played(
        received(received_at=MONDAY, nature="report"), ("accept", people.officer, {}), start=MONDAY
    )
    for code in ("CSG-GD-ZQ", "CSG-GD-ZQ-SH-01"):
        with pytest.raises(Refused, match="被举报单位"):
            services.act(case, "transfer", by=people.officer, now=MONDAY, **to_company(code))
    case = played(case, ("transfer", people.officer, to_company("CSG-GD")), start=MONDAY)
    assert case.holder.code == "CSG-GD"


def test_a_company_hands_on_inside_its_own_house_only(people):
    case = received(
        source="95598", owner="CSG-GD", received_at=MONDAY, channel="phone_95598", category=""
    )
    for code in ("CSG-GX", "SERC-NF"):
        with pytest.raises(Refused, match="下属单位|供电企业"):
            services.act(case, "dispatch", by=people.desk, now=MONDAY, **to_company(code))


def test_since_2025_the_company_closes_and_the_regulator_hears_the_appeal(people):
    start = at("2025-03-03 09:00")
    case = received(received_at=start)
    case = played(
        case,
        ("transfer", people.officer, to_company()),
        ("take", people.handler, {}),
        ("verify", people.handler, {"outcome": "unsubstantiated", "text": "不属实"}),
        ("inform", people.handler, {"text": "已电话告知"}),
        ("close", people.handler, {}),
        start=start,
    )
    assert (case.state, case.accepted, case.outcome) == ("closed", True, "unsubstantiated")
    case = played(
        case, ("appeal", people.officer, {"text": "对结果不服"}), start=at("2025-03-10 09:00")
    )
    appeal = Case.objects.get(appeal_of=case)
    assert (appeal.nature, appeal.owner, appeal.state) == ("appeal", case.owner, "registered")
    assert appeal.procedure.code == "12398-2025-appeal"
    assert appeal.complainant_name == case.complainant_name
    assert appeal.links_to.get().kind == "appeal"
    with pytest.raises(Refused, match="已登记申诉"):
        services.act(case, "appeal", by=people.officer, now=at("2025-03-11 09:00"), text="再次")


def test_two_appeals_against_complaints_with_long_numbers_alike_are_two_cases(people):
    start = at("2025-03-03 09:00")
    appealed = {"text": "对结果不服"}
    for last in "AB":
        # Forty signs each, alike up to the last.
        case = played(
            received(number="X" * 39 + last, received_at=start),
            ("transfer", people.officer, to_company()),
            ("take", people.handler, {}),
            ("verify", people.handler, {"outcome": "unsubstantiated", "text": "不属实"}),
            ("inform", people.handler, {"text": "已电话告知"}),
            ("close", people.handler, {}),
            ("appeal", people.officer, appealed),
            start=start,
        )
        assert case.appeals.get().linked_number == case.number
    numbers = Case.objects.filter(nature="appeal").order_by("pk").values_list("number", flat=True)
    assert list(numbers) == ["X" * 37 + "-S1", "X" * 37 + "-S2"]


def test_a_finding_comes_before_closing_and_supervision_is_answered_first(people):
    case = received(
        source="95598", owner="CSG-GD", received_at=MONDAY, channel="phone_95598", category=""
    )
    case = played(
        case,
        ("dispatch", people.desk, to_company()),
        ("take", people.handler, {}),
        (
            "supervise",
            people.officer,
            {
                "due_on": date(2018, 3, 9),
                "text": "限期答复",
                "document_number": "南电监督〔2018〕1号",
            },
        ),
        ("reply", people.handler, {"text": "已处理"}),
        start=MONDAY,
    )
    later = MONDAY + timedelta(days=5)
    with pytest.raises(Refused, match="先核实定性"):
        services.act(case, "close", by=people.desk, now=later)
    finding = ("verify", people.desk, {"outcome": "partly", "text": "部分属实"})
    with pytest.raises(Refused, match="正在督办中"):
        services.act(
            case, "supervise", by=people.lead, now=later, due_on=date(2018, 4, 9), text="再督办"
        )
    answered = ("answer_supervision", people.handler, {"text": "已整改"})
    case = played(case, answered, finding, ("close", people.desk, {}), start=later)
    watch = case.supervisions.get()
    assert (watch.due_at, watch.organisation.code) == (last_second("2018-03-09"), "SERC-NF")
    assert case.events.get(kind="answer_supervision").data["late"] is True
    assert (case.state, case.outcome) == ("closed", "partly")


def test_reopening_begins_a_new_round(people):
    case = received(
        source="95598",
        owner="CSG-GD",
        received_at=MONDAY,
        nature="enquiry",
        channel="phone_95598",
        category="",
    )
    case = played(
        case,
        ("dispatch", people.desk, to_company()),
        ("take", people.handler, {}),
        ("reply", people.handler, {"text": "答复"}),
        ("rework", people.desk, {"text": "答非所问"}),
        ("reply", people.handler, {"text": "再答复"}),
        ("close", people.desk, {}),
        ("reopen", people.desk, {"text": "用户再次来电"}),
        start=MONDAY,
    )
    assert (case.state, case.closed_at, case.outcome, case.reopen_count) == (
        "handling",
        None,
        "",
        1,
    )
    assert clocks(case) == {("reply", 1): "met", ("reply", 2): "met", ("reply", 3): "running"}


def test_a_withdrawal_silences_every_clock(people):
    case = received(received_at=MONDAY)
    case = played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, to_company()),
        ("withdraw", people.officer, {"text": "诉求人撤诉"}),
        start=MONDAY,
    )
    assert (case.state, case.outcome) == ("withdrawn", "withdrawn")
    assert clocks(case) == {("decide", 1): "met", ("close", 1): "void", ("company", 1): "void"}
    assert not Handover.objects.filter(answered_at__isnull=True).exists()


def test_those_who_are_called_upon_are_told_without_personal_data(people):
    case = received(received_at=MONDAY)
    case = played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, to_company()),
        ("urge", people.officer, {"text": "请抓紧，电话13800001234"}),
        start=MONDAY,
    )
    assert case.urge_count == 1
    told = Letter.objects.filter(kind__in=("case.transfer", "case.urge"))
    assert {letter.recipient_id for letter in told} == {people.handler.pk, people.chief.pk}
    for letter in told:
        assert case.number in letter.body
        assert "赵某某" not in letter.body
        assert "1380000" not in letter.body


def test_a_supervision_order_that_is_too_long_is_refused_and_not_cut_off(people):
    case = played(
        received(
            source="95598", owner="CSG-GD", received_at=MONDAY, channel="phone_95598", category=""
        ),
        ("dispatch", people.desk, to_company()),
        start=MONDAY,
    )
    order = {"due_on": date(2018, 3, 9), "document_number": ""}
    with pytest.raises(Refused, match="督办要求不能超过500个字"):
        played(
            case,
            ("supervise", people.officer, {**order, "text": "限" * 501}),
            start=MONDAY + timedelta(hours=3),
        )
    case = played(
        case,
        ("supervise", people.officer, {**order, "text": "限" * 500}),
        start=MONDAY + timedelta(hours=3),
    )
    assert case.supervisions.get().text == "限" * 500


def test_a_stranger_a_viewer_and_the_wrong_side_are_refused(people):
    case = received(received_at=MONDAY)
    for person in (people.handler, people.stranger, people.boss):
        with pytest.raises(Refused, match="首接单位（"):
            services.act(case, "accept", by=person, now=MONDAY)
    case = played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, to_company()),
        start=MONDAY,
    )
    for person in (people.officer, people.stranger):
        with pytest.raises(Refused, match="承办单位（"):
            services.act(case, "take", by=person, now=MONDAY)
    # Units above act for those below them.
    assert played(case, ("take", people.boss, {}), start=MONDAY).responsible == people.boss


def test_an_act_out_of_turn_or_unknown_to_the_procedure_is_refused(people):
    case = received(received_at=MONDAY)
    with pytest.raises(Refused, match="处于“已登记”状态，不能办结"):
        services.act(case, "close", by=people.officer, now=MONDAY)
    with pytest.raises(Refused, match="没有“到达现场”环节"):
        services.act(case, "arrive", by=people.officer, now=MONDAY)
    with pytest.raises(Refused, match="不需要填写：ground"):
        services.act(case, "accept", by=people.officer, now=MONDAY, ground="court")


def test_whoever_saw_an_older_state_is_told(people):
    case = received(received_at=MONDAY)
    played(case, ("accept", people.officer, {}), start=MONDAY)
    with pytest.raises(Conflict, match="刚被他人办理"):
        services.act(case, "verify", by=people.lead, now=MONDAY, seen_state="registered", text="x")


def test_a_machine_acts_for_its_company_and_a_repeated_message_does_nothing(people):
    case = received(received_at=MONDAY)
    case = played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, to_company()),
        start=MONDAY,
    )
    gd, fs = organisation("CSG-GD"), organisation("CSG-GD-FS")
    with pytest.raises(Refused):
        services.act(case, "take", by=None, machine=fs, now=MONDAY)
    for _again in range(2):
        case = services.act(
            case, "take", by=None, machine=gd, now=MONDAY, external_id="m-1", text="接单"
        )
    assert case.state == "handling"
    assert CaseEvent.objects.filter(case=case, kind="take").count() == 1
    with pytest.raises(Refused):
        services.act(case, "contact", by=None, now=MONDAY)


def test_a_late_message_may_tell_of_an_act_before_somebody_urged(people):
    case = received(received_at=MONDAY)
    case = played(
        case,
        ("accept", people.officer, {}),
        ("transfer", people.officer, to_company()),
        start=MONDAY,
    )
    case = played(case, ("urge", people.officer, {}), start=MONDAY + timedelta(hours=2))
    case = services.act(
        case,
        "take",
        by=people.handler,
        now=MONDAY + timedelta(hours=3),
        at=MONDAY + timedelta(hours=1),
    )
    assert case.state == "handling"
