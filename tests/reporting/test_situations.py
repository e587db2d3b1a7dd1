"""Circulars on the situation found: figures that are their cases, nobody named, signed for."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Region, User
from accounts.services import appoint
from complaints.models import Case
from complaints.services import inspections
from core import clock, officialdoc
from core.errors import Conflict, Refused
from core.models import AuditEvent, Letter
from core.periods import Period
from reporting import work
from reporting.circular_kinds import said_in
from reporting.invariants import circulars_intact
from reporting.models import Circular, CircularReceipt
from reporting.services import circular_printing, circulars, situations
from reporting.situations import Demand
from tests.factories import accounts
from tests.factories.complaints import at, received
from tests.factories.memory import remembered

pytestmark = pytest.mark.django_db
NOW = at("2018-03-05 09:00")
FEBRUARY = {"first_day": "2018-02-01", "last_day": "2018-02-28"}
SECRETS = ("赵某某", "13800001234", "0301234567890", "光明路8号")


@pytest.fixture(autouse=True)
def monday():
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def officer(catalogues):
    return accounts.member("SERC-NF", "regulator_officer")


@pytest.fixture
def lead(catalogues):
    return accounts.member("SERC-NF", "regulator_lead")


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


@remembered
def gathered():
    """12 complaints on repairs in Zhaoqing (one more is a report), 10 on quality in Foshan, 9 on
    quality in Zhaoqing, 10 in Yunnan."""
    start = at("2018-02-05 10:00")
    told = [("Z", "CSG-GD-ZQ", "outage_repair", 12), ("F", "CSG-GD-FS", "supply_quality", 10)]
    told += [("Q", "CSG-GD-ZQ", "supply_quality", 9)]
    for mark, company, category, many in told:
        for place in range(many):
            received(
                number=f"{mark}-{place}",
                organisation=company,
                category=category,
                received_at=start + timedelta(hours=place),
            )
    received(
        number="R-1",
        nature="report",
        organisation="CSG-GD-ZQ",
        category="outage_repair",
        received_at=start,
    )
    for place in range(10):
        received(
            number=f"Y-{place}",
            owner="SERC-YN",
            organisation="CSG-YN-KM",
            category="outage_repair",
            received_at=start,
        )


@pytest.fixture
def february(officer, lead):
    """What gathered, and the inspection of Zhaoqing that was decided for it."""
    gathered()
    proposal, _new = inspections.propose(
        organisation=accounts.organisation("SERC-NF"),
        respondent=accounts.organisation("CSG-GD-ZQ"),
        category="outage_repair",
        by=officer,
        now=NOW,
    )
    return inspections.decide(
        proposal=proposal, accept=True, reason="列入三月督查", by=lead, now=NOW
    )


def asked(**more):
    return {
        **FEBRUARY,
        "title": "关于居民用电服务重点督查情况的通报",
        "bad": "抢修力量不足，信息告知不到位。",
        "demands": "2018-03-31 完成频繁停电线路整改。\n2018-04-15，报送整改情况",
        "public": "on",
        "occasion": "x",
        **more,
    }


def drafted(by, *chosen, **more):
    """By the service; the decided inspection and Foshan's cluster unless others are named."""
    office = accounts.organisation("SERC-NF")
    period = Period(at("2018-02-01 00:00").date(), at("2018-02-28 00:00").date())
    found = situations.candidates(office, period, None, by=by)
    given = {
        "title": "情况通报",
        "chosen": chosen or [one.key for one in found if one.organisation.code != "CSG-YN-KM"],
        "bad": "抢修不及时。",
        "demands": (Demand("完成整改", "2018-03-31"),),
        "public": True,
        "occasion": "a",
        **more,
    }
    return situations.draft(
        organisation=office, period=period, region=None, by=by, now=NOW, **given
    )


def approved(officer, lead, **more):
    circular = drafted(officer, **more)
    circulars.desk.move(circular, circulars.workflow.SUBMIT, by=officer, now=NOW)
    return circulars.approve(circular, by=lead, now=NOW)


def text_of(response):
    return response.content.decode()


def words_of(circular):
    document = said_in(circular).document(circular_printing.heads_of(circular))
    return "\n".join(officialdoc.texts(officialdoc.compose(document)))


