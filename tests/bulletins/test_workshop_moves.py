"""A bulletin's way from the cases to the public: who may, who may not, what stays as it was."""

import json
from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaign import numbers
from complaints.models import Case
from core import clock, files
from core.errors import Conflict, Refused
from core.models import AuditEvent
from core.periods import Period
from reporting import work
from reporting.bulletins import frozen
from reporting.invariants import bulletins_intact
from reporting.models import Bulletin, BulletinVersion, DocumentCounter
from reporting.services import bulletins as services
from tests.bulletins import published
from tests.factories import accounts
from tests.factories import bulletins as factory

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 3, 4, 10, 0, tzinfo=clock.ZONE)
FEBRUARY = Period(date(2022, 2, 1), date(2022, 2, 28))


@pytest.fixture
def office(catalogues):
    organisation = accounts.organisation("SERC-NF")
    records = [
        published.Record("投诉", "12398电话", "电力", "供电服务", place="广东", accepted=True),
        published.Record("咨询", "留言", "电力", "市场准入", place="海南"),
        published.Record("咨询", "留言", "电力", "市场准入", place="广西"),
    ]
    factory.cases(records, organisation=organisation, period=(FEBRUARY.first, FEBRUARY.last))
    return organisation


@pytest.fixture
def officer(office):
    return accounts.member(office, "regulator_officer")


@pytest.fixture
def lead(office):
    return accounts.member(office, "regulator_lead")


def drafted(office, by, **more):
    asked = {"period": FEBRUARY, "style": "classic", "balance": "none", "occasion": "a"} | more
    return services.draft(organisation=office, by=by, now=NOW, **asked)


def issued(office, officer, lead):
    bulletin = drafted(office, officer)
    services.submit(bulletin=bulletin, by=officer, now=NOW)
    services.approve(bulletin=bulletin, by=lead, now=NOW)
    return services.issue(bulletin=bulletin, by=lead, now=NOW)


def test_a_draft_is_counted_once_per_occasion_and_keeps_its_files(office, officer):
    bulletin = drafted(office, officer)
    assert drafted(office, officer) == bulletin
    assert Bulletin.objects.count() == 1
    version = bulletin.current_version
    assert version.value.json()["total"]["count"] == 3
    assert all(files.open(stored).read() for stored in (version.docx, version.pdf, version.xlsx))
    assert bulletin.title == "关于2022年2月12398能源监管热线投诉举报处理情况的通报"


def test_what_is_kept_is_what_was_counted(office, officer):
    content = drafted(office, officer).current_version.content
    assert frozen.freeze(frozen.thaw(json.loads(json.dumps(content)))) == content


def test_figures_stay_until_they_are_counted_again(office, officer):
    bulletin = drafted(office, officer)
    Case.objects.filter(nature="complaint").delete()
    version = services.edit(
        bulletin=bulletin, seen=1, remarks="停电问题较多。", by=officer, now=NOW
    )
    assert version.value.json()["total"]["count"] == 3
    again = services.edit(
        bulletin=bulletin, seen=2, remarks="停电问题较多。", recount=True, by=officer, now=NOW
    )
    assert again.value.json()["total"]["count"] == 2
    assert [v.value.json()["total"]["count"] for v in bulletin.versions.all()] == [3, 3, 2]
    with pytest.raises(TypeError, match="never changed"):
        again.save()


def test_a_changed_balance_counts_again(office, officer):
    bulletin = drafted(office, officer)
    version = services.edit(
        bulletin=bulletin, seen=1, remarks="", balance="largest", by=officer, now=NOW
    )
    assert version.value.json()["nature"]["咨询"]["share_pct"] == "66.67"
    assert version.balance == "largest"


def test_two_who_edit_at_once_do_not_overwrite_each_other(office, officer):
    bulletin = drafted(office, officer)
    services.edit(bulletin=bulletin, seen=1, remarks="甲", by=officer, now=NOW)
    with pytest.raises(Conflict):
        services.edit(bulletin=bulletin, seen=1, remarks="乙", by=officer, now=NOW)


def test_who_made_a_version_cannot_approve_it(office, officer, lead):
    bulletin = drafted(office, officer)
    services.submit(bulletin=bulletin, by=officer, now=NOW)
    with pytest.raises(Refused, match="权限的人员办理"):
        services.approve(bulletin=bulletin, by=officer, now=NOW)
    both = accounts.member(office, "regulator_officer", name="两职")
    accounts.services.appoint(
        user=both, organisation=office, role="regulator_lead", by=None, now=NOW
    )
    both = type(both).objects.get(pk=both.pk)
    services.recall(bulletin=bulletin, by=officer, now=NOW)
    services.edit(bulletin=bulletin, seen=1, remarks="改", by=both, now=NOW)
    services.submit(bulletin=bulletin, by=officer, now=NOW)
    with pytest.raises(Refused, match="不能审批自己编制的通报"):
        services.approve(bulletin=bulletin, by=both, now=NOW)
    assert services.approve(bulletin=bulletin, by=lead, now=NOW).state == "approved"


def test_the_database_itself_keeps_four_eyes(office, officer):
    version = drafted(office, officer).current_version
    version.approved_by = officer
    with pytest.raises(IntegrityError), transaction.atomic():
        version.save(update_fields=["approved_by"])


