"""Circulars on grave cases: masked persons, another person's approval, number, letters, public."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaign import numbers
from core import clock, files, officialdoc
from core.errors import Conflict, Refused
from core.models import AuditEvent, Letter
from reporting import circulars, work
from reporting.invariants import circulars_intact
from reporting.models import Circular, CircularVersion
from reporting.services import circular_printing
from reporting.services import circulars as services
from tests.factories import accounts
from tests.factories.circulars import NOW, approved, drafted, proven
from tests.factories.complaints import received

pytestmark = pytest.mark.django_db
SECRET = ("赵某某", "13800001234", "0301234567890", "光明路8号")


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


def text_of(response):
    return response.content.decode()


def words_of(circular):
    """Everything that the printed document says."""
    content = circulars.Content.of(circular.current_version.content)
    document = circulars.document_of(content, circular_printing.heads_of(circular))
    return "\n".join(officialdoc.texts(officialdoc.compose(document)))


@pytest.mark.clause("S1-2.2.2h")
def test_grave_cases_are_circulated_without_a_person_in_them(as_, officer, lead):
    """The whole way through the pages: chosen, reworded, approved, numbered, sent, published."""
    first, second = proven("G-1"), proven("G-2", organisation="CSG-GD-FS", outcome="partly")
    client = as_(officer)
    form = {"title": "关于典型案件的通报", "numbers": "G-1\nG-2", "public": "on", "occasion": "x"}
    assert client.get(reverse("reporting:circulars")).status_code == 200
    made = client.post(reverse("reporting:circular_draft"), form)
    circular = Circular.objects.get()
    page = reverse("reporting:circular", args=[circular.pk])
    assert made["Location"] == page
    shown = text_of(client.get(page))
    for secret in SECRET:
        assert secret not in shown
    assert "赵某反映" in shown
    words = {"seen": "1", "intro": "近期发生多起案件。", "demands": "立即整改。", "public": "1"}
    words |= {f"account-{first.pk}": "用户赵某停电三天。", f"account-{second.pk}": "低电压半年。"}
    edit = reverse("reporting:circular_edit", args=[circular.pk])
    assert client.post(edit, words).status_code == 302
    assert client.post(edit, words).status_code == 409
    client.post(reverse("reporting:circular_submit", args=[circular.pk]))
    assert any(one.title == circular.title for one in work.items(lead, now=NOW))
    client = as_(lead)
    client.post(reverse("reporting:circular_approve", args=[circular.pk]))
    assert client.post(reverse("reporting:circular_issue", args=[circular.pk])).status_code == 302
    circular.refresh_from_db()
    assert (circular.state, circular.document_number) == ("issued", "南电监〔2018〕1号")
    told = words_of(circular)
    for word in ("用户赵某停电三天。", "低电压半年。", "肇庆供电局", "佛山供电局", "立即整改。"):
        assert word in told
    assert "G-1" not in told
    client.post(reverse("reporting:circular_publish", args=[circular.pk]))
    client.logout()
    public = text_of(client.get(reverse("reporting:public_circular", args=[circular.pk])))
    assert "用户赵某停电三天。" in public
    assert circular.title in text_of(client.get(reverse("reporting:public_circulars")))
    file = client.get(reverse("reporting:public_circular_file", args=[circular.pk]))
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert circulars_intact() == []


def test_letters_go_to_the_companies_named_with_the_document(as_, officer, lead):
    proven("G-1")
    handler = accounts.member("CSG-GD-ZQ", "company_filer")
    stranger = accounts.member("CSG-GD-FS", "company_filer")
    circular = services.issue(approved(officer, lead, "G-1"), by=lead, now=NOW)
    company = accounts.organisation("CSG-GD-ZQ")
    mail = Letter.objects.get(kind="circular.sent", channel="mail")
    assert mail.to == [company.email]
    assert "南电监〔2018〕1号" in mail.subject
    assert len(mail.attachments) == 2
    for secret in SECRET:
        assert secret not in mail.body
    assert Letter.objects.get(kind="circular.sent", channel="notice").recipient == handler
    page = reverse("reporting:circular", args=[circular.pk])
    assert as_(handler).get(page).status_code == 200
    assert as_(stranger).get(page).status_code == 404
    stored = circular.current_version.pdf
    assert (files.may_open(handler, stored), files.may_open(stranger, stored)) == (True, False)
    edit = reverse("reporting:circular_edit", args=[circular.pk])
    assert as_(handler).post(edit).status_code == 403


def test_a_company_sees_nothing_before_it_is_issued(as_, officer, lead):
    proven("G-1")
    handler = accounts.member("CSG-GD-ZQ", "company_filer")
    circular = approved(officer, lead, "G-1")
    assert as_(handler).get(reverse("reporting:circular", args=[circular.pk])).status_code == 404
    assert circular.title not in text_of(as_(handler).get(reverse("reporting:circulars")))


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ({"intro": "请联系13900005678。"}, "通报缘由"),
        ({"account": "赵某某反映停电。"}, "诉求人"),
        ({"account": "户号0301234567890停电。"}, "户号"),
        ({"demands": "到肇庆市四会市贞山街道光明路8号整改。"}, "用电地址"),
        ({"account": "用户电话138****5544停电。"}, "案例一"),
        ({"intro": "用户住大良街道***。"}, "通报缘由"),
        ({"demands": "答复赵*，恢复供电。"}, "要求"),
        ({"demands": " "}, "请写明要求"),
        ({"account": ""}, "案例一"),
    ],
)
def test_no_particulars_of_a_complainant_are_kept(officer, words, named):
    case = proven("G-1")
    circular = drafted(officer, "G-1")
    given = {"intro": "", "demands": "整改。", **words}
    account = given.pop("account", "用户停电三天。")
    with pytest.raises(Refused, match=named) as refused:
        services.edit(
            circular=circular,
            seen=1,
            accounts={case.pk: account},
            public=True,
            by=officer,
            now=NOW,
            **given,
        )
    for secret in SECRET:
        assert secret not in str(refused.value)
    assert CircularVersion.objects.count() == 1


def test_only_proven_cases_in_sight_are_circulated(as_, officer):
    proven("G-1", outcome="unsubstantiated")
    received(number="G-2", received_at=NOW)
    proven("G-3", organisation="")
    with pytest.raises(Refused) as refused:
        drafted(officer, "G-1", "G-2", "G-3", "G-4")
    for words in ("G-1尚未办结，或者没有认定属实", "G-2尚未", "G-3没有被反映单位", "找不到诉求G-4"):
        assert words in str(refused.value)
    form = {"title": "通报", "numbers": "G-4", "occasion": "x"}
    answer = as_(officer).post(reverse("reporting:circular_draft"), form)
    assert (answer.status_code, "找不到诉求G-4" in text_of(answer)) == (409, True)
    assert Circular.objects.count() == 0


def test_who_made_a_version_cannot_approve_it_and_the_database_agrees(officer, lead):
    proven("G-1")
    circular = drafted(officer, "G-1")
    assert drafted(officer, "G-1") == circular
    services.desk.move(circular, services.workflow.SUBMIT, by=officer, now=NOW)
    with pytest.raises(Refused):
        services.approve(circular, by=officer, now=NOW)
    back = services.send_back(circular, reason="补充要求", by=lead, now=NOW)
    assert back.state == "draft"
    version = circular.current_version
    version.approved_by = officer
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save(update_fields=["approved_by"])
    with pytest.raises(TypeError, match="never changed"):
        version.save()
    kinds = AuditEvent.objects.about(circular).values_list("kind", flat=True)
    assert set(kinds) == {"circular.draft", "circular.submit", "circular.send_back"}


def test_an_internal_circular_is_never_public_and_its_number_is_taken(as_, officer, lead):
    proven("G-1")
    circular = services.issue(approved(officer, lead, "G-1", public=False), by=lead, now=NOW)
    with pytest.raises(Refused, match="只在内部印发"):
        services.publish(circular, by=lead, now=NOW)
    assert (
        as_(lead).get(reverse("reporting:public_circular", args=[circular.pk])).status_code == 404
    )
    assert numbers.is_taken(accounts.organisation("SERC-NF"), "南电监〔2018〕1号")
    with pytest.raises(Refused, match="已印发"):
        services.edit(
            circular=circular,
            seen=1,
            intro="",
            demands="x",
            accounts={},
            public=True,
            by=officer,
            now=NOW,
        )
    with files.open(circular.current_version.docx) as content:
        assert content.read()


def test_only_the_version_that_was_read_is_approved(as_, officer, lead):
    """Taken back, reworded and handed in again while the approver's page stands open."""
    case = proven("G-1")
    circular = drafted(officer, "G-1")
    services.desk.move(circular, services.workflow.SUBMIT, by=officer, now=NOW)
    client = as_(lead)
    read = text_of(client.get(reverse("reporting:circular", args=[circular.pk])))
    assert '<input type="hidden" name="seen" value="1">' in read
    services.desk.move(circular, services.workflow.RECALL, by=officer, now=NOW)
    said = {"intro": "", "demands": "另一种要求。", "accounts": {case.pk: "停电。"}}
    services.edit(circular=circular, seen=1, public=True, by=officer, now=NOW, **said)
    services.desk.move(circular, services.workflow.SUBMIT, by=officer, now=NOW)
    approve = reverse("reporting:circular_approve", args=[circular.pk])
    refused = client.post(approve, {"seen": "1"})
    assert (refused.status_code, "核对之后又有新的版本" in text_of(refused)) == (409, True)
    circular.refresh_from_db()
    assert (circular.state, circular.current_version.approved_by) == ("review", None)
    assert client.post(approve, {"seen": "2"}).status_code == 302