@pytest.mark.clause("S1-3.3.6(1)c")
def test_the_situation_is_circulated_from_its_cases_to_the_receipts(as_, officer, lead, february):
    """Through the pages: chosen, worded, approved by another, numbered, signed for, published."""
    client = as_(officer)
    guangdong = Region.objects.get(code="440000").pk
    page = client.get(reverse("reporting:situation_new"), {**FEBRUARY, "region": guangdong})
    found = [
        (one.fact.name, one.fact.count, one.fact.inspected) for one, *_ in page.context["found"]
    ]
    assert found == [("肇庆供电局", 12, True), ("佛山供电局", 10, False)]
    keys = [one.key for one, *_ in page.context["found"]]
    cluster_url = page.context["found"][1][1]
    assert client.get(cluster_url).context["total"] == 10
    form = asked(chosen=keys, region=guangdong)
    made = client.post(reverse("reporting:situation_draft"), form)
    circular = Circular.objects.get()
    assert made["Location"] == reverse("reporting:circular", args=[circular.pk])
    assert client.post(reverse("reporting:situation_draft"), form).status_code == 302
    assert Circular.objects.count() == 1
    edit = reverse("reporting:situation_edit", args=[circular.pk])
    words = {**asked(), "seen": "1", "intro": "二月组织了督查。", "good": "佛山推行带电作业。"}
    words |= {"text-0": "平均到场超过九十分钟。", "text-1": "低电压集中在老旧小区。"}
    assert client.post(edit, words).status_code == 302
    assert client.post(edit, words).status_code == 409
    for place, count in ((1, 12), (2, 10)):
        facts = client.get(reverse("reporting:situation_fact", args=[circular.pk, place]))
        assert facts.context["total"] == count
    client.post(reverse("reporting:circular_submit", args=[circular.pk]))
    client = as_(lead)
    client.post(reverse("reporting:circular_approve", args=[circular.pk]))
    assert client.post(reverse("reporting:circular_issue", args=[circular.pk])).status_code == 302
    circular.refresh_from_db()
    assert circular.document_number == "南电监〔2018〕1号"
    told = words_of(circular)
    for word in (
        "2018年2月4日至2018年3月5日，用户反映肇庆供电局",
        "问题的投诉12件，已列入专项稽查。",
        "2018年2月，用户反映佛山供电局",
        "问题的投诉10件。",
        "平均到场超过九十分钟。",
        "佛山推行带电作业。",
        "抢修力量不足",
        "完成频繁停电线路整改。请于2018年3月31日前完成。",
        "报送整改情况。请于2018年4月15日前完成。",
    ):
        assert word in told, told
    for secret in SECRETS:
        assert secret not in told
    client.post(reverse("reporting:circular_publish", args=[circular.pk]))
    client.logout()
    assert "平均到场超过九十分钟。" in text_of(
        client.get(reverse("reporting:public_circular", args=[circular.pk]))
    )
    file = client.get(reverse("reporting:public_circular_file", args=[circular.pk]))
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert circulars_intact() == []


@pytest.mark.clause("S1-3.3.6(1)c")
def test_addressees_sign_for_it_once_and_the_office_sees_who_did(as_, officer, lead, february):
    zhaoqing = accounts.member("CSG-GD-ZQ", "company_filer")
    foshan = accounts.member("CSG-GD-FS", "company_filer")
    other = accounts.member("CSG-GX", "company_filer")
    waiting = approved(officer, lead)
    page = reverse("reporting:circular", args=[waiting.pk])
    sign = reverse("reporting:circular_sign", args=[waiting.pk])
    assert as_(zhaoqing).get(page).status_code == 404
    circular = circulars.issue(waiting, by=lead, now=NOW)
    titles = [one.title for one in work.items(zhaoqing, now=NOW)]
    assert titles == ["待签收：南电监〔2018〕1号"]
    client = as_(zhaoqing)
    assert "签收" in text_of(client.get(page))
    assert client.post(sign).status_code == 302
    assert client.post(sign).status_code == 409
    assert as_(other).post(sign).status_code == 404
    assert as_(officer).post(sign).status_code == 403
    receipt = CircularReceipt.objects.get()
    assert (receipt.organisation.code, receipt.signed_by) == ("CSG-GD-ZQ", zhaoqing)
    assert work.items(zhaoqing, now=NOW) == []
    assert AuditEvent.objects.filter(kind="circular.sign_for").count() == 1
    shown = text_of(as_(officer).get(page))
    assert (f"{zhaoqing.name}签收" in shown, shown.count("未签收")) == (True, 1)
    # One addressee is not told who at another signed, nor who has not.
    theirs = text_of(as_(foshan).get(page))
    assert (zhaoqing.name in theirs, "未签收" in theirs) == (False, False)
    mails = Letter.objects.filter(kind="circular.sent", channel="mail")
    emails = {accounts.organisation(code).email for code in ("CSG-GD-ZQ", "CSG-GD-FS")}
    assert {address for mail in mails for address in mail.to} == emails
    # Of the cases behind a figure a company sees its own.
    fact = reverse("reporting:situation_fact", args=[circular.pk, 1])
    assert as_(zhaoqing).get(fact).context["total"] == 12
    assert as_(foshan).get(fact).context["total"] == 0