def test_an_issued_bulletin_has_the_next_number_and_is_closed(office, officer, lead):
    DocumentCounter.objects.create(organisation=office, year=2022, last=6)
    bulletin = issued(office, officer, lead)
    assert bulletin.document_number == "南电监〔2022〕7号"
    assert DocumentCounter.objects.get(organisation=office, year=2022).last == 7
    assert numbers.is_taken(office, "南电监〔2022〕7号")
    assert not numbers.is_taken(office, "南电监〔2022〕8号")
    with pytest.raises(Refused, match="已印发"):
        services.edit(bulletin=bulletin, seen=1, remarks="", by=officer, now=NOW)
    kinds = AuditEvent.objects.about(bulletin).values_list("kind", flat=True)
    assert set(kinds) == {f"bulletin.{k}" for k in ("draft", "submit", "approve", "issue")}


def test_only_an_issued_bulletin_is_published_and_by_whoever_approves(office, officer, lead):
    bulletin = drafted(office, officer)
    with pytest.raises(Refused):
        services.publish(bulletin=bulletin, by=lead, now=NOW)
    services.submit(bulletin=bulletin, by=officer, now=NOW)
    services.approve(bulletin=bulletin, by=lead, now=NOW)
    services.issue(bulletin=bulletin, by=lead, now=NOW)
    with pytest.raises(Refused):
        services.publish(bulletin=bulletin, by=officer, now=NOW)
    services.publish(bulletin=bulletin, by=lead, now=NOW)
    assert list(Bulletin.objects.published()) == [bulletin]


def test_a_returned_bulletin_needs_a_reason(office, officer, lead):
    bulletin = drafted(office, officer)
    services.submit(bulletin=bulletin, by=officer, now=NOW)
    with pytest.raises(Refused, match="退回理由"):
        services.send_back(bulletin=bulletin, reason=" ", by=lead, now=NOW)
    services.send_back(bulletin=bulletin, reason="请核对", by=lead, now=NOW)
    bulletin.refresh_from_db()
    assert bulletin.state == "draft"


def test_a_reason_too_long_to_keep_is_refused_and_never_cut(office, officer, lead, client):
    bulletin = drafted(office, officer)
    services.submit(bulletin=bulletin, by=officer, now=NOW)
    client.force_login(lead)
    address = reverse("reporting:bulletin_send_back", args=[bulletin.pk])
    answer = client.post(address, {"reason": "改" * 501})
    assert answer.status_code == 409
    assert "不能超过500个字，现有501个字" in answer.content.decode()
    # A line break is one character, though browsers send two.
    whole = "改" * 498 + "\r\n" + "完"
    assert client.post(address, {"reason": whole}).status_code == 302
    event = AuditEvent.objects.about(bulletin).get(kind="bulletin.send_back")
    assert event.reason == "改" * 498 + "\n完"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"style": "2025"}, "不适用于2022年2月"),
        ({"style": "1999"}, "没有“1999”样式"),
        ({"period": Period(date(2022, 3, 1), date(2022, 3, 31))}, "还没有结束"),
    ],
)
def test_what_cannot_be_drafted_is_refused(office, officer, more, reason):
    with pytest.raises(Refused, match=reason):
        drafted(office, officer, **more)


def test_companies_and_other_offices_neither_draft_nor_see_a_draft(office, officer, lead):
    bulletin = drafted(office, officer)
    elsewhere = accounts.member("SERC-YN", "regulator_officer")
    company = accounts.member("CSG-GD", "company_lead")
    for person in (elsewhere, company):
        with pytest.raises(Refused):
            drafted(office, person, occasion="b")
        assert not Bulletin.objects.visible_to(person).exists()
    above = accounts.member("NEA-ROOT", "regulator_lead")
    assert not Bulletin.objects.visible_to(above).exists()
    services.submit(bulletin=bulletin, by=officer, now=NOW)
    services.approve(bulletin=bulletin, by=lead, now=NOW)
    services.issue(bulletin=bulletin, by=lead, now=NOW)
    assert Bulletin.objects.visible_to(above).get() == bulletin
    version = bulletin.current_version
    version.refresh_from_db()
    assert files.may_open(above, version.pdf)
    assert not files.may_open(company, version.pdf)


def test_words_with_personal_data_are_refused(office, officer):
    bulletin = drafted(office, officer)
    with pytest.raises(Refused, match="个人信息"):
        services.edit(bulletin=bulletin, seen=1, remarks="请联系13812345678", by=officer, now=NOW)


def test_the_desk_shows_who_waits_and_verify_finds_what_was_tampered_with(office, officer, lead):
    bulletin = drafted(office, officer)
    services.submit(bulletin=bulletin, by=officer, now=NOW)
    assert [item.title for item in work.items(lead, now=NOW)] == [bulletin.title]
    assert bulletins_intact() == []
    BulletinVersion.objects.update(digest="0" * 64)
    assert len(bulletins_intact()) == 1
    services.approve(bulletin=bulletin, by=lead, now=NOW)
    services.issue(bulletin=bulletin, by=lead, now=NOW)
    BulletinVersion.objects.update(approved_by=None)
    assert any("没有另一人审批" in problem for problem in bulletins_intact())
