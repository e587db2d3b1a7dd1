"""Doors under their first word are the same doors."""

from django.http import HttpResponse
from django.urls import URLResolver, include, path
from django.urls.resolvers import RegexPattern

from core.routing import by_first_word


def view(request, **keys):
    return HttpResponse(str(keys))


def doors():
    return [
        path("cases/", view, name="cases"),
        path("cases/new/", view, {"kind": "new"}, name="new"),
        path("cases/<int:pk>/", view, name="case"),
        path("cases.xlsx", view, name="export"),
        path("<slug:word>/", view, name="anything"),
        path("cases/<path:rest>/", view, name="rest"),
        path("inner/", include([path("a/", view, name="a")])),
    ]


def root(patterns):
    return URLResolver(RegexPattern(r"^/"), patterns)


def found(patterns, address):
    match = root(patterns).resolve(address)
    return match.view_name, match.kwargs


def test_each_address_finds_the_door_that_it_found_in_the_list():
    addresses = {
        "/cases/": ("cases", {}),
        "/cases/new/": ("new", {"kind": "new"}),
        "/cases/7/": ("case", {"pk": 7}),
        "/cases.xlsx": ("export", {}),
        "/cases/7/files/": ("rest", {"rest": "7/files"}),
        "/other/": ("anything", {"word": "other"}),
        "/inner/a/": ("a", {}),
    }
    for address, door in addresses.items():
        assert found(doors(), address) == door
        assert found(by_first_word(doors()), address) == door, address


def test_each_door_says_the_same_address():
    for patterns in (doors(), by_first_word(doors())):
        asked = root(patterns)
        assert asked.reverse("case", pk=7) == "cases/7/"
        assert asked.reverse("new") == "cases/new/"
        assert asked.reverse("a") == "inner/a/"


def test_the_portal_asks_few_doors_for_an_address():
    from django.urls import get_resolver

    apps = [one for one in get_resolver().url_patterns if isinstance(one, URLResolver)]
    many = [one for one in apps if one.namespace == "reporting"]
    assert len(many) == 1
    assert len(many[0].url_patterns) < 60
