"""Pages of organisations, people, roles and delegations, as each role meets them."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import Membership, Organisation, User
from core import clock
from core.models import AuditEvent, Letter
from tests.factories.accounts import PASSWORD, deputy, member, organisation, person

pytestmark = pytest.mark.django_db
PEOPLE = "/people/"


@pytest.fixture
def security(client, catalogues):
    user = member("NEA-ROOT", "security_administrator", name="安全员")
    client.force_login(user)
    return user


@pytest.fixture
def system(client, catalogues):
    user = member("NEA-ROOT", "system_administrator", name="系统员")
    client.force_login(user)
    return user


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


@pytest.mark.clause("S1-2.2a")
def test_the_south_bureaus_page_shows_the_three_provinces_it_is_in_charge_of(
    client, catalogues, kickoff_eve
):
    client.force_login(member("SERC-NF", "regulator_officer"))
    page = client.get("/organisations/SERC-NF/")
    data = page.context["data"]
    assert [rule.region.name for rule in data.charge] == ["广东省", "广西壮族自治区", "海南省"]
    assert "海南省" in text(page)
    for code in ("CSG-GD", "CSG-GX", "CSG-HI", "GXSL"):
        shown = client.get(f"/organisations/{code}/").context["data"]
        assert (shown.regulator.code, shown.copy_to) == ("SERC-NF", None)


@pytest.mark.clause("S1-2.2b")
def test_yunnan_and_guizhou_stand_under_their_offices_with_copies_to_the_south(
    client, catalogues, kickoff_eve
):
    client.force_login(member("SERC-NF", "regulator_officer"))
    south = client.get("/organisations/SERC-NF/").context["data"]
    assert [rule.region.name for rule in south.copies] == ["贵州省", "云南省"]
    for code, office in (("CSG-YN", "SERC-YN"), ("CSG-GZ", "SERC-GZ")):
        shown = client.get(f"/organisations/{code}/").context["data"]
        assert (shown.regulator.code, shown.copy_to.code) == (office, "SERC-NF")


def test_the_tree_shows_what_is_in_sight_and_nothing_else(client, catalogues):
    client.force_login(member("CSG-GD-ZQ", "company_filer"))
    page = client.get("/organisations/")
    codes = [one.code for one in page.context["page"]]
    assert codes == [
        "CSG-GD-ZQ",
        "CSG-GD-ZQ-GY",
        "CSG-GD-ZQ-SH",
        "CSG-GD-ZQ-SH-01",
        "CSG-GD-ZQ-SH-02",
    ]
    assert "云南电网公司" not in text(page)
    assert client.get("/organisations/CSG-YN/").status_code == 404


def test_the_tree_is_searched_by_present_and_former_names(client, system):
    found = client.get("/organisations/", {"q": "四会"}).context["page"]
    assert {one.code for one in found} >= {"CSG-GD-ZQ-SH", "GOV-441284"}
    found = client.get("/organisations/", {"q": "电力监管委员会南方"}).context["page"]
    assert [one.code for one in found] == ["SERC-NF"]


def test_an_organisation_is_founded_renamed_and_moved_by_the_pages(client, system):
    form = {
        "parent": organisation("CSG-GD-ZQ").pk,
        "kind": "county_enterprise",
        "code": "CSG-GD-ZQ-DQ",
        "name": "德庆供电局",
        "short_name": "德庆供电局",
        "region": "441226",
        "founded_on": "2011-01-01",
    }
    response = client.post("/organisations/new/", form)
    assert response.url == "/organisations/CSG-GD-ZQ-DQ/"
    change = {"name": "德庆供电公司", "short_name": "德庆供电公司", "reason": "粤电〔2012〕1号"}
    url = "/organisations/CSG-GD-ZQ-DQ/rename/"
    assert client.post(url, {**change, "valid_from": "2010-01-01"}).status_code == 409
    assert client.post(url, {**change, "valid_from": "2012-01-01"}).status_code == 302
    page = text(client.get("/organisations/CSG-GD-ZQ-DQ/"))
    assert "德庆供电局" in page
    assert "德庆供电公司" in page
    target = {"parent": organisation("CSG-GD").pk, "reason": "调整"}
    assert client.post("/organisations/CSG-GD-ZQ-DQ/move/", target).status_code == 302
    moved = organisation("CSG-GD-ZQ-DQ")
    assert Organisation.objects.get_parent(moved).code == "CSG-GD"


def test_a_merge_by_the_page_leads_to_the_survivor_and_the_old_page_says_so(client, system):
    form = {"into": organisation("GXSL-MS").pk, "on": clock.today(), "reason": "桂水〔2012〕3号"}
    response = client.post("/organisations/GXSL-SL/merge/", form)
    assert response.url == "/organisations/GXSL-MS/"
    assert "并入马山县供电公司" in text(client.get("/organisations/GXSL-SL/"))
    assert client.post("/organisations/GXSL-SL/merge/", form).status_code == 409


@pytest.mark.parametrize("act", ["rename", "merge", "move"])
def test_only_the_system_administrator_changes_organisations(client, catalogues, act):
    for role in ("security_administrator", "audit_administrator", "regulator_lead"):
        client.force_login(member("NEA-ROOT", role))
        assert client.get(f"/organisations/CSG-GD/{act}/").status_code == 403


def test_a_person_is_invited_by_the_page(client, security):
    form = {
        "name": "新来者",
        "username": "xinlai",
        "email": "xinlai@people.example",
        "organisation": organisation("CSG-GX").pk,
        "role": "company_filer",
    }
    response = client.post("/people/invite/", form)
    user = User.objects.get(username="xinlai")
    assert response.url == f"/people/{user.pk}/"
    assert Letter.objects.get(kind="accounts.invitation").to == ["xinlai@people.example"]
    page = text(client.get(response.url))
    assert "xinlai@people.example" not in page
    assert client.post("/people/invite/", form).status_code == 409


def test_people_are_found_and_their_mail_is_masked(client, security):
    member("CSG-GD", "company_filer", name="张三丰", username="zhangsanfeng")
    member("CSG-GX", "company_lead", name="李四光", username="lisiguang")
    rows = client.get(PEOPLE, {"q": "zhang"}).context["rows"]
    assert [user.username for user, _current, _mail in rows] == ["zhangsanfeng"]
    assert "zhangsanfeng@people.example" not in text(client.get(PEOPLE))
    rows = client.get(PEOPLE, {"role": "company_lead"}).context["rows"]
    assert [user.username for user, _current, _mail in rows] == ["lisiguang"]


def test_appointing_by_the_page_refuses_what_may_not_be_combined(client, security):
    user = person("某人")
    url = f"/people/{user.pk}/appoint/"
    today = clock.today()
    filer = {"organisation": organisation("CSG-GD").pk, "role": "company_filer"}
    assert client.post(url, {**filer, "starts_on": today}).status_code == 302
    admin = {"organisation": organisation("NEA-ROOT").pk, "role": "audit_administrator"}
    assert "三权分立" in text(client.post(url, {**admin, "starts_on": today}), 409)
    wrong = {"organisation": organisation("SERC-NF").pk, "role": "company_lead"}
    assert client.post(url, {**wrong, "starts_on": today}).status_code == 409


def test_an_administrator_ends_unlocks_suspends_and_signs_people_out(client, security):
    user = member("CSG-GD", "company_filer", username="filer", password=PASSWORD)
    browser = type(client)()
    browser.post("/accounts/login/", {"login": "filer", "password": PASSWORD})
    assert client.post(f"/people/{user.pk}/sessions/end/").status_code == 302
    assert browser.get("/profile/").status_code == 302
    for _ in range(5):
        browser.post("/accounts/login/", {"login": "filer", "password": "no"})
    assert client.get(f"/people/{user.pk}/").context["locked"]
    assert client.post(f"/people/{user.pk}/unlock/").status_code == 409, "a reason is asked"
    client.post(f"/people/{user.pk}/unlock/", {"reason": "本人来电核实"})
    assert not client.get(f"/people/{user.pk}/").context["locked"]
    client.post(f"/people/{user.pk}/suspend/", {"reason": "调离"})
    answer = browser.post("/accounts/login/", {"login": "filer", "password": PASSWORD})
    assert answer.status_code == 200
    client.post(f"/people/{user.pk}/reinstate/", {"reason": "返岗"})
    client.post(f"/people/memberships/{user.memberships.get().pk}/end/")
    assert Membership.objects.get(user=user).ends_on == clock.today() - timedelta(days=1)


def test_nobody_manages_their_own_account_as_administrator(client, security):
    for act in ("unlock", "suspend", "factor/drop"):
        url = f"/people/{security.pk}/{act}/"
        assert client.post(url, {"reason": "自己"}).status_code == 403
    form = {"organisation": organisation("NEA-ROOT").pk, "role": "regulator_lead"}
    url = f"/people/{security.pk}/appoint/"
    assert client.post(url, {**form, "starts_on": clock.today()}).status_code == 409


def test_an_administrator_of_one_company_does_not_meet_people_of_another(client, catalogues):
    foreign = member("CSG-GX", "company_filer", name="外单位人")
    client.force_login(member("CSG-GD", "security_administrator"))
    assert client.get(f"/people/{foreign.pk}/").status_code == 404
    assert client.post(f"/people/{foreign.pk}/suspend/", {"reason": "x"}).status_code == 404
    assert "外单位人" not in text(client.get(PEOPLE))


def test_a_role_is_handed_to_a_colleague_for_some_days_and_taken_back(client, catalogues):
    lead = member("CSG-GD", "company_lead", name="负责人")
    filer = member("CSG-GD", "company_filer", name="代理的人")
    stranger = member("CSG-GX", "company_filer")
    client.force_login(lead)
    today = clock.today()
    form = {
        "stand": lead.memberships.get().pk,
        "deputy": filer.pk,
        "starts_on": today,
        "ends_on": today + timedelta(days=3),
        "reason": "出差",
    }
    assert client.post("/delegations/", {**form, "deputy": stranger.pk}).status_code == 422
    assert client.post("/delegations/", form).status_code == 302
    assert client.post("/delegations/", form).status_code == 409
    company = organisation("CSG-GD")
    assert User.objects.get(pk=filer.pk).may("filing.certify", company)
    number = filer.delegations_held.get().pk
    client.force_login(stranger)
    assert client.post(f"/delegations/{number}/revoke/").status_code == 404
    client.force_login(filer)
    assert client.post(f"/delegations/{number}/revoke/").status_code == 403
    client.force_login(lead)
    assert client.post(f"/delegations/{number}/revoke/").status_code == 302
    assert not User.objects.get(pk=filer.pk).may("filing.certify", company)


def test_roles_are_explained_by_a_sentence_and_a_matrix(client, catalogues):
    client.force_login(member("CSG-GD", "company_viewer"))
    page = text(client.get("/roles/"))
    assert "对本企业填报内容复核认证并正式报送，审批诉求延期和退单，落实整改。" in page


def test_the_calendar_address_changes_when_it_is_renewed(client, catalogues):
    user = member("CSG-GD", "company_filer")
    client.force_login(user)
    seen = set()
    for _ in range(2):
        client.post(reverse("accounts:renew_calendar"))
        seen.add(User.objects.get(pk=user.pk).calendar_token)
    assert len(seen) == 2
    assert all(len(token) > 40 for token in seen)


def test_a_calendar_can_be_subscribed_to_without_a_session_until_it_is_ended(client, catalogues):
    user = member("CSG-GD", "company_filer")
    client.force_login(user)
    answer = client.post(reverse("accounts:renew_calendar"), follow=True)
    page = text(answer)
    assert "日历订阅地址已生成。" in page
    token = User.objects.get(pk=user.pk).calendar_token
    address = f"{settings.SITE_URL}/calendar/{token}.ics"
    assert address in page
    assert address.startswith("http")
    feed = Client().get(f"/calendar/{token}.ics")
    assert feed.status_code == 200
    assert feed["Content-Type"].startswith("text/calendar")
    page = text(client.post(reverse("accounts:drop_calendar"), follow=True))
    assert token not in page
    assert "生成地址" in page
    assert User.objects.get(pk=user.pk).calendar_token == ""
    assert Client().get(f"/calendar/{token}.ics").status_code == 404
    assert Client().get("/calendar/.ics").status_code == 404
    assert AuditEvent.objects.filter(kind="person.calendar_dropped").exists()


def test_a_delegation_that_ends_too_early_is_named_at_its_date(client, catalogues):
    user = member("CSG-GD", "company_lead")
    other = member("CSG-GD", "company_filer")
    client.force_login(user)
    today = clock.today()
    form = {
        "stand": user.current_memberships[0].pk,
        "deputy": other.pk,
        "starts_on": today.isoformat(),
        "ends_on": (today - timedelta(days=1)).isoformat(),
        "reason": "出差",
    }
    page = text(client.post("/delegations/", form), 422)
    assert "终止日期不能早于起始日期" in page.split('id="id_ends_on_error"')[1][:700]
    assert "出差" in page


def test_ones_language_goes_before_the_browsers(client, catalogues):
    user = member("CSG-GD", "company_filer")
    client.force_login(user)
    client.post(reverse("accounts:choose_language"), {"language": "en"})
    page = client.get("/profile/", headers={"accept-language": "zh-hans"})
    assert '<html lang="en">' in text(page)


def test_the_page_of_the_list_of_organisations_asks_as_many_questions_for_more_rows(
    client, catalogues, django_assert_max_num_queries
):
    client.force_login(member("NEA-ROOT", "regulator_viewer"))
    with django_assert_max_num_queries(15):
        client.get("/organisations/")


def test_deputies_appear_in_the_profile(client, catalogues):
    user = member("CSG-GD", "company_filer")
    deputy(
        user,
        "CSG-GD",
        "company_lead",
        starts_on=date(2011, 11, 1),
        ends_on=date(2099, 1, 1),
    )
    client.force_login(user)
    assert "受托代理" in text(client.get("/profile/"))
