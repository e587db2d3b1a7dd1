"""What an issued circular had wrong is put right by a paper of its own: corrected or withdrawn."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaign.models import RectificationItem
from campaign.services import rectification_entering
from core import clock, officialdoc
from core.errors import Refused
from core.models import AuditEvent, Letter
from reporting import ledger_sources, work
from reporting.circular_kinds import said_in
from reporting.invariants import circulars_intact
from reporting.models import Circular, CircularReceipt, CircularRedress
from reporting.queries import openness
from reporting.services import circular_printing, circular_redress, circulars
from reporting.situations import Demand, Fact, Situation
from tests.factories import accounts
from tests.factories.circulars import NOW, answered_for, issued, proven
from tests.reading import text_of

pytestmark = pytest.mark.django_db
FIRST, SECOND = "南电监〔2018〕1号", "南电监〔2018〕2号"
NOTE = "第二件案件经复核不属实，不再通报。"
REASON = "所通报的案件经复核均不属实。"


@pytest.fixture(autouse=True)
def monday(catalogues):
    with clock.standing_at(NOW):
        yield


@pytest.fixture
def officer():
    return accounts.member("SERC-NF", "regulator_officer")


@pytest.fixture
def lead():
    return accounts.member("SERC-NF", "regulator_lead")


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


@pytest.fixture
def first(officer, lead):
    """A published circular on Zhaoqing and Foshan; Foshan's case was disproved afterwards."""
    proven("G-1")
    case = proven("G-2", organisation="CSG-GD-FS", content="佛山低电压半年无人处理。")
    circular = issued(officer, lead, "G-1", "G-2")
    circulars.publish(circular, by=lead, now=NOW)
    case.outcome = "unsubstantiated"
    case.save(update_fields=["outcome"])
    return Circular.objects.get(pk=circular.pk)


def door(act, circular):
    return reverse(f"reporting:{act}", args=[circular.pk])


def page_of(client, circular, name="circular"):
    return text_of(client.get(door(name, circular)))


def words_of(circular):
    document = said_in(circular).document(circular_printing.heads_of(circular))
    return "\n".join(officialdoc.texts(officialdoc.compose(document)))


def entered(circular, place=0):
    """The item of the ledger that one of its problems became."""
    origin = list(ledger_sources.of_circular(circular))[place]
    return rectification_entering.enter(
        origin=origin, campaign=None, problem=origin.problem, by=None, now=NOW
    )


def begun(client, act, circular, **said):
    """Begun through the page by whoever is signed in."""
    given = {"note": NOTE, "reason": REASON, "occasion": "x", **said}
    assert client.post(door(f"circular_{act}", circular), given).status_code == 302
    return Circular.objects.order_by("-pk").first()


def sent_out(client, paper, lead):
    """Submitted by whoever is signed in, approved and issued by another."""
    assert client.post(door("circular_submit", paper)).status_code == 302
    assert client.post(door("circular_approve", paper)).status_code == 403
    client.force_login(lead)
    for act in ("approve", "issue"):
        assert client.post(door(f"circular_{act}", paper)).status_code == 302
    return Circular.objects.get(pk=paper.pk)


