"""Two hotlines, one incident: proposals after the receipt, judged by people, never giving away."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from complaints import linkage, services
from complaints.models import Case, CaseLink, CaseMark, LinkageRules
from complaints.reasons import reasons
from complaints.services import comparing, proposing
from core import clock, outbox
from core.errors import Conflict
from core.models import AuditEvent, Letter
from tests.complaints.test_race import together
from tests.factories.accounts import member, organisation
from tests.factories.complaints import (
    at,
    played,
    received,
    record,
    regulator_lead,
    regulator_officer,
)
from tests.factories.memory import remembered
from tests.reading import text_of

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
TUESDAY = MONDAY + timedelta(days=1)
# The number as a word, not by chance in a token of a form.
NUMBER = re.compile(r"\bD1\b")
SECRET = ("赵某某", "13800001234", "0301234567890", "光明路8号")


def order(number="D1", *, received_at=MONDAY, owner="CSG-GD", **fields):
    """A work order of 95598."""
    values = {
        "channel": "phone_95598",
        "category": "emergency_repair",
        "content": "昨晚停电，无人抢修",
        "received_at": received_at,
        **fields,
    }
    return received(number=number, source="95598", owner=owner, **values)


def carried(now=TUESDAY):
    """What waits in the outbox is done."""
    outbox.run_due(now=now)


@remembered
def pair():
    """A complaint at 12398 about what 95598 took the day before; the proposal between them."""
    order()
    received(number="N1", received_at=TUESDAY, category="outage_repair", now=TUESDAY)
    proposing.propose(Case.objects.values_list("pk", flat=True), now=TUESDAY)
    return CaseLink.objects.get()


@pytest.fixture(autouse=True)
def tuesday():
    with clock.standing_at(TUESDAY):
        yield


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def url(name, link):
    return reverse(f"complaints:{name}", args=[link.pk])


# --- Proposals -----------------------------------------------------------------------------------


def test_a_complaint_is_tied_to_the_order_of_the_other_hotline_after_its_receipt(people):
    first = order()
    second = received(number="N1", received_at=TUESDAY, category="outage_repair", now=TUESDAY)
    assert not CaseLink.objects.exists()
    carried()
    link = CaseLink.objects.get()
    assert (link.a, link.b, link.kind, link.state) == (first, second, "joint", "proposed")
    assert link.certain
    said = [reason.text for reason in reasons(link)]
    assert said[:3] == ["户号相同", "联系电话相同", "用电地址相同"]
    assert "受理时间相差 1 天" in said
    assert link.score == sum(points for _code, points in link.reasons)
    # Once more changes nothing, also not after a person said no.
    proposing.propose([first.pk, second.pk], now=TUESDAY)
    services.answer(link, right=False, by=people.officer, now=TUESDAY)
    proposing.propose([first.pk, second.pk], now=TUESDAY)
    assert CaseLink.objects.get().state == "rejected"


def test_many_cases_at_once_are_compared_by_one_job(people):
    order()
    records = [
        record(f"N{n}", received_at=TUESDAY, category="outage_repair", account_no=f"55{n}")
        for n in range(3)
    ]
    services.receive_many(
        records, source="12398", owner=organisation("SERC-NF"), by=people.officer, now=TUESDAY
    )
    assert Letter.objects.filter(kind="complaints.match").count() == 2
    carried()
    # Entered three times at one hotline within a day, and each tied to the order.
    kinds = sorted(CaseLink.objects.values_list("kind", flat=True))
    assert kinds == ["duplicate"] * 3 + ["joint"] * 3


def test_without_telephone_and_account_the_door_is_looked_up(people):
    unknown = {"complainant_phone": "", "account_no": ""}
    order(**unknown, address="四会市光明路八号", complainant_name="照某某")
    received(number="N1", received_at=TUESDAY, category="outage_repair", now=TUESDAY, **unknown)
    carried()
    link = CaseLink.objects.get()
    assert (link.kind, link.certain) == ("joint", False)
    assert "诉求人姓名读音相同" in [reason.text for reason in reasons(link)]


def test_one_side_names_the_number_of_the_other(people):
    order("GD-20180305-77", complainant_phone="", account_no="", address="", complainant_name="")
    received(
        number="N1",
        received_at=TUESDAY,
        now=TUESDAY,
        linked_number="GD-20180305-77",
        content="供电局不处理",
    )
    carried()
    assert CaseLink.objects.get().certain


def test_neighbours_of_one_outage_are_not_taken_for_one_caller(people):
    net = {"feeder": "10kV城东线", "transformer_area": "光明路2号公变"}
    order(**net)
    received(
        number="N1",
        received_at=TUESDAY,
        now=TUESDAY,
        category="outage_repair",
        complainant_name="孙丽",
        complainant_phone="13955556666",
        account_no="0301234567891",
        address="肇庆市四会市贞山街道光明路9号",
        **net,
    )
    carried()
    assert not CaseLink.objects.exists()


def test_marks_of_places_tell_no_address(people):
    order()
    carried()
    marks = CaseMark.objects.all()
    assert {one.kind for one in marks} == {"number", "place"}
    assert all(len(one.value) == 64 for one in marks if one.kind == "place")


def test_a_crowd_under_one_line_is_not_compared_each_with_each(people):
    rules = LinkageRules.objects.get()
    rules.definition["limits"]["per_key"] = 2
    rules.save()
    for n in range(4):
        order(f"D{n}", feeder="10kV城东线", complainant_phone="", account_no="", address="")
    rules = comparing.rules_on(TUESDAY)
    found = comparing.facts_of(Case.objects.all(), rules)
    assert comparing.candidates(found, rules) == {}


# --- Visibility ----------------------------------------------------------------------------------


def test_a_company_sees_only_proposals_of_which_it_sees_both_cases(people):
    link = pair()
    assert list(CaseLink.objects.visible_to(people.officer)) == [link]
    assert list(CaseLink.objects.visible_to(people.desk)) == [link]
    # Its district company is named in both; the neighbouring one in neither.
    assert list(CaseLink.objects.visible_to(people.handler)) == [link]
    assert list(CaseLink.objects.visible_to(people.stranger)) == []
    Case.objects.filter(number="N1").update(organisation=organisation("CSG-GD-FS"))
    assert list(CaseLink.objects.visible_to(people.stranger)) == []
    assert list(CaseLink.objects.visible_to(people.handler)) == []


@pytest.mark.parametrize("secret", [{"anonymous": True}, {"confidential": True}])
def test_a_proposal_never_tells_a_company_who_asked_for_secrecy(people, as_, secret):
    order()
    case = received(
        number="N1", received_at=TUESDAY, category="outage_repair", now=TUESDAY, **secret
    )
    carried()
    link = CaseLink.objects.get()
    client = as_(people.desk)
    # The company sees both cases, and knows its own customer.
    assert Case.objects.visible_to(people.desk).count() == 2
    assert client.get(url("compare", link)).status_code == 404
    page = reverse("complaints:case", args=[case.pk])
    for address in (reverse("complaints:linkage"), page):
        assert not NUMBER.search(text_of(client.get(address))), address
    services.answer(link, right=True, by=people.officer, now=TUESDAY)
    assert not NUMBER.search(text_of(client.get(page)))
    assert NUMBER.search(text_of(as_(people.officer).get(page)))


def test_the_reporter_is_not_given_away_to_a_company_that_looks_into_the_report(people, as_):
    first = order(nature="report", category="", organisation="CSG-GD-ZQ")
    other = order("D2", received_at=MONDAY + timedelta(hours=1), organisation="CSG-GD-ZQ")
    report = received(
        number="N1", received_at=TUESDAY, nature="report", organisation="CSG-GD-ZQ", now=TUESDAY
    )
    played(
        report,
        ("accept", people.officer, {}),
        ("transfer", people.officer, {"organisation": organisation("CSG-GD"), "text": "请核查"}),
        start=TUESDAY,
    )
    carried(TUESDAY + timedelta(hours=1))
    # A report is compared with reports only; this pair the office sees, the company does not.
    assert [(one.a, one.b) for one in CaseLink.objects.all()] == [(first, report)]
    assert set(Case.objects.visible_to(people.desk)) == {first, other, report}
    assert not CaseLink.objects.visible_to(people.desk).exists()
    assert CaseLink.objects.visible_to(people.officer).exists()
    assert linkage.again(report, people.desk)[0] == []


def test_system_roles_have_no_door_and_strangers_no_proposal(people, as_):
    link = pair()
    assert (
        as_(member("NEA-ROOT", "system_administrator"))
        .get(reverse("complaints:linkage"))
        .status_code
        == 403
    )
    client = as_(people.stranger)
    assert client.get(url("compare", link)).status_code == 404
    assert client.post(url("answer_link", link), {"right": "yes"}).status_code == 404
    assert client.post(url("take_back", link)).status_code == 404
    assert link.a.number not in text_of(client.get(reverse("complaints:linkage")))


# --- The desk ------------------------------------------------------------------------------------


@pytest.mark.clause("S1-3.3.5(2)b")
def test_an_officer_compares_confirms_undoes_and_rejects(people, as_):
    link = pair()
    handed = {"organisation": organisation("CSG-GD-ZQ")}
    played(link.a, ("dispatch", people.desk, handed), start=TUESDAY)
    client = as_(people.officer)
    listed = text_of(client.get(reverse("complaints:linkage")))
    assert "D1 — N1" in listed
    assert "户号相同；联系电话相同；用电地址相同" in listed
    shown = text_of(client.get(url("compare", link)))
    # Both numbers, both clocks, both views; nobody in full.
    for words in (
        "D1",
        "N1",
        "受理决定",
        "处理并答复",
        "昨晚停电，无人抢修",
        "赵**",
        "138****1234",
    ):
        assert words in shown, words
    for secret in SECRET:
        assert secret not in shown
    answer = client.post(url("answer_link", link), {"right": "yes"})
    assert answer["Location"] == reverse("complaints:linkage")
    link.refresh_from_db()
    assert (link.state, link.by) == ("confirmed", people.officer)
    # One number shows the other on its page, with its state and deadline.
    for case, other in ((link.a, "N1"), (link.b, "D1")):
        page = text_of(client.get(reverse("complaints:case", args=[case.pk])))
        assert f">{other}</a>" in page
        assert case.events.last().kind == "link"
    assert client.post(url("answer_link", link), {"right": "no"}).status_code == 409
    assert client.post(url("take_back", link)).status_code == 302
    link.refresh_from_db()
    assert (link.state, link.by) == ("proposed", None)
    assert client.post(url("take_back", link)).status_code == 409
    client.post(url("answer_link", link), {"right": "no"})
    link.refresh_from_db()
    assert link.state == "rejected"
    assert "D1 — N1" not in text_of(client.get(reverse("complaints:linkage")))
    assert "D1 — N1" in text_of(client.get(reverse("complaints:linkage") + "?view=rejected"))
    kinds = AuditEvent.objects.filter(kind__startswith="case.link.").values_list("kind", flat=True)
    assert list(kinds) == ["case.link.answer", "case.link.back", "case.link.answer"]


@pytest.mark.clause("S1-2.2.2a")
def test_one_number_shows_the_chain_to_both_sides(people, as_):
    """The order of 95598 and the complaint at 12398 that was handed to the company."""
    link = pair()
    as_(people.officer).post(url("answer_link", link), {"right": "yes"})
    handed = {"organisation": organisation("CSG-GD-ZQ"), "text": "请核查答复"}
    played(
        link.b,
        ("accept", people.officer, {}),
        ("transfer", people.officer, handed),
        start=TUESDAY,
    )
    for person in (people.officer, people.handler):
        client = as_(person)
        order_page = text_of(client.get(reverse("complaints:case", args=[link.a.pk])))
        assert ">N1</a><small>12398热线" in order_page
        assert "已派发" in order_page
        complaint_page = text_of(client.get(reverse("complaints:case", args=[link.b.pk])))
        assert ">D1</a><small>95598热线" in complaint_page
        for words in ("转办企业", "请核查答复", "企业答复"):
            assert words in complaint_page, words


def test_a_company_reads_the_proposal_and_is_told_why_it_cannot_answer(people, as_):
    link = pair()
    client = as_(people.handler)
    shown = text_of(client.get(url("compare", link)))
    assert "关联由首接单位或监管机构办理。" in shown
    assert "138****1234" in shown
    assert client.post(url("answer_link", link), {"right": "yes"}).status_code == 409


def test_many_are_rejected_at_once(people, as_):
    order()
    for n in range(2):
        received(
            number=f"N{n}",
            received_at=TUESDAY + timedelta(minutes=n),
            category="outage_repair",
            now=TUESDAY + timedelta(hours=1),
        )
    carried(TUESDAY + timedelta(hours=1))
    links = list(CaseLink.objects.filter(state="proposed"))
    assert len(links) == 3
    client = as_(people.officer)
    reject = reverse("complaints:reject_many")
    assert client.post(reject, {"link": "9" * 25}).status_code == 302
    said = client.post(reject, {"link": [links[0].pk, links[1].pk, "x", 999]}, follow=True)
    assert "已否定 2 条建议。" in text_of(said)
    assert CaseLink.objects.filter(state="proposed").count() == 1
    assert "请先勾选建议。" in text_of(client.post(reject, {}, follow=True))
    # Nobody rejects what is out of sight.
    assert "请先勾选建议。" in text_of(
        as_(people.stranger).post(reject, {"link": [links[2].pk]}, follow=True)
    )


def test_filters_and_an_empty_desk(people, as_):
    client = as_(people.officer)
    address = reverse("complaints:linkage")
    assert "没有待确认的关联建议" in text_of(client.get(address))
    pair()
    assert "D1" in text_of(client.get(address + "?kind=joint&number=N1"))
    assert "D1 — N1" not in text_of(client.get(address + "?kind=repeat"))
    assert "D1 — N1" not in text_of(client.get(address + "?number=N9"))
    assert "D1 — N1" in text_of(client.get(address + "?view=certain"))
    assert "没有关联建议" in text_of(client.get(address + "?view=confirmed"))


@pytest.mark.django_db(transaction=True)
def test_of_two_who_answer_at_once_one_is_told(catalogues):
    one, other = regulator_officer(), regulator_lead()
    link = pair()
    answers = together(
        lambda: services.answer(link, right=True, by=one, now=TUESDAY),
        lambda: services.answer(link, right=False, by=other, now=TUESDAY),
    )
    refused = [a for a in answers if isinstance(a, Conflict)]
    assert len(refused) == 1
    link.refresh_from_db()
    assert link.state in ("confirmed", "rejected")
    assert AuditEvent.objects.filter(kind="case.link.answer").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_propose_once(catalogues):
    first = order()
    second = received(number="N1", received_at=TUESDAY, category="outage_repair", now=TUESDAY)
    done = together(
        lambda: proposing.propose([first.pk], now=TUESDAY),
        lambda: proposing.propose([second.pk], now=TUESDAY),
    )
    assert not [one for one in done if isinstance(one, Exception)]
    assert CaseLink.objects.count() == 1


# --- Who calls again -----------------------------------------------------------------------------


def called(number, days, *, source="12398", **fields):
    moment = MONDAY + timedelta(days=days)
    if source == "95598":
        return order(number, received_at=moment, **fields)
    fields = {"category": "outage_repair", **fields}
    return received(number=number, received_at=moment, **fields)


def letters_of(kind="case.repeat"):
    found = Letter.objects.filter(kind=kind, channel="notice")
    return list(found.order_by("pk").values_list("recipient_id", "subject"))


def test_the_third_time_over_both_hotlines_is_told_to_the_posts_once(people):
    """The office that received it, who leads there, and the company that has it now."""
    called("A1", 0)
    called("A2", 10, source="95598")
    carried(MONDAY + timedelta(days=10))
    assert letters_of() == []
    third = called("A3", 20)
    carried(MONDAY + timedelta(days=20))
    assert letters_of() == [(people.lead.pk, "重复诉求：A3（第3次）")]
    event = third.events.get(kind="repeat")
    assert (event.text, event.data) == (
        "同一诉求人就同一事项第3次反映，已报有关负责人。",
        {"times": 3, "count": 3},
    )
    # The fourth time no step is reached; the fifth goes up again.
    for n, days in ((4, 25), (5, 30)):
        called(f"A{n}", days)
        carried(MONDAY + timedelta(days=days))
    assert letters_of() == [
        (people.lead.pk, "重复诉求：A3（第3次）"),
        (people.lead.pk, "重复诉求：A5（第5次）"),
    ]
    # In one house each is tied to the one before; what came elsewhere is for a person to say.
    repeats = CaseLink.objects.filter(kind="repeat").values_list("a__number", "b__number", "state")
    assert set(repeats) == {
        ("A1", "A3", "confirmed"),
        ("A3", "A4", "confirmed"),
        ("A4", "A5", "confirmed"),
    }


OTHERS = [
    {"days": 20, "category": "billing", "content": "电费多收"},
    {"days": 20, "complainant_phone": "13955556666", "account_no": "99887766"},
    {"days": 75},
    {"days": 20, "nature": "enquiry"},
]


@pytest.mark.parametrize("third", OTHERS, ids=["matter", "person", "too late", "enquiry"])
def test_what_is_no_third_time(people, third):
    called("A1", 0)
    called("A2", 10)
    days = third["days"]
    called("A3", **{"category": "outage_repair", **third})
    carried(MONDAY + timedelta(days=days))
    assert letters_of() == []


def test_a_repeat_that_a_person_takes_apart_counts_no_more(people, as_):
    called("A1", 0)
    second = called("A2", 10)
    carried(MONDAY + timedelta(days=10))
    link = CaseLink.objects.get()
    assert (link.kind, link.state, link.by) == ("repeat", "confirmed", None)
    address = reverse("complaints:case", args=[second.pk])
    shown = text_of(as_(people.officer).get(address))
    assert "同一诉求人同一事项 2 次" in shown
    assert "60 天以内" in shown
    services.undo(link, by=people.officer, now=TUESDAY)
    assert "同一诉求人同一事项" not in text_of(as_(people.officer).get(address))
    called("A3", 20)
    carried(MONDAY + timedelta(days=20))
    assert letters_of() == []


def test_the_regulator_counts_over_both_hotlines_a_unit_what_it_sees(people):
    called("A1", 0, source="95598", organisation="CSG-GD-FS", owner="CSG-GD-FS")
    case = called("A2", 10)
    assert [one.number for one in linkage.again(case, people.officer)[0]] == ["A1", "A2"]
    assert linkage.again(case, people.handler)[0] == []


@pytest.mark.django_db(transaction=True)
def test_two_who_count_at_once_write_one_letter(catalogues):
    regulator_lead()
    pks = [called(f"A{n}", n * 5).pk for n in range(3)]
    now = MONDAY + timedelta(days=15)
    done = together(*(lambda pk=pk: proposing.propose([pk], now=now) for pk in pks[1:]))
    assert not [one for one in done if isinstance(one, Exception)]
    assert len(letters_of()) == 1
    assert CaseLink.objects.filter(kind="repeat", state="confirmed").count() == 2
