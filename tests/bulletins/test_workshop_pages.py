"""The bulletin workshop in the browser's words: forms, refusals, files, and the public page."""

from datetime import date, datetime

import pytest
from django.urls import reverse

from core import clock
from reporting.models import Bulletin
from reporting.queries.bulletins import waiting_for
from tests.bulletins import published
from tests.factories import accounts
from tests.factories import bulletins as factory

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 3, 4, 10, 0, tzinfo=clock.ZONE)
ASKED = {"first_day": "2022-02-01", "last_day": "2022-02-28", "style": "classic"}
ASKED |= {"balance": "none", "occasion": "abc"}


@pytest.fixture
def office(catalogues):
    organisation = accounts.organisation("SERC-NF")
    records = [
        published.Record("投诉", "12398电话", "电力", "供电服务", place="广东", accepted=True),
        published.Record("咨询", "留言", "电力", "市场准入", place="海南"),
        published.Record("咨询", "留言", "电力", "市场准入", place="广西"),
    ]
    factory.cases(records, organisation=organisation, period=(date(2022, 2, 1), date(2022, 2, 28)))
    with clock.standing_at(NOW):
        yield organisation


@pytest.fixture
def officer(office, client):
    person = accounts.member(office, "regulator_officer")
    client.force_login(person)
    return person


def act(client, bulletin, name, **data):
    return client.post(reverse(f"reporting:bulletin_{name}", args=[bulletin.pk]), data)


def drafted(client):
    answer = client.post(reverse("reporting:bulletin_draft"), ASKED)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return Bulletin.objects.get()


def issued(client, office, officer):
    bulletin = drafted(client)
    act(client, bulletin, "submit")
    client.force_login(accounts.member(office, "regulator_lead"))
    act(client, bulletin, "approve")
    act(client, bulletin, "issue")
    bulletin.refresh_from_db()
    return bulletin


@pytest.mark.clause("S1-3.3.5(3)d")
def test_an_office_counts_a_bulletin_and_issues_it(client, office, officer):
    bulletin = drafted(client)
    page = client.get(reverse("reporting:bulletin", args=[bulletin.pk])).content.decode()
    assert "共收到有效信息3件" in page
    assert "咨询2件，占有效信息的66.67%" in page
    assert "单位：件" in page
    assert issued(client, office, officer).document_number == "南电监〔2022〕1号"


@pytest.mark.clause("S1-3.3.5(3)d")
@pytest.mark.parametrize(
    ("first_day", "last_day", "words"),
    [
        ("2022-01-01", "2022-03-31", "2022年一季度"),
        ("2022-01-01", "2022-12-31", "2022年"),
    ],
)
def test_a_quarter_and_a_year_have_their_bulletin_too(client, officer, first_day, last_day, words):
    with clock.standing_at(datetime(2023, 1, 4, 10, 0, tzinfo=clock.ZONE)):
        asked = ASKED | {"first_day": first_day, "last_day": last_day}
        answer = client.post(reverse("reporting:bulletin_draft"), asked)
        assert answer.status_code == 302, answer.content.decode()[:2000]
        page = client.get(answer.url).content.decode()
    assert words in Bulletin.objects.get().title
    assert "共收到有效信息3件" in page
    # Two of three.
    assert "66.67%" in page
    assert "<table" in page


@pytest.mark.clause("S1-2.2.2d")
def test_the_figures_come_as_json_of_the_contract(client, office, officer):
    bulletin = drafted(client)
    mine = client.get(reverse("reporting:bulletin_json", args=[bulletin.pk])).json()
    assert mine["nature"]["咨询"] == {"count": 2, "share_pct": "66.67"}
    assert mine["channel"]["留言"]["count"] == 2
    assert mine["industry"]["电力"]["count"] == 3
    assert mine["business"]["市场准入"]["count"] == 2
    assert mine["rankings"][0]["order"] == ["广东"]


def test_the_form_asks_for_the_month_that_is_over(client, officer):
    page = client.get(reverse("reporting:bulletins")).content.decode()
    assert 'value="2022-02-01"' in page
    assert 'value="2022-02-28"' in page
    assert '<option value="classic" selected>' in page


def test_a_wrong_form_says_what_is_wrong(client, officer):
    answer = client.post(reverse("reporting:bulletin_draft"), ASKED | {"last_day": "2022-01-01"})
    assert answer.status_code == 422
    assert "截止日期不能早于起始日期" in answer.content.decode()
    assert not Bulletin.objects.exists()


def test_a_style_outside_its_time_is_refused_with_the_reason(client, officer):
    answer = client.post(reverse("reporting:bulletin_draft"), ASKED | {"style": "2025"})
    assert answer.status_code == 409
    assert "不适用于2022年2月" in answer.content.decode()


def test_words_are_kept_as_a_new_version_and_balancing_is_shown(client, officer):
    bulletin = drafted(client)
    act(client, bulletin, "edit", seen="1", remarks="<b>停电</b>较多。", balance="none")
    page = client.get(reverse("reporting:bulletin", args=[bulletin.pk])).content.decode()
    assert "&lt;b&gt;停电&lt;/b&gt;较多。" in page
    assert "第 2 版" in page
    assert act(client, bulletin, "edit", seen="1", remarks="旧", balance="none").status_code == 409


