"""The names of periods: in official words for documents, short in English pages."""

from datetime import date

import pytest
from django.utils.translation import override

from core.periods import Period


@pytest.mark.parametrize(
    ("first", "last", "chinese", "english"),
    [
        (date(2012, 6, 1), date(2012, 6, 30), "2012年6月", "2012-06"),
        (date(2012, 4, 1), date(2012, 6, 30), "2012年二季度", "2012 Q2"),
        (date(2012, 10, 1), date(2012, 12, 31), "2012年四季度", "2012 Q4"),
        (date(2012, 7, 1), date(2012, 12, 31), "2012年下半年", "2012 H2"),
        (date(2012, 1, 1), date(2012, 12, 31), "2012年", "2012"),
        (
            date(2012, 6, 3),
            date(2012, 7, 2),
            "2012年6月3日至2012年7月2日",
            "2012-06-03 – 2012-07-02",
        ),
    ],
)
def test_a_page_names_a_period_in_its_language_and_a_document_in_chinese(
    first, last, chinese, english
):
    period = Period(first, last)
    assert (period.text, period.shown) == (chinese, chinese)
    with override("en"):
        assert (period.text, period.shown) == (chinese, english)
