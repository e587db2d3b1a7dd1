"""The shell around every page, and the pages that everybody has."""

import pytest
from django.urls import reverse

from accounts.models import User


@pytest.fixture
def person(db):
    return User.objects.create_user("demo-person", name="监管专员")


@pytest.fixture
def signed_in(client, person):
    client.force_login(person)
    return client


@pytest.mark.parametrize("path", ["/", "/gallery/", "/help/", "/help/keyboard/", "/search/?q=广东"])
def test_every_page_of_the_shell_opens(signed_in, path):
    response = signed_in.get(path)
    assert response.status_code == 200
    assert "居民用电服务监管平台" in response.content.decode()


@pytest.mark.parametrize("name", ["desk", "deadlines", "notices", "search", "keyboard"])
def test_each_help_topic_opens(signed_in, name):
    assert signed_in.get(reverse("core:help_page", args=[name])).status_code == 200


def test_a_page_that_does_not_exist_says_what_to_do(signed_in):
    response = signed_in.get("/no-such-page/")
    assert response.status_code == 404
    assert "没有找到这一页" in response.content.decode()
    assert "回到工作台" in response.content.decode()


@pytest.mark.django_db
def test_a_stranger_on_a_page_that_does_not_exist_is_led_to_what_is_open_to_all(client):
    page = client.get("/no-such-page/").content.decode()
    assert 'href="/public/"' in page
    assert "工作台" not in page


def test_the_banner_shows_a_clock_that_was_moved(signed_in, kickoff_eve):
    assert "2011-11-24 09:30" in signed_in.get("/").content.decode()


def test_the_language_can_be_changed_and_is_kept(signed_in, person):
    response = signed_in.post("/language/", {"language": "en", "next": "/help/"})
    assert response["Location"] == "/help/"
    assert response.cookies["django_language"].value == "en"
    person.refresh_from_db()
    assert person.language == "en"


@pytest.mark.parametrize(
    "target", ["nowhere", "core:nothing", "a b", "//example.org", "javascript:x"]
)
def test_the_language_switch_answers_a_strange_address_with_the_desk(client, db, target):
    response = client.post("/language/", {"language": "en", "next": target})
    assert response["Location"] == "/"


@pytest.mark.parametrize(
    "path", ["/search/?q=%00", "/organisations/?a%00=1", "/accounts/link/%00/"]
)
def test_a_nul_character_is_a_bad_request(signed_in, path):
    assert signed_in.get(path).status_code == 400


def test_a_nul_character_in_a_form_is_a_bad_request(signed_in, person):
    assert signed_in.post("/language/", {"language": "e\x00n"}).status_code == 400
    assert signed_in.post("/language/", {"language": "en"}).status_code == 302


def test_the_language_switch_sends_nobody_to_another_host(signed_in):
    response = signed_in.post("/language/", {"language": "en", "next": "https://example.org/"})
    assert response["Location"] == "/"
