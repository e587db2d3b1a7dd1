"""A small number of fuzzed requests; ``make bench`` asks 2,000."""

import pytest

from core import clock
from tests import fuzzing
from tests.factories import complaints as cases
from tests.factories.clients import issued

pytestmark = pytest.mark.django_db


def world():
    """Cases of two provinces and a report, each with a secret, and four identities."""
    texts = {"gd": "QZXGD0001", "yn": "QZXYN0001", "report": "QZXRP0001"}
    day = cases.at("2018-03-05 09:00")
    made = {
        "gd": cases.received(content=texts["gd"], received_at=day, number="N/1"),
        "report": cases.received(
            content=texts["report"], nature="report", received_at=day, number="R-1"
        ),
        "yn": cases.received(
            content=texts["yn"], owner="SERC-YN", organisation="CSG-YN", received_at=day, number="Y"
        ),
    }
    office = issued("SERC-NF", per_minute=60000)
    company = issued("CSG-GD", per_minute=60000)
    expired = issued("CSG-GD", expires_on=clock.today())
    type(expired.client).objects.filter(pk=expired.client.pk).update(expires_on="2018-03-01")
    identities = [
        fuzzing.Identity("nobody", "", False),
        fuzzing.Identity("regulator", office.token, True, frozenset(texts.values())),
        fuzzing.Identity("company", company.token, True, frozenset({texts["gd"]})),
        fuzzing.Identity("expired", expired.token, False),
    ]
    numbers = [*(case.number for case in made.values()), "FREE-1", "FREE-2"]
    return identities, set(texts.values()), numbers


def test_fuzzed_requests_find_no_fault(catalogues):
    with clock.standing_at(cases.at("2018-03-06 09:00")):
        outcome = fuzzing.run(*world(), each=3)
    print(f"fuzz: {outcome.requests} requests, {dict(outcome.statuses)}")
    assert outcome.faults == [], "\n\n".join(outcome.faults[:20])
    assert outcome.requests >= 80
    assert {name for name, _status in outcome.statuses} == {
        *("nobody", "regulator", "company", "expired")
    }