@pytest.mark.clause("S1-2.2.2h")
def test_a_correction_leaves_out_what_was_disproved_and_is_told_to_all_who_had_it(
    as_, officer, lead, first
):
    handler = accounts.member("CSG-GD-FS", "company_filer")
    item, gone_item = entered(first), entered(first, 1)
    told_one, left_one = first.cases.order_by("number")
    client = as_(officer)
    paper = begun(client, "correct", first)
    # The same press is the same paper; another one waits for it.
    assert begun(client, "correct", first) == paper
    for act in ("correct", "withdraw"):
        said = {"note": NOTE, "reason": REASON, "occasion": "y"}
        again = client.post(door(f"circular_{act}", first), said)
        assert again.status_code == 409
        assert f"《{paper.title}》正在办理（编辑中）" in text_of(again)
    assert paper.title == "关于典型案件的通报（更正）"
    assert paper.public
    page = page_of(client, paper)
    assert f'name="out-{left_one.pk}" value="1" checked' in page
    assert "诉求G-2尚未办结，或者没有认定属实" in page
    assert "正在办理更正" in page_of(client, first)
    # Nobody else hears of it before it is issued.
    assert "更正" not in page_of(as_(handler), first)
    assert "更正" not in page_of(client, first, "public_circular")
    assert client.get(door("circular", paper)).status_code == 404
    client = as_(officer)
    words = {"seen": "1", "note": NOTE, "intro": "近期发生案件。", "demands": "立即整改。"}
    words |= {"public": "1", f"account-{told_one.pk}": "肇庆停电三天。"}
    edit = door("circular_edit", paper)
    for wrong in ({"note": " "}, {"note": "赵某某的案件不属实。"}):
        assert client.post(edit, {**words, **wrong}).status_code == 409
    none_left = {f"out-{told_one.pk}": "1", f"out-{left_one.pk}": "1"}
    refused = client.post(edit, {**words, **none_left})
    assert (refused.status_code, "撤销原通报" in text_of(refused)) == (409, True)
    assert client.post(edit, {**words, f"out-{left_one.pk}": "1"}).status_code == 302
    paper = sent_out(client, paper, lead)
    assert (paper.document_number, list(paper.cases.all())) == (SECOND, [told_one])
    told = words_of(paper)
    assert f"更正说明：本通报更正《{first.title}》（{FIRST}）" in told
    for word in (NOTE, "肇庆停电三天。", "佛山供电局"):
        assert word in told
    assert "低电压" not in told
    mails = Letter.objects.filter(kind="circular.sent", channel="mail", subject__contains=SECOND)
    assert {mail.organisation for mail in mails} == {"CSG-GD-ZQ", "CSG-GD-FS"}
    assert all(f"更正《{first.title}》（{FIRST}）" in mail.body for mail in mails)
    # The first stays as it was signed, and says by what it was corrected.
    client = as_(handler)
    assert "低电压" in page_of(client, first)
    assert f"本通报已由{SECOND}更正" in page_of(client, first)
    listed = text_of(client.get(reverse("reporting:circulars")))
    assert f"已由{SECOND}更正" in listed
    assert f"更正已于2018-03-05印发（{SECOND}），尚未公开。" in page_of(
        client, first, "public_circular"
    )
    client = as_(lead)
    client.post(door("circular_publish", paper))
    assert door("public_circular", paper) in page_of(client, first, "public_circular")
    assert f"已由{SECOND}更正" in text_of(client.get(reverse("reporting:public_circulars")))
    # From here on it is the correction that may be corrected.
    answer = as_(officer).post(door("circular_correct", first), {"note": NOTE, "occasion": "z"})
    assert (answer.status_code, f"已由《{paper.title}》" in text_of(answer)) == (409, True)
    # One problem, one item: the correction is no second source, nor one of what it leaves out.
    assert entered(paper) == item
    assert RectificationItem.objects.count() == 2
    shown = text_of(client.get(reverse("campaign:rectification_item", args=[gone_item.pk])))
    assert f"{SECOND}更正后不再列入" in shown
    assert circulars_intact() == []