def test_others_may_be_sent_it_too(officer, lead, february):
    guangxi = accounts.organisation("CSG-GX")
    circular = drafted(officer, others=[guangxi])
    codes = set(circular.addressees.values_list("code", flat=True))
    assert codes == {"CSG-GD-ZQ", "CSG-GD-FS", "CSG-GX"}


def test_a_report_is_never_counted_nor_circulated(officer, lead, february):
    """Not as evidence, and not when a case turned out to be one."""
    circular = approved(officer, lead)
    assert not circular.cases.filter(nature="report").exists()
    one = circular.cases.first()
    Case.objects.filter(pk=one.pk).update(nature="report")
    with pytest.raises(Refused, match="是举报"):
        circulars.issue(circular, by=lead, now=NOW)
    Case.objects.filter(pk=one.pk).update(nature="complaint")
    issued = circulars.issue(circular, by=lead, now=NOW)
    Case.objects.filter(pk=one.pk).update(nature="report")
    with pytest.raises(Refused, match="是举报"):
        circulars.publish(issued, by=lead, now=NOW)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ({"intro": "请联系13900005678。"}, "通报缘由"),
        ({"texts": {0: "用户赵某某家停电。"}}, "情况一"),
        ({"good": "户号0301234567890已整改。"}, "好的做法"),
        ({"bad": "到肇庆市四会市贞山街道光明路8号整改。"}, "存在的问题"),
        ({"bad": " "}, "请写明存在的问题"),
        ({"demands": ()}, "整改要求和期限"),
        ({"demands": (Demand("整改", "2018-03-04"),)}, "早于今天"),
        ({"demands": (Demand("答复赵某某家", "2018-03-31"),)}, "整改要求"),
    ],
)
def test_no_complainant_is_named_and_nothing_is_missing(officer, february, words, named):
    circular = drafted(officer)
    given = {"intro": "", "texts": {}, "good": "", "bad": "不及时。", "public": True, **words}
    given.setdefault("demands", (Demand("整改", "2018-03-31"),))
    with pytest.raises(Refused, match=named) as refused:
        situations.edit(circular=circular, seen=1, by=officer, now=NOW, **given)
    for secret in SECRETS:
        assert secret not in str(refused.value)
    assert circular.versions.count() == 1


def test_another_person_approves_and_only_offices_draft(as_, officer, lead, february):
    # Who holds both posts is still one person.
    appoint(
        user=officer,
        organisation=accounts.organisation("SERC-NF"),
        role="regulator_lead",
        department="",
        starts_on=accounts.LONG_AGO.date(),
        by=None,
        now=accounts.LONG_AGO,
    )
    both = User.objects.get(pk=officer.pk)
    circular = drafted(both)
    circulars.desk.move(circular, circulars.workflow.SUBMIT, by=both, now=NOW)
    with pytest.raises(Refused, match="另一人"):
        circulars.approve(circular, by=both, now=NOW)
    company = accounts.member("CSG-GD", "company_filer")
    assert as_(company).get(reverse("reporting:situation_new")).status_code == 403
    with pytest.raises(Refused, match="监管机构编制"):
        situations.draft(
            organisation=accounts.organisation("CSG-GD"),
            title="x",
            period=Period(NOW.date(), NOW.date()),
            region=None,
            chosen=[],
            bad="x",
            demands=(),
            public=False,
            occasion="y",
            by=company,
            now=NOW,
        )


def test_one_kind_is_not_edited_as_the_other(as_, officer, february):
    circular = drafted(officer)
    edit = reverse("reporting:circular_edit", args=[circular.pk])
    answer = as_(officer).post(edit, {"seen": "1", "intro": "", "demands": "x"})
    assert (answer.status_code, "情况通报" in text_of(answer)) == (409, True)


def test_what_was_typed_is_not_lost_to_a_wrong_demand(as_, officer, february):
    client = as_(officer)
    page = client.get(reverse("reporting:situation_new"), FEBRUARY)
    keys = [one.key for one, *_ in page.context["found"]]
    for wrong in ({"demands": "尽快整改"}, {"chosen": ["i999"]}, {"chosen": []}):
        form = {**asked(bad="抢修力量不足甲乙丙"), "chosen": keys, **wrong}
        answer = client.post(reverse("reporting:situation_draft"), form)
        assert (answer.status_code, "抢修力量不足甲乙丙" in text_of(answer)) == (422, True), wrong
    assert Circular.objects.count() == 0


def test_a_changed_choice_is_refused_by_the_service_too(officer, february):
    with pytest.raises(Refused, match="已经变化"):
        drafted(officer, "c1-none")
    circular = drafted(officer)
    given = {"intro": "", "texts": {}, "good": "", "bad": "x", "public": True}
    given |= {"demands": (Demand("整改", "2018-03-31"),), "by": officer, "now": NOW}
    situations.edit(circular=circular, seen=1, **given)
    with pytest.raises(Conflict):
        situations.edit(circular=circular, seen=1, **given)
