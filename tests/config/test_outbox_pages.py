"""The review of letters: what needs a person comes first, texts are opened for a reason."""

from datetime import datetime, timedelta

import pytest

from config import letter_words
from core import clock, outbox
from core.models import AuditEvent, Letter
from tests.factories import accounts as people

NOW = datetime(2011, 11, 24, 9, 30, tzinfo=clock.ZONE)
SECRET = "王某某 诉求内容"


@pytest.fixture
def national(catalogues):
    from accounts.models import Organisation

    return Organisation.objects.get(kind="national_regulator")


@pytest.fixture
def administrator(client, national):
    user = people.member(national, "system_administrator")
    # What the appointment itself posted is not what these tests count.
    Letter.objects.all().delete()
    client.force_login(user)
    return user


def parked(key="k", *, state="parked", organisation="", **changes):
    given = {"to": "person@grid.example", "subject": "补正通知", "body": SECRET, "now": NOW}
    letter = outbox.post(
        key=key,
        channel="mail",
        kind="filing.returned",
        organisation=organisation,
        **(given | changes),
    )
    Letter.objects.filter(pk=letter.pk).update(state=state, error="邮件服务器拒收（550）。")
    letter.refresh_from_db()
    return letter


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_what_needs_a_person_comes_first_and_the_counts_are_those_of_the_lists(
    client, administrator
):
    parked("a", subject="退回一")
    parked("b", subject="结果不明二", state="unknown")
    outbox.post(key="c", channel="mail", kind="x", to="a@grid.example", subject="待发三", now=NOW)
    page = text(client.get("/outbox/"))
    assert "退回一" in page
    assert "结果不明二" in page
    assert "待发三" not in page
    assert "邮件服务器拒收（550）。" in page
    assert "person@grid.example" not in page
    assert "p***@grid.example" in page
    assert client.get("/outbox/").context["total"] == 2
    assert client.get("/outbox/?state=all").context["total"] == 3
    waiting = text(client.get("/outbox/?state=waiting"))
    assert "待发三" in waiting


def test_letters_are_found_by_channel_kind_words_address_and_day(client, administrator):
    parked("a", subject="补正通知")
    parked("b", subject="受理通知", to="other@grid.example", now=NOW + timedelta(days=2))

    def found(query):
        return [row["letter"].key for row in client.get(f"/outbox/?{query}").context["rows"]]

    assert found("words=受理") == ["b"]
    assert found("words=person@grid.example") == ["a"]
    assert found("words=person@grid") == []
    assert found("channel=notice&state=all") == []
    assert found("kind=filing") == ["b", "a"]
    assert found("kind=case") == []
    assert found("kind=file") == ["b", "a"], "what is no choice is left out"
    assert found("until=2011-11-24") == ["a"]
    assert found("since=2011-11-25") == ["b"]
    assert found("since=rubbish&channel=rubbish") == ["b", "a"]


def test_the_text_is_opened_for_a_reason_that_is_recorded(client, administrator):
    letter = parked(organisation="GD")
    assert SECRET not in text(client.get(f"/outbox/{letter.pk}/"))
    refused = client.post(f"/outbox/{letter.pk}/text/", {"reason": " "})
    assert refused.status_code == 422
    assert SECRET not in refused.content.decode()
    assert not AuditEvent.objects.filter(kind="letter.read").exists()
    opened = text(client.post(f"/outbox/{letter.pk}/text/", {"reason": "用户来电查询"}))
    assert SECRET in opened
    assert "person@grid.example" in opened
    event = AuditEvent.objects.get(kind="letter.read")
    assert (event.reason, event.actor, event.organisation) == (
        "用户来电查询",
        administrator.username,
        "GD",
    )
    assert event.place == "127.0.0.1"


def test_a_parked_letter_is_released_and_goes_out_with_its_old_number(
    client, administrator, mailoutbox
):
    letter = parked()
    assert client.post(f"/outbox/{letter.pk}/release/").status_code == 302
    outbox.run_due(now=clock.now())
    assert [message.extra_headers["Message-ID"] for message in mailoutbox] == [letter.message_id]
    assert AuditEvent.objects.filter(kind="letter.release", target_id=str(letter.pk)).exists()
    again = client.post(f"/outbox/{letter.pk}/release/")
    assert again.status_code == 409


@pytest.mark.parametrize(("move", "state"), [("settle", "sent"), ("drop", "dropped")])
def test_a_letter_is_settled_or_given_up_with_a_reason_only(client, administrator, move, state):
    letter = parked(state="unknown")
    assert client.post(f"/outbox/{letter.pk}/{move}/").status_code == 409
    assert client.post(f"/outbox/{letter.pk}/{move}/", {"reason": "电话核实"}).status_code == 302
    letter.refresh_from_db()
    assert letter.state == state
    assert AuditEvent.objects.get(kind=f"letter.{move}").reason == "电话核实"


def test_an_administrator_below_sees_the_letters_of_organisations_in_sight_only(client, national):
    from accounts.models import Organisation

    companies = Organisation.objects.filter(kind="provincial_company").order_by("code")
    own, other = companies[0], companies[1]
    client.force_login(people.member(own, "system_administrator"))
    mine = parked("mine", organisation=own, subject="本单位信件")
    foreign = parked("foreign", organisation=other, subject="别家信件")
    nobodys = parked("nobodys", subject="无主信件")
    page = text(client.get("/outbox/"))
    assert "本单位信件" in page
    assert "别家信件" not in page
    assert "无主信件" not in page
    assert client.get(f"/outbox/{mine.pk}/").status_code == 200
    for letter in (foreign, nobodys):
        assert client.get(f"/outbox/{letter.pk}/").status_code == 404
        for act in ("text", "release", "settle", "drop"):
            answer = client.post(f"/outbox/{letter.pk}/{act}/", {"reason": "x"})
            assert answer.status_code == 404


@pytest.mark.parametrize(
    "role", ["regulator_lead", "security_administrator", "audit_administrator"]
)
def test_the_door_is_closed_to_other_roles(client, national, role):
    letter = parked()
    client.force_login(people.member(national, role))
    assert client.get("/outbox/").status_code == 403
    assert client.get(f"/outbox/{letter.pk}/").status_code == 403
    assert client.post(f"/outbox/{letter.pk}/release/").status_code == 403


def test_the_number_of_queries_does_not_grow_with_the_letters(
    client, administrator, django_assert_max_num_queries
):
    for number in range(30):
        parked(f"k{number}")
    with django_assert_max_num_queries(16):
        client.get("/outbox/")


def test_the_desk_tells_the_administrator_of_letters_that_wait(client, administrator):
    assert "封信件等待处置" not in text(client.get("/"))
    parked("a")
    parked("b", state="unknown")
    page = text(client.get("/"))
    assert "2 封信件等待处置" in page
    assert client.get("/outbox/?state=attention").context["total"] == 2


def test_what_letters_are_about_stands_in_words_and_every_job_has_one(client, administrator):
    parked("a", subject="补正通知")
    page = text(client.get("/outbox/"))
    assert "报送材料" in page
    assert "filing.returned" not in page
    assert "filing.returned" in text(client.get(f"/outbox/{Letter.objects.get().pk}/"))
    assert {letter_words.group(name) for name in outbox.job_names()} <= set(letter_words.GROUPS)
