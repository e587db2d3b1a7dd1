"""Number rules of whole bulletins, built from random cells and recomputed with fractions."""

from collections import Counter
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import arithmetic
from core.periods import Period
from reporting.bulletins import counting, styles
from reporting.bulletins.tally import Cell, Tally
from tests.bulletins.random_bulletins import rounded

YEARS = {"2012": 2012, "classic": 2019, "2023": 2024, "2025": 2025}
# Dimension → attribute of a cell; the share of each is of the total, but for targets before 2023.
DIMENSIONS = {"nature": "nature", "channel": "channel", "industry": "industry"}
GRIDS = ("国家电网公司", "南方电网公司", "内蒙古电力公司", "其他地方电力企业")
CELLS = st.lists(
    st.builds(
        Cell,
        nature=st.sampled_from(("投诉", "举报", "咨询", "求助")),
        channel=st.sampled_from(("12398电话", "电子邮件", "留言", "飞鸽传书")),
        industry=st.sampled_from(("电力", "石油天然气", "煤炭", "其他")),
        business=st.sampled_from(("供电服务", "电力安全", "其他")),
        target=st.sampled_from((*GRIDS, "发电企业", "其他")),
        place=st.sampled_from(("北京", "天津", "西藏", "青海", "")),
        n=st.integers(1, 4000),
    ),
    min_size=1,
    max_size=12,
)
BASES = st.dictionaries(st.sampled_from(("投诉", "举报", "咨询")), st.integers(0, 5000), max_size=3)


def built(style, balance, cells, mom=None, parent="sum_of_children"):
    year = YEARS[style]
    period = Period(date(year, 3, 1), date(year, 3, 31))
    chosen = styles.style(style, on=period.first).with_(
        balance=balance, strip_zeros=False, parent=parent
    )
    tally = Tally(received=cells, previous={"mom": mom or {}})
    return counting.build(tally, style=chosen, period=period, issuer="国家能源局").json()


def leaves(group):
    """Path → what is printed, for the rows of a dimension without their children."""
    return {key: one for key, one in group.items() if isinstance(one, dict) and "count" in one}


@pytest.mark.parametrize("balance", arithmetic.BALANCES)
@pytest.mark.parametrize("style", YEARS)
@given(cells=CELLS)
@settings(max_examples=12, deadline=None)
def test_shares_make_100_or_the_difference_is_that_of_rounding(style, balance, cells):
    mine = built(style, balance, cells)
    moved = {c["path"]: c for c in mine["conflicts"] if c["kind"] == "share"}
    total = mine["total"]["count"]
    for name, attribute in DIMENSIONS.items():
        rows = leaves(mine[name])
        assert sum(row["count"] for row in rows.values()) == total, attribute
        if not total:
            continue
        printed = sum(Fraction(row["share_pct"]) for row in rows.values())
        slack = Fraction(len(rows), 200)
        assert printed == 100 if balance != "none" else abs(printed - 100) <= slack
        for key, row in rows.items():
            right = rounded(Fraction(100 * row["count"], total), 2)
            if row["share_pct"] != right:
                said = moved[f"{name}.{key}"]
                assert (said["published"], said["recomputed"]) == (row["share_pct"], right)
    assert balance != "none" or not [path for path in moved if not path.startswith("target.")]


@given(cells=CELLS)
@settings(max_examples=40, deadline=None)
def test_the_share_of_a_parent_is_that_of_its_children(cells):
    mine = built("2023", "none", cells)
    parent = mine["target"].get("供电企业")
    if not parent or not mine["total"]["count"]:
        return
    below = leaves(parent)
    assert sum(row["count"] for row in below.values()) == parent["count"]
    wanted = sum(Fraction(row["share_pct"]) for row in below.values())
    assert Fraction(parent["share_pct"]) == wanted
    direct = rounded(Fraction(100 * parent["count"], mine["total"]["count"]), 2)
    named = {c["path"]: c["recomputed"] for c in mine["conflicts"] if c["kind"] == "share"}
    assert named == ({"target.供电企业": direct} if parent["share_pct"] != direct else {})


@given(cells=CELLS, mom=BASES)
@settings(max_examples=40, deadline=None)
def test_changes_follow_from_the_base_and_nothing_is_divided_by_nothing(cells, mom):
    mine = built("classic", "none", cells, mom)
    now, base = mine["total"]["count"], sum(mom.values())
    if not base:
        assert "mom" not in mine["total"]
        return
    word = "增加" if now > base else "减少" if now < base else "持平"
    pct = rounded(Fraction(100 * abs(now - base), base), 2)
    assert mine["total"]["mom"] == {"word": word, "pct": pct}


@given(cells=CELLS)
@settings(max_examples=40, deadline=None)
def test_places_are_ranked_by_cases_and_by_cases_per_million_people(cells):
    mine = built("2023", "none", cells)
    counts = Counter()
    for cell in cells:
        if cell.place and cell.nature in ("投诉", "举报"):
            counts[cell.place] += cell.n
    people = {"北京": 21893095, "天津": 13866009, "西藏": 3648100, "青海": 5923957}
    rates = {name: Fraction(n * 10**6, people[name]) for name, n in counts.items()}
    for by, values in (("接收投诉举报", counts), ("百万人均投诉举报", rates)):
        ranking = next(r for r in mine["rankings"] if r["by"] == by)
        tied = {tie[0]: tie[1:] for tie in ranking.get("ties", [])}
        listed = [name for first in ranking["order"] for name in (first, *tied.get(first, []))]
        assert sorted(listed) == sorted(values)
        assert [values[n] for n in listed] == sorted(values.values(), reverse=True)
        assert all(values[first] == values[name] for first in tied for name in tied[first])