def test_a_closed_act_shows_its_reason(client, office, officer):
    bulletin = drafted(client)
    act(client, bulletin, "submit")
    page = client.get(reverse("reporting:bulletin", args=[bulletin.pk])).content.decode()
    assert "“审批通过”由" in page
    assert act(client, bulletin, "submit").status_code == 409


@pytest.mark.clause("S1-3.3.5(3)d")
def test_the_public_sees_published_bulletins_only(client, office, officer):
    bulletin = issued(client, office, officer)
    addresses = [
        reverse("reporting:public_bulletin", args=[bulletin.pk]),
        reverse("reporting:public_bulletin_file", args=[bulletin.pk]),
    ]
    client.logout()
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    listed = client.get(reverse("reporting:public_bulletins")).content.decode()
    assert bulletin.title not in listed
    client.force_login(accounts.member(office, "regulator_lead", name="二"))
    act(client, bulletin, "publish")
    client.logout()
    assert bulletin.title in client.get(reverse("reporting:public_bulletins")).content.decode()
    page = client.get(addresses[0]).content.decode()
    assert "共收到有效信息3件" in page
    assert "regulator_officer" not in page
    content = b"".join(client.get(addresses[1]).streaming_content)
    assert content.startswith(b"%PDF")


def test_what_was_wrong_is_put_right_by_a_bulletin_that_names_the_first(client, office, officer):
    first = issued(client, office, officer)
    lead = accounts.member(office, "regulator_lead", name="二")
    client.force_login(lead)
    act(client, first, "publish")
    before = first.current_version.pdf.sha256
    client.force_login(officer)
    given = {"note": "原通报漏列一件投诉。", "occasion": "c1", "recount": "1"}
    record = published.Record("投诉", "留言", "电力", "供电服务", place="广东", accepted=True)
    factory.cases([record], organisation=office, period=(date(2022, 2, 1), date(2022, 2, 28)))
    answer = act(client, first, "correct", **given)
    assert act(client, first, "correct", **given).url == answer.url
    second = Bulletin.objects.get(corrects=first)
    assert (second.state, second.title) == ("draft", f"{first.title}（更正）")
    page = client.get(answer.url).content.decode()
    assert "更正说明：本通报更正南电监〔2022〕1号。原通报漏列一件投诉。" in page
    assert "共收到有效信息4件" in page
    # The first one is as it was, and says inside where it is put right; not yet to the public.
    inside = client.get(reverse("reporting:bulletin", args=[first.pk])).content.decode()
    assert "本通报已有更正" in inside
    assert "共收到有效信息3件" in inside
    first.refresh_from_db()
    assert first.current_version.pdf.sha256 == before
    public = reverse("reporting:public_bulletin", args=[first.pk])
    assert "本通报已有更正" not in client.get(public).content.decode()
    act(client, second, "submit")
    client.force_login(lead)
    for name in ("approve", "issue"):
        assert act(client, second, name).status_code == 302
    # From its number on everybody may know that there is one, and no word of it.
    told = client.get(public).content.decode()
    assert "印发（南电监〔2022〕2号），尚未公开" in told
    assert second.title not in told
    assert act(client, second, "publish").status_code == 302
    assert second.title in client.get(public).content.decode()


def test_a_correction_says_what_is_wrong_and_comes_after_the_number(client, office, officer):
    bulletin = drafted(client)
    early = act(client, bulletin, "correct", note="错了", occasion="c")
    assert early.status_code == 409
    assert "不能“更正”" in early.content.decode()
    bulletin = Bulletin.objects.get()
    act(client, bulletin, "submit")
    client.force_login(accounts.member(office, "regulator_lead"))
    act(client, bulletin, "approve")
    act(client, bulletin, "issue")
    assert act(client, bulletin, "correct", note="错了", occasion="c").status_code == 403
    client.force_login(officer)
    for note, why in (
        (" ", "请写明更正内容和原因"),
        ("错" * 1001, "不能超过1000个字"),
        ("请联系13812345678核对", "个人信息"),
    ):
        answer = act(client, bulletin, "correct", note=note, occasion="c")
        assert answer.status_code == 409
        assert why in answer.content.decode()
    assert Bulletin.objects.count() == 1


def test_others_find_no_draft_and_no_door(client, office, officer):
    bulletin = drafted(client)
    client.force_login(accounts.member("SERC-YN", "regulator_officer"))
    assert client.get(reverse("reporting:bulletin", args=[bulletin.pk])).status_code == 404
    client.force_login(accounts.member("CSG-GD", "company_lead"))
    assert client.get(reverse("reporting:bulletins")).status_code == 403


def test_the_menu_counts_what_waits_for_a_second_person(client, office, officer):
    bulletin = drafted(client)
    act(client, bulletin, "submit")
    lead = accounts.member(office, "regulator_lead")
    client.force_login(lead)
    page = client.get(reverse("reporting:bulletins")).content.decode()
    assert bulletin.title in page
    assert list(waiting_for(lead)) == [bulletin]
    assert list(waiting_for(officer)) == []