@pytest.mark.clause("S1-2.2.2h")
def test_a_withdrawn_circular_is_told_no_more_and_asks_nothing_of_anybody(
    as_, officer, lead, first
):
    handler = accounts.member("CSG-GD-FS", "company_filer")
    item = entered(first)
    client = as_(officer)
    paper = begun(client, "withdraw", first)
    assert begun(client, "withdraw", first) == paper
    assert paper.title == f"关于撤销《关于典型案件的通报》（{FIRST}）的通报"
    words = {"seen": "1", "reason": REASON, "demands": "请停止引用。", "public": "1"}
    assert client.post(door("circular_edit", paper), words).status_code == 409
    assert client.post(door("withdrawal_edit", paper), words).status_code == 302
    assert client.post(door("withdrawal_edit", paper), words).status_code == 409
    # Until it is issued the first one stands.
    assert "低电压" in page_of(client, first, "public_circular")
    waiting = [one.title for one in work.items(handler, now=NOW)]
    assert f"待签收：{FIRST}" in waiting
    paper = sent_out(client, paper, lead)
    assert paper.document_number == SECOND
    told = words_of(paper)
    for word in (
        f"现撤销《{first.title}》（{FIRST}）。",
        REASON,
        "请停止引用。",
        "佛山供电局、肇庆供电局：",
    ):
        assert word in told, told
    mails = Letter.objects.filter(kind="circular.sent", channel="mail", subject__contains=SECOND)
    assert {mail.organisation for mail in mails} == {"CSG-GD-ZQ", "CSG-GD-FS"}
    assert all(f"撤销《{first.title}》（{FIRST}）" in mail.body for mail in mails)
    client = as_(handler)
    page = page_of(client, first)
    assert f"本通报已于2018-03-05由{SECOND}撤销" in page
    assert REASON in page
    assert f"已由{SECOND}撤销" in text_of(client.get(reverse("reporting:circulars")))
    assert [one.title for one in work.items(handler, now=NOW)] == [f"待签收：{SECOND}"]
    assert client.post(door("circular_sign", first)).status_code == 409
    assert client.post(door("circular_sign", paper)).status_code == 302
    assert CircularReceipt.objects.get().circular == paper
    client.logout()
    answer = client.get(door("public_circular", first))
    gone = text_of(answer)
    assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex")
    assert f"本通报已于2018-03-05由{SECOND}撤销" in gone
    for word in ("低电压", "肇庆供电局", "佛山", REASON):
        assert word not in gone
    assert client.get(door("public_circular_file", first)).status_code == 410
    assert f"已由{SECOND}撤销" in text_of(client.get(reverse("reporting:public_circulars")))
    assert openness.feed() == []
    client = as_(officer)
    for act in ("correct", "withdraw"):
        said = {"note": NOTE, "reason": REASON, "occasion": "y"}
        for one, why in ((first, f"（{SECOND}）撤销"), (paper, "撤销通报不能再")):
            refused = client.post(door(f"circular_{act}", one), said)
            assert (refused.status_code, why in text_of(refused)) == (409, True)
    for key in (f"{first.pk}-1", f"{first.pk}-2"):
        enter = reverse("campaign:rectification_enter", args=["circular", key])
        answer = client.post(enter, {"problem": "停电", "requirement": "整改"})
        # What is in the ledger stays there; nothing new enters it.
        assert answer.status_code == (302 if key.endswith("1") else 409)
    assert RectificationItem.objects.get() == item
    shown = text_of(client.get(reverse("campaign:rectification_item", args=[item.pk])))
    assert f"（已由{SECOND}撤销）" in shown
    assert circulars_intact() == []
    kinds = AuditEvent.objects.about(paper).values_list("kind", flat=True)
    assert {"circular.withdraw", "circular.edit", "circular.issue"} <= set(kinds)


def test_who_begins_a_withdrawal_does_not_answer_for_it_whatever_posts_they_hold(
    as_, officer, lead
):
    """And what was issued inside only is not published any more, either."""
    proven("G-1")
    first = issued(officer, lead, "G-1")
    both = accounts.also(officer, "SERC-NF", "regulator_lead")
    client = as_(both)
    paper = begun(client, "withdraw", first)
    client.post(door("circular_submit", paper))
    refused = client.post(door("circular_approve", paper), {"seen": "1"})
    assert (refused.status_code, "由另一人审批" in text_of(refused)) == (409, True)
    client = as_(lead)
    for act in ("approve", "issue"):
        assert client.post(door(f"circular_{act}", paper)).status_code == 302
    refused = client.post(door("circular_publish", first))
    assert (refused.status_code, f"（{SECOND}）撤销" in text_of(refused)) == (409, True)


