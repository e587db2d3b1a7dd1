"""The number rules, by hand from published bulletins and against exact fractions."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from core import arithmetic as a

D = Decimal
COUNTS = st.lists(st.integers(0, 20_000), min_size=1, max_size=9).map(
    lambda found: {f"p{place}": count for place, count in enumerate(found)}
)


def test_a_share_has_two_decimals_half_up():
    assert a.share(665, 8366) == D("7.95")
    assert a.share(1, 800) == D("0.13")  # 0.125
    assert a.share(1, 3) == D("33.33")
    assert a.share(40, 60, 1) == D("66.7")
    assert a.share(5, 0) is None


def test_a_group_may_be_left_as_it_is_rounded():
    counts = {"电力": 7474, "新能源": 701, "油气": 2443, "煤炭": 6, "其他": 790}
    found = a.shares(counts, 11414)
    assert list(found.values()) == [D("65.48"), D("6.14"), D("21.40"), D("0.05"), D("6.92")]
    assert a.sum_of(list(found.values())) == D("99.99")


def test_the_last_part_may_bear_the_rest():
    counts = {"电力": 317, "新能源": 55, "油气": 1, "其他": 37}
    assert a.shares(counts, 410)["其他"] == D("9.02")
    assert a.shares(counts, 410, balance="last")["其他"] == D("9.03")
    assert a.shares({**counts, "核电": 0}, 410, balance="last")["核电"] == D("0.00")


def test_the_largest_part_may_bear_the_rest():
    counts = {"投诉": 665, "举报": 22, "咨询": 6832, "其他": 847}
    assert a.shares(counts, 8366)["咨询"] == D("81.66")
    assert a.shares(counts, 8366, balance="largest")["咨询"] == D("81.67")


def test_a_last_part_is_never_pushed_below_zero():
    # Two hundred parts of 0.5 % print as 1 % each without decimals: the rest is far below zero.
    counts = {str(place): 1 for place in range(200)}
    assert min(a.shares(counts, 200, decimals=0, balance="last").values()) <= 1
    found = a.shares({"a": 199, "b": 199, "c": 1, "d": 1}, 400, decimals=0, balance="last")
    assert found == {"a": D(50), "b": D(50), "c": D(0), "d": D(0)}


def test_the_parent_of_2023_is_the_sum_of_its_children():
    children = [a.share(count, 786) for count in (532, 83, 82)]
    assert children == [D("67.68"), D("10.56"), D("10.43")]
    assert a.sum_of(children) == D("88.67")
    assert a.share(697, 786) == D("88.68")


def test_zeros_at_the_end_may_be_dropped():
    assert a.printed(a.share(685, 11414)) == "6.00"
    assert a.printed(a.share(685, 11414), strip_zeros=True) == "6"
    assert a.printed(a.share(2443, 11414), strip_zeros=True) == "21.4"
    assert a.printed(D("100"), decimals=0, strip_zeros=True) == "100"
    assert a.printed(None) == "—"


def test_changes_against_the_base():
    now = a.change(786, 641)
    assert (now.sign, now.pct, now.difference) == (1, D("22.62"), 145)
    assert a.change(786, 978).pct == D("19.63")
    assert a.change(786, 978).sign == -1
    assert a.change(9, 5, 1).pct == D("80.0")
    assert a.change(5, 5) == a.Change(0, D("0.00"), 0)
    assert a.change(5, 0) is None
    assert a.change(5, None) is None


def test_the_bases_that_a_printed_change_allows():
    assert 641 in a.bases(786, D("22.62"), 2)
    assert list(a.bases(9, D("80"), 1)) == [5]
    assert list(a.bases(63, D("-27.6"), 1)) == [87]
    assert list(a.bases(5, D("33.30"), 2)) == []
    assert list(a.bases(5, D("0"), 2)) == [5]


def test_ties_are_printed_in_brackets():
    counts = {"辽宁": 40, "吉林": 40, "内蒙古": 120, "山东": 75, "河南": 0}
    places = a.ranking(counts, top=3)
    assert [str(place) for place in places] == ["内蒙古", "山东", "吉林(辽宁并列)"]
    tied = {"甲": 5, "乙": 5, "丙": 4, "丁": 3}
    assert [len(a.ranking(tied, top=2, ties=t)) for t in ("dense", "competition")] == [2, 1]


def test_per_million_people_is_exact_and_names_unknown_places():
    rates, unknown = a.per_million({"西藏": 6, "火星": 1, "月球": 0}, {"西藏": 3_648_100})
    assert rates == {"西藏": Fraction(6_000_000, 3_648_100)}
    assert unknown == ["火星"]


@given(COUNTS, st.sampled_from(a.BALANCES), st.integers(0, 3))
@settings(max_examples=150, deadline=None)
def test_shares_are_exact_and_balanced_ones_make_up_100(counts, balance, decimals):
    whole = sum(counts.values())
    found = a.shares(counts, whole, decimals=decimals, balance=balance)
    assert list(found) == (list(counts) if whole else [])
    if not whole:
        return
    if balance != "none":
        assert a.sum_of(list(found.values())) == 100
    moved = [
        key
        for key, value in found.items()
        if abs(Fraction(value) - Fraction(100 * counts[key], whole)) * 2 > Fraction(1, 10**decimals)
    ]
    assert len(moved) <= (balance != "none")
    assert min(found.values()) >= 0


@given(st.integers(0, 50_000), st.integers(1, 50_000), st.integers(0, 2))
@settings(max_examples=200, deadline=None)
def test_the_true_base_is_among_the_bases_that_its_change_allows(now, base, decimals):
    found = a.change(now, base, decimals)
    assert base in a.bases(now, found.sign * found.pct, decimals) or found.pct == 0


@given(st.dictionaries(st.text("甲乙丙丁戊", min_size=1, max_size=2), st.integers(0, 6)))
def test_a_ranking_is_in_order_and_leaves_nobody_better_out(counts):
    places = a.ranking(counts, top=3)
    named = [(place.name, *place.tied) for place in places]
    values = [{counts[name] for name in group} for group in named]
    assert all(len(group) == 1 for group in values)
    flat = [group.pop() for group in values]
    assert flat == sorted(set(flat), reverse=True)
    left = [c for n, c in counts.items() if c and not any(n in group for group in named)]
    assert len(places) <= 3
    assert all(count < flat[-1] for count in left)