def test_a_case_that_was_reopened_since_is_not_circulated(officer, lead):
    case = proven("G-1")
    circular = approved(officer, lead, "G-1")
    case.state = "handling"
    case.save(update_fields=["state"])
    with pytest.raises(Refused, match="G-1尚未办结"):
        services.issue(circular, by=lead, now=NOW)
    circular.refresh_from_db()
    assert (circular.state, circular.document_number) == ("approved", "")
    # Nor one that is another company's by now: it would be said of the first, and to the first.
    case.state, case.organisation = "closed", accounts.organisation("CSG-GD-FS")
    case.save(update_fields=["state", "organisation"])
    with pytest.raises(Refused, match="G-1的被反映单位已改为佛山供电局"):
        services.issue(circular, by=lead, now=NOW)


def test_what_was_disproved_since_it_was_issued_is_not_published(as_, officer, lead):
    case = proven("G-1")
    circular = services.issue(approved(officer, lead, "G-1"), by=lead, now=NOW)
    case.outcome = "unsubstantiated"
    case.save(update_fields=["outcome"])
    refused = as_(lead).post(reverse("reporting:circular_publish", args=[circular.pk]))
    assert (refused.status_code, "没有认定属实" in text_of(refused)) == (409, True)
    case.outcome = "partly"
    case.save(update_fields=["outcome"])
    assert services.publish(circular, by=lead, now=NOW).state == "published"


