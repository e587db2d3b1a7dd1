"""Paging by key: every row once, in order, forwards and backwards, whatever the cursor says."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.http import QueryDict

from accounts.models import User
from core.paging import keyset

START = datetime(2011, 11, 1, tzinfo=UTC)


@pytest.fixture
def people(db):
    rows = [
        # every two people share one instant, so that the second key must decide
        User(
            username=f"person-{n:02}",
            email=f"p{n}@people.example",
            name=f"第 {n} 人",
            date_joined=START + timedelta(hours=n // 2, microseconds=7),
        )
        for n in range(23)
    ]
    User.objects.bulk_create(rows)
    return User.objects.filter(username__startswith="person-")


def walk(queryset, order, size=5):
    params, seen = QueryDict("kind=a"), []
    for _ in range(20):
        page = keyset(queryset, params, order=order, size=size)
        seen.append([row.username for row in page])
        if not page.next_query:
            break
        params = QueryDict(page.next_query[1:])
        assert params["kind"] == "a"
    return seen, page


@pytest.mark.parametrize("order", [("-date_joined", "-pk"), ("date_joined", "pk"), ("-pk",)])
def test_every_row_is_shown_once_and_in_order(people, order):
    pages, _last = walk(people, order)
    expected = [row.username for row in people.order_by(*order)]
    assert [name for page in pages for name in page] == expected
    assert [len(page) for page in pages] == [5, 5, 5, 5, 3]


def test_the_way_back_shows_the_same_pages(people):
    order = ("-date_joined", "-pk")
    pages, last = walk(people, order)
    page, back = last, []
    while page.previous_query:
        page = keyset(people, QueryDict(page.previous_query[1:]), order=order, size=5)
        back.append([row.username for row in page])
    assert back == pages[-2::-1]


def test_a_row_that_arrives_shifts_nothing(people):
    order = ("-date_joined", "-pk")
    first = keyset(people, QueryDict(), order=order, size=5)
    User.objects.create(
        username="person-new", email="n@people.example", date_joined=START + timedelta(days=9)
    )
    second = keyset(people, QueryDict(first.next_query[1:]), order=order, size=5)
    assert not {row.pk for row in first} & {row.pk for row in second}
    assert second.items[0].username == "person-17"


def forged(*values):
    """A cursor that nobody was given, holding these values."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "%%%",
        "W10",
        "WyJ4IiwieSIsInoiXQ",
        "WyJub3QtYS1kYXRlIiwxXQ",
        forged("2011-11-01T00:00:00+08:00", float("inf")),
        forged("2011-11-01T00:00:00+08:00", float("nan")),
        forged("0001-01-01T00:00:00+08:00", 1),
        forged("9999-12-31T23:59:59-12:00", 1),
    ],
)
def test_a_cursor_that_makes_no_sense_shows_the_first_page(people, cursor):
    params = QueryDict(mutable=True)
    params["after"] = cursor
    page = keyset(people, params, order=("-date_joined", "-pk"), size=5)
    assert page.items[0].username == "person-22"


def test_an_empty_list_has_no_neighbours(people):
    page = keyset(people.none(), QueryDict(), order=("-pk",))
    assert (page.items, page.next_query, page.previous_query) == ([], "", "")
