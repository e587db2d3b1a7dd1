"""Sizes, digests and short cells as people read them."""

from datetime import datetime

import pytest
from django.template import Context, Template
from django.utils import translation

from core.clock import ZONE, standing_at


def rendered(source, **values):
    return Template("{% load shown %}" + source).render(Context(values))


@pytest.mark.parametrize(
    ("size", "shown", "exact"),
    [
        (0, "0 字节", "0 字节"),
        (1023, "1023 字节", "1,023 字节"),
        (1024, "1.0 KB", "1,024 字节"),
        (12_345, "12.1 KB", "12,345 字节"),
        (1_048_575, "1.0 MB", "1,048,575 字节"),
        (25 * 1024 * 1024, "25.0 MB", "26,214,400 字节"),
        (3 * 1024**3, "3.0 GB", "3,221,225,472 字节"),
    ],
)
def test_a_size_is_short_and_exact_when_pointed_at(size, shown, exact):
    assert rendered("{% size n %}", n=size) == f'<span class="size" title="{exact}">{shown}</span>'


def test_a_size_in_english():
    with translation.override("en"):
        assert "KB</span>" in rendered("{% size 12345 %}")


def test_a_digest_breaks_at_sixteen_characters_and_is_copied_whole():
    whole = "0123456789abcdef" * 4
    told = rendered("{% digest value %}", value=whole)
    assert told.count("<wbr>") == 3
    assert told.replace("<wbr>", "") == f'<code class="digest" title="{whole}">{whole}</code>'
    assert "<b>" not in rendered("{% digest value %}", value="<b>")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2011-11-18", True),
        ("2011-11-18 23:59:59", True),
        ("138****1234", True),
        ("020-85120001", True),
        ("86", True),
        ("会议", True),
        ("广州", True),
        ("", True),
        ("国家电力监管委员会", False),
        ("0123456789" * 5, False),
    ],
)
def test_dates_numbers_and_short_words_stay_on_one_line(text, kept):
    assert (rendered("{{ text|unbroken }}", text=text) == "unbroken") is kept


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1,000"),
        (1234567, "1,234,567"),
        ("1234567.80", "1,234,567.80"),
        ("-45000", "-45,000"),
        ("≥99.9", "≥99.9"),
        ("≤1200%", "≤1,200%"),
        ("—", "—"),
        # No figure: a number that somebody was given, a day, a name.
        ("0312000001", "0312000001"),
        ("2011-11-24", "2011-11-24"),
        ("10kV城东线", "10kV城东线"),
    ],
)
def test_thousands_are_set_apart_in_figures_and_in_nothing_else(value, shown):
    assert Template("{% load ui %}{{ n|grouped }}").render(Context({"n": value})) == shown


def test_a_short_time_of_another_year_names_its_year():
    source = Template("{% load ui %}{% when day 'short' %}")
    with standing_at(datetime(2012, 7, 16, 9, tzinfo=ZONE)):
        found = [
            source.render(Context({"day": datetime(year, 12, 19, 17, 30, tzinfo=ZONE)}))
            for year in (2011, 2012)
        ]
    assert [one.partition(">")[2] for one in found] == [
        "2011-12-19 17:30</time>",
        "12-19 17:30</time>",
    ]
