"""The desk: what do I do now, and do the numbers equal the lists."""

from datetime import timedelta

import pytest

from core import workitems
from core.workitems import WorkItem
from tests.factories import accounts as people


@pytest.fixture
def officer(client, db):
    person = people.person("示例人员")
    client.force_login(person)
    return person


@pytest.fixture
def work(monkeypatch, kickoff_eve):
    """Let the desk find exactly these items."""

    def put(*items):
        monkeypatch.setattr(workitems, "found", lambda user, *, now: list(items))

    return put


def item(group, title, due_at=None, lamp="ok"):
    return WorkItem(group, title, "说明", f"/{title}/", due_at, lamp, "在办")


def test_an_empty_desk_says_so(client, officer, work):
    work()
    page = client.get("/").content.decode()
    assert "没有等您办理的事" in page
    assert "手头没有待办事项" in page


def test_numbers_on_the_desk_equal_the_lists_they_open(client, officer, work, kickoff_eve):
    work(
        item("overdue", "甲", kickoff_eve - timedelta(days=1), "late"),
        item("due_today", "乙", kickoff_eve, "near"),
        item("mine", "丙"),
        item("mine", "丁"),
        item("others", "戊"),
    )
    response = client.get("/")
    numbers = {stat.url: stat.value for stat in response.context["stats"]}
    assert numbers == {
        "?group=overdue": 1,
        "?group=due_today": 1,
        "?group=mine": 2,
        "?group=others": 1,
        "?group=new": 0,
    }
    assert "今天有 4 件事等您" in response.content.decode()
    for url, number in numbers.items():
        opened = client.get(f"/{url}").context["groups"]
        assert sum(len(group["shown"]) for group in opened) == number


def test_items_stand_by_group_and_then_by_deadline(client, officer, work, kickoff_eve):
    late, soon = kickoff_eve + timedelta(days=3), kickoff_eve + timedelta(days=1)
    undated = [
        item("mine", "不急"),
        item("mine", "临期", lamp="near"),
        item("mine", "迟", lamp="late"),
    ]
    work(*undated, item("mine", "后", late), item("mine", "先", soon))
    groups = client.get("/").context["groups"]
    assert [row.title for row in groups[0]["shown"]] == ["先", "后", "迟", "临期", "不急"]


def test_a_long_group_shows_its_first_rows_and_all_of_them_when_opened(client, officer, work):
    work(*(item("mine", f"事{n:02d}") for n in range(13)), item("others", "别人的"))
    page = client.get("/").content.decode()
    assert ('href="/事11/"' in page, 'href="/事12/"' in page) == (True, False)
    assert '<a href="?group=mine">查看全部 13 件</a>' in page
    assert "别人的" in page
    opened = client.get("/?group=mine").content.decode()
    assert 'href="/事12/"' in opened
    assert "查看全部" not in opened


def test_each_row_is_one_click_from_the_act(client, officer, work):
    work(item("mine", "丙"))
    assert 'href="/丙/"' in client.get("/").content.decode()


def test_an_unknown_group_shows_everything(client, officer, work):
    work(item("mine", "丙"))
    assert client.get("/?group=nonsense").context["chosen"] == ""


@pytest.mark.parametrize(
    ("hour", "words"), [(4, "晚上好"), (5, "上午好"), (12, "下午好"), (18, "晚上好")]
)
def test_the_greeting_follows_the_clock_in_beijing(hour, words):
    from datetime import date

    from config.desk import greeting
    from core.clock import at

    assert greeting(at(date(2011, 11, 24), hour)) == words


def test_a_work_item_belongs_to_a_known_group():
    with pytest.raises(ValueError, match="unknown group"):
        item("someday", "己")


def test_strangers_are_led_to_the_sign_in_page(client, db):
    response = client.get("/")
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
