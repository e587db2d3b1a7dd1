"""A published bulletin is read and its own mistakes are named, and nothing else."""

import random

import pytest

from reporting.bulletins import checking
from tests.bulletins import published, random_bulletins
from tests.bulletins.test_published import built


def found(bulletin):
    return {(one.kind, one.path, one.published, one.recomputed) for one in checking.check(bulletin)}


def listed(bulletin):
    """The mistakes that the file lists, in the checker's words."""
    return {
        ("share", one["path"], one["published"], one["recomputed"])
        if one["kind"] == "share"
        else ("change", one["path"], one["published"], one["recomputed"])
        if one["kind"] == "change"
        else (one["kind"], one["dimension"], str(one["published_total"]), str(one["recomputed"]))
        for one in bulletin["published_inconsistencies"]
    }


# More than the file lists: it only notes that 52 were accepted although 49 + 2 = 51 came in.
NOTED = {"neb-2017-08": {("part_exceeds_whole", "accepted", "52", "51")}}


@pytest.mark.parametrize("name", published.IDS)
def test_the_mistakes_of_the_published_bulletins_are_named(name):
    bulletin = published.load(name)
    assert found(bulletin) == listed(bulletin) | NOTED.get(name, set())


def test_printing_customs_are_told_from_slips():
    customs = {
        (one.path, one.explained)
        for name in published.IDS
        for one in checking.check(published.load(name))
        if one.kind == "share"
    }
    assert customs == {
        ("nature.咨询", "largest"),
        ("industry.电力", "largest"),
        ("target.供电企业", "sum_of_children"),
        ("industry.其他", "last"),
        # Slips: neither the last nor the largest part bears the rest.
        ("target.承装修试企业", ""),
        ("target.供电企业.南方电网公司", ""),
    }


@pytest.mark.parametrize("style", random_bulletins.STYLES)
def test_a_bulletin_that_is_right_is_left_alone(style):
    for seed in range(150):
        right = random_bulletins.bulletin(random.Random(f"{style}{seed}"), style)
        slips = [one for one in checking.check(right) if not one.explained]
        assert slips == [], seed


@pytest.mark.parametrize("style", random_bulletins.STYLES)
def test_a_planted_mistake_is_named_with_its_place(style):
    for seed in range(250):
        rng = random.Random(f"planted {style}{seed}")
        right = random_bulletins.bulletin(rng, style)
        wrong, kind, path = random_bulletins.planted(rng, right)
        named = {(one.kind, one.path) for one in checking.check(wrong)}
        assert (kind, path) in named, (seed, kind, path, named)


def test_a_change_that_its_own_differences_deny_is_named():
    """As in October 2012: 0.01 % was printed, the differences give 0.04 %."""
    stated = [
        {"path": "total", "count": 2501, "mom": {"word": "增长", "pct": "0.01"}},
        {"path": "nature.投诉", "count": 300, "delta_vs_previous_period": 11},
        {"path": "nature.咨询", "count": 2201, "delta_vs_previous_period": -10},
    ]
    named = checking.check({"stated": stated})
    assert [(one.kind, one.path) for one in named] == [("change", "total.mom")]
    stated[0]["mom"]["pct"] = "0.04"
    assert checking.check({"stated": stated}) == []


def test_bases_that_do_not_add_up_are_named():
    """As in June 2024: the parts had 504 and 73, the total 576."""
    stated = [
        {"path": "total", "count": 600, "mom": {"word": "增长", "pct": "4.17"}},
        {"path": "nature.投诉", "count": 520, "mom": {"word": "增长", "pct": "3.17"}},
        {"path": "nature.举报", "count": 80, "mom": {"word": "增长", "pct": "9.59"}},
    ]
    named = checking.check({"stated": stated})
    assert [(one.kind, one.path) for one in named] == [("change", "total.mom")]


def test_a_list_of_some_parts_is_no_mistake():
    stated = [
        {"path": "total", "count": 100},
        {"path": "target.发电企业", "count": 10, "share_pct": "10.00", "share_of": "total"},
        {"path": "target.电力交易机构", "count": 5, "share_pct": "5.00", "share_of": "total"},
        {"path": "channel.12398电话", "count": 60},
    ]
    assert checking.check({"stated": stated}) == []


@pytest.mark.parametrize("name", published.IDS)
def test_what_the_portal_builds_itself_is_right_but_for_named_customs(name):
    _bulletin, mine = built(name)
    conflicts = {c["path"] for c in mine["conflicts"] if c["kind"] == "share"}
    named = checking.check(checking.stored_form(mine))
    assert {one.path for one in named if one.explained} <= conflicts
    assert [one for one in named if not one.explained] == []
