"""The menu shows the doors that a person may open, and where the person stands."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
import redis

from core import audit, clock, counts, navigation
from core.navigation import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(monkeypatch):
    def put(*found):
        monkeypatch.setattr(navigation, "declared", lambda: list(found))

    return put


def person(*permissions, pk=None):
    return SimpleNamespace(can=lambda permission: permission in permissions, pk=pk)


def labels(menu):
    return [item.label for item in menu.items]


def test_entries_without_their_permission_are_left_out(entries):
    entries(
        Entry("工作台", "desk", "home"),
        Entry("审计", "core:search", "eye", "audit.view"),
        Entry("报送", "core:help", "send", ("filing.view", "filing.draft")),
    )
    assert labels(navigation.menu_for(person("filing.draft"), "/")) == ["工作台", "报送"]


def test_an_entry_whose_page_does_not_exist_is_left_out(entries):
    entries(Entry("工作台", "desk", "home"), Entry("将来", "future:page", "home"))
    assert labels(navigation.menu_for(person(), "/")) == ["工作台"]


def test_the_entry_with_the_longest_address_is_the_current_one(entries):
    entries(
        Entry("工作台", "desk", "home"),
        Entry("帮助", "core:help", "help"),
        Entry("查找", "core:search", "search"),
    )
    menu = navigation.menu_for(person(), "/help/keyboard/")
    assert [item.label for item in menu.items if item.current] == ["帮助"]
    assert not any(item.current for item in navigation.menu_for(person(), "/other/").items)


def test_counts_come_from_the_app_and_groups_keep_their_order(entries):
    entries(
        Entry("甲", "desk", "home", group="业务", count=lambda user, *, now: 3),
        Entry("乙", "core:help", "help", group="管理"),
        Entry("丙", "core:search", "search", group="业务"),
    )
    groups = navigation.menu_for(person(pk=1), "/").groups
    assert [(part.title, [item.label for item in part.items]) for part in groups] == [
        ("业务", ["甲", "丙"]),
        ("管理", ["乙"]),
    ]
    assert groups[0].items[0].count == 3


def test_a_long_menu_folds_what_does_not_wait_and_is_not_where_one_stands(entries):
    """Fifteen entries do not fit a window; what is due and where one stands stays in sight."""
    few = [Entry(f"戊{n}", "core:notices", "bell", group="其他") for n in range(11)]
    entries(
        Entry("甲", "desk", "home"),
        Entry("乙", "core:help", "help", group="业务", count=lambda user, *, now: 3),
        Entry("丙", "core:search", "search", group="管理"),
        *few,
    )
    menu = navigation.menu_for(person(pk=1), "/")
    assert not menu.folds
    entries(*navigation.declared(), few[0])
    menu = navigation.menu_for(person(pk=1), "/search/")
    assert menu.folds
    assert {part.title: part.is_open for part in menu.groups} == {
        "": False,
        "业务": True,
        "管理": True,
        "其他": False,
    }


def test_numbers_are_counted_again_when_something_happened_or_time_has_passed(entries):
    asked = []

    def waiting(user, *, now):
        asked.append(user.pk)
        return len(asked)

    def shown(pk=1):
        return navigation.menu_for(person(pk=pk), "/").items[0].count

    entries(Entry("甲", "desk", "home", count=waiting))
    noon = clock.at(date(2011, 11, 24), 12)
    with clock.standing_at(noon):
        assert [shown(), shown(), shown(pk=2), shown()] == [1, 1, 2, 1]
        audit.record("test.done", None, by=None, now=noon)
        assert [shown(), shown()] == [3, 3]
    with clock.standing_at(noon + timedelta(seconds=30)):
        assert [shown(), shown()] == [4, 4]
    assert asked == [1, 2, 1, 1]


def test_without_its_cache_the_menu_still_counts(entries, monkeypatch):
    def broken(*_args):
        raise redis.ConnectionError

    monkeypatch.setattr(counts.cache, "get", broken)
    monkeypatch.setattr(counts.cache, "set", broken)
    entries(Entry("甲", "desk", "home", count=lambda user, *, now: 7))
    assert navigation.menu_for(person(pk=1), "/").items[0].count == 7


def test_the_phone_shows_at_most_four_entries(entries):
    entries(*[Entry(str(n), "desk", "home", phone=True) for n in range(6)])
    assert len(navigation.menu_for(person(), "/").phone) == 4


def test_every_declared_entry_has_an_icon_and_a_known_permission(db):
    from accounts.permissions import Permission
    from core.tags.marks import icon_body

    for entry in navigation.declared():
        assert icon_body(entry.icon)
        wanted = entry.permission or ()
        wanted = wanted if isinstance(wanted, list | tuple | set | frozenset) else (wanted,)
        assert set(map(str, wanted)) <= set(map(str, Permission.values))