def test_a_title_names_no_complainant_either(officer):
    proven("G-1")
    with pytest.raises(Refused, match="标题"):
        drafted(officer, "G-1", title="关于赵某某停电的通报")
    assert Circular.objects.count() == 0


def test_a_report_is_never_circulated(as_, officer, lead):
    """Whom it is about must not learn of it: not chosen, not issued, not published."""
    case = proven("G-1")
    form = {"title": "通报", "numbers": "R-1", "occasion": "x", "public": "on"}
    proven("R-1", nature="report")
    answer = as_(officer).post(reverse("reporting:circular_draft"), form)
    assert (answer.status_code, "诉求R-1是举报" in text_of(answer)) == (409, True)
    assert Circular.objects.count() == 0
    early, late = (
        approved(officer, lead, "G-1", occasion="a"),
        services.issue(approved(officer, lead, "G-1", occasion="b"), by=lead, now=NOW),
    )
    case.nature = "report"
    case.save(update_fields=["nature"])
    client = as_(lead)
    for name, circular in (("issue", early), ("publish", late)):
        door = reverse(f"reporting:circular_{name}", args=[circular.pk])
        refused = client.post(door)
        assert (refused.status_code, "诉求G-1是举报" in text_of(refused)) == (409, True)


def test_the_draft_holds_no_remains_of_what_was_masked(officer):
    """A tail of a telephone or a building tells as much as the whole."""
    phone, home = "13877665544", "佛山市顺德区大良街道凤山路88号3栋502房"
    proven(
        "G-1",
        content=f"诉求人：李桂，电话{phone}，住{home}，邮箱guihua@example.com，停电三天。",
        complainant_name="李桂",
        complainant_phone=phone,
        address=home,
    )
    text = drafted(officer, "G-1").current_version.content["cases"][0]["account"]
    assert text == "诉求人：李某，电话某某，住某某，邮箱某某，停电三天。"


def test_two_who_edit_at_once_do_not_overwrite_each_other(officer):
    proven("G-1")
    circular = drafted(officer, "G-1")
    given = {"intro": "", "accounts": {}, "public": False, "by": officer, "now": NOW}
    services.edit(circular=circular, seen=1, demands="甲", **given)
    with pytest.raises(Conflict):
        services.edit(circular=circular, seen=1, demands="乙", **given)
