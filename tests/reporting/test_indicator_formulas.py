"""Formulas of indicators: exact, never divided by nothing, and able to do nothing but compute."""

from decimal import Decimal

import pytest

from reporting.indicators import formula

TOTAL = "(1 - mean(off_a / all_a, mean(off_b / all_b, off_c / all_c, off_d / all_d))) * 100"


def value(text, decimals=2, **given):
    numbers = {name: None if n is None else Decimal(n) for name, n in given.items()}
    found = formula.compute(text, numbers, decimals=decimals)
    return None if found is None else str(found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "7.00"),
        ("(1 + 2) * 3", "9.00"),
        ("10 - 4 - 3", "3.00"),
        ("8 / 4 / 2", "1.00"),
        ("-2 * -3.5", "7.00"),
        ("2 / 3 * 100", "66.67"),
        ("0.125 * 1", "0.13"),  # half up, and not to the even digit
        ("-0.125", "-0.13"),
        ("sum(1, 2, 3) / mean(1, 3)", "3.00"),
    ],
)
def test_computes_exactly_and_rounds_half_up(text, expected):
    assert value(text) == expected


def test_what_is_missing_or_a_base_of_nothing_gives_no_value():
    assert value("a / b", a="1", b="0") is None
    assert value("a / b", a="1", b=None) is None
    assert value("a / b", a="1") is None
    assert value("0 * a", a=None) is None
    assert value("mean(a, b)", a="3", b=None) == "3.00"
    assert value("mean(a, b)", a=None, b=None) is None
    assert value("a / b", a="0", b="5") == "0.00"


def test_reliability_of_a_leap_year():
    """(1 - 12,345 / (1,000 × 8,784)) × 100 = 99.85946…"""
    given = {"lost": "12345", "users": "1000", "hours": "8784"}
    assert value("(1 - lost / (users * hours)) * 100", 3, **given) == "99.859"


def test_voltage_classes_without_points_are_left_out_of_the_mean():
    points = {"off_a": "10", "all_a": "1000", "off_b": "20", "all_b": "1000"}
    points |= {"off_c": "30", "all_c": "1000", "off_d": "40", "all_d": "1000"}
    # 0.5 × 99 % + 0.5 × (98 + 97 + 96) / 3 = 98 %
    assert value(TOTAL, 3, **points) == "98.000"
    # Without C: 0.5 × 99 + 0.5 × (98 + 96) / 2 = 98
    assert value(TOTAL, 3, **points | {"all_c": "0", "off_c": "0"}) == "98.000"
    # Without C and D: 0.5 × 99 + 0.5 × 98
    assert value(TOTAL, 3, **points | {"all_c": None, "all_d": None}) == "98.500"
    # Only D.
    assert value(TOTAL, 3, off_d="40", all_d="1000") == "96.000"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "(1",
        "1 2",
        "a b",
        "__import__('os')",
        "a.b",
        "a[0]",
        "a ** 2",
        "open(1)",
        "lambda: 1",
        "1; 2",
        "mean()",
        "(" * 40 + "1" + ")" * 40,
        "-" * 60 + "1",
        "1+" * 300 + "1",
    ],
)
def test_everything_else_is_refused(text):
    with pytest.raises(formula.Faulty):
        formula.read(text)


def test_tells_the_names_that_it_asks_for():
    assert formula.names("a / (b + mean(c, 2))") == {"a", "b", "c"}
