"""The search page asks every app, within the person's sight."""

import pytest

from core import search
from core.search import Result
from tests.factories import accounts as people


@pytest.fixture
def finders(monkeypatch):
    monkeypatch.setattr(search, "_finders", {})


@pytest.fixture
def me(client, db):
    person = people.person("本人")
    client.force_login(person)
    return person


def test_results_stand_by_kind_with_their_number(client, me, finders):
    search.register("duties", lambda user, q: [Result(f"任务 {q}", "/a/")], label="任务")
    search.register("none", lambda user, q: [])
    response = client.get("/search/", {"q": " 广东 "})
    assert response.context["total"] == 1
    assert "任务 广东" in response.content.decode()


def test_the_finder_knows_who_asks(client, me, finders):
    search.register("own", lambda user, q: [Result(user.name, "/a/")])
    assert "本人" in client.get("/search/?q=x").content.decode()


def test_each_kind_is_cut_off(client, me, finders):
    search.register("many", lambda user, q: (Result(str(n), "/") for n in range(100)))
    assert client.get("/search/?q=x").context["total"] == search.PER_KIND


def test_nothing_found_says_so_and_nothing_asked_finds_nothing(client, me, finders):
    search.register("all", lambda user, q: [Result("x", "/")])
    assert client.get("/search/").context["total"] == 0
    search.register("all", lambda user, q: [])
    assert "没有找到" in client.get("/search/?q=y").content.decode()


def test_words_of_a_stranger_are_shown_as_words(client, me, finders):
    page = client.get("/search/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


@pytest.mark.django_db
def test_the_search_above_holds_what_was_searched_and_no_words_of_a_page(client, catalogues):
    client.force_login(people.member("SERC-NF", "regulator_officer"))
    above = 'name="q" value="%s"'
    assert above % "广东" in client.get("/search/?q=广东").content.decode()
    assert above % "" in client.get("/cases/sync/?state=dead").content.decode()
