"""Forms that waited on a phone: taken once, at the time at which they were written."""

from datetime import date, timedelta

import pytest
from django.test import RequestFactory

from accounts.api import forget_messages
from core import clock, offline
from core.errors import Refused
from tests.factories.accounts import member

NOW = clock.at(date(2011, 11, 24), 9)
ID = "6f1c2b1e-6c1a-4a53-9a1e-0d3c5b7a9f10"


@pytest.mark.usefixtures("catalogues")
def test_a_form_is_taken_once_and_may_be_mended_after_a_refusal():
    by, other = member("CSG-GD", "company_filer"), member("CSG-GD", "company_filer")
    done = []

    def work():
        done.append(1)
        return "done"

    def refused():
        raise Refused("先填写原因。")

    with pytest.raises(Refused):
        offline.once(refused, by=by, client_id=ID, now=NOW)
    again = [offline.once(work, by=by, client_id=ID, now=NOW) for _time in range(3)]
    assert again == ["done", None, None]
    # The same id of somebody else is another form; without an id every form is one of its own.
    assert offline.once(work, by=other, client_id=ID, now=NOW) == "done"
    assert offline.once(work, by=by, client_id="", now=NOW) == "done"
    assert len(done) == 3
    # Ids of signed messages go after minutes, those of forms stay for months.
    assert forget_messages(now=NOW + timedelta(days=80)) == 0
    assert forget_messages(now=NOW + timedelta(days=91)) == 2


@pytest.mark.parametrize(
    ("waited", "expected"),
    [("", NOW), ("90", NOW - timedelta(seconds=90)), ("-5", NOW), ("604801", NOW), ("x", NOW)],
)
def test_the_time_is_that_at_which_the_form_was_written(waited, expected):
    request = RequestFactory().post("/", {"waited": waited})
    assert offline.happened_at(request, now=NOW) == expected