def test_only_the_office_itself_corrects_and_withdraws(as_, officer, lead, first):
    viewer = accounts.member("SERC-NF", "regulator_viewer")
    above = accounts.member("NEA-ROOT", "regulator_officer")
    beside = accounts.member("SERC-YN", "regulator_officer")
    company = accounts.member("CSG-GD-FS", "company_filer")
    for act in ("correct", "withdraw"):
        for person, status in ((viewer, 403), (company, 403), (beside, 404), (above, 409)):
            said = {"note": NOTE, "reason": REASON, "occasion": "x"}
            answer = as_(person).post(door(f"circular_{act}", first), said)
            assert answer.status_code == status, (act, person)
        client = as_(officer)
        for words in ("请联系13900005678。", "赵某某的案件不属实。", " ", "长" * 1001):
            said = {"note": words, "reason": words, "occasion": "x"}
            answer = client.post(door(f"circular_{act}", first), said)
            assert answer.status_code == 409, words
            assert "赵某某" not in text_of(answer).split("您填写的内容")[0]
    assert Circular.objects.count() == 1


def test_a_draft_is_given_up_and_the_first_one_is_free_again(as_, officer, lead, first):
    client = as_(officer)
    paper = begun(client, "correct", first)
    drop = door("circular_drop", paper)
    assert as_(lead).post(drop).status_code == 403
    client = as_(officer)
    assert client.post(door("circular_drop", first)).status_code == 409
    client.post(door("circular_submit", paper))
    assert client.post(drop).status_code == 409
    # A mistake that is seen after the approval is mended, too.
    circulars.approve(paper, by=lead, now=NOW)
    refused = as_(lead).post(door("circular_issue", paper))
    assert (refused.status_code, "在更正中不再通报上述案件" in text_of(refused)) == (409, True)
    assert as_(lead).post(door("circular_send_back", paper), {"reason": "去掉"}).status_code == 302
    client = as_(officer)
    assert client.post(drop)["Location"] == door("circular", first)
    assert client.post(drop).status_code == 404
    assert Circular.objects.count() == 1
    assert AuditEvent.objects.filter(kind="circular.drop").count() == 1
    assert begun(client, "withdraw", first).act == "withdraw"


def test_withdrawing_a_correction_takes_back_what_it_corrected(officer, lead):
    """Of a situation; dates that the first one set may stand in the correction."""
    case = proven("S-1")
    fact = ("CSG-GD-ZQ", "肇庆供电局", "outage_repair", "故障抢修", "2018-02-01", "2018-02-28")
    said = Situation(
        "", (Fact(*fact, False, (case.pk,)),), "", "不及时。", (Demand("整改", "2018-03-06"),)
    )
    company = accounts.organisation("CSG-GD-ZQ")
    first = circulars.begin(
        organisation=accounts.organisation("SERC-NF"),
        title="情" * 119,
        public=True,
        key="s",
        content=said,
        cases=[case],
        companies={company.pk: company},
        by=officer,
        now=NOW,
        kind="situation",
        first_day=NOW.date(),
        last_day=NOW.date(),
    )
    first = circulars.issue(answered_for(first, officer, lead), by=lead, now=NOW)
    later = NOW + timedelta(days=7)
    asked = {"occasion": "x", "by": officer, "now": later}
    correction = circular_redress.correct(circular=first, note="件数有误。", **asked)
    assert len(correction.title) == 120
    correction = circulars.issue(answered_for(correction, officer, lead), by=lead, now=later)
    assert "件数有误。" in words_of(correction)
    assert "3月6日前完成" in words_of(correction)
    with pytest.raises(Refused, match="更正，请打开该更正"):
        circular_redress.withdraw(circular=first, reason=REASON, **asked)
    gone = circular_redress.withdraw(circular=correction, reason=REASON, **asked)
    assert len(gone.title) == 120
    gone = circulars.issue(answered_for(gone, officer, lead), by=lead, now=later)
    assert f"（{SECOND}），连同其更正的《{first.title}》（{FIRST}）。" in words_of(gone)
    assert list(Circular.objects.in_force()) == [gone]
    assert list(Circular.objects.told().order_by("pk")) == [first, correction]
    assert {one.withdrawn_by for one in (first, correction)} == {gone}
    assert circulars_intact() == []
    row = CircularRedress.objects.get(circular=gone)
    for wrong in ({"first": first}, {"first": gone}, {"root": gone}, {"act": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CircularRedress.objects.filter(pk=row.pk).update(**wrong)
