"""Where a person stands today is asked in SQL of its own; it says what the query sets say."""

from datetime import date, timedelta
from itertools import product

import pytest

from accounts.models import Delegation, Membership, User
from core import clock
from tests.factories.accounts import deputy, member, organisation, person

pytestmark = pytest.mark.django_db
TODAY = date(2011, 11, 24)
DAYS = [TODAY + timedelta(days=n) for n in (-1, 0, 1)]


@pytest.fixture
def holder(catalogues):
    """A person with every kind of row around today, in several organisations, as deputy too."""
    somebody = person()
    homes = [organisation(code) for code in ("CSG-GD", "CSG-YN", "GXSL")]
    taken_back = clock.at(TODAY)
    rows = [
        (start, end, withdrawn)
        for start, end, withdrawn in product(DAYS, [None, *DAYS], [None, taken_back])
        if end is None or end >= start
    ]
    for number, (start, end, withdrawn) in enumerate(rows):
        if end is None:
            # One open membership for each organisation and role.
            Membership.objects.filter(user=somebody, ends_on=None).update(ends_on=start)
        Membership.objects.create(
            user=somebody,
            organisation=homes[number % 3],
            role="company_viewer",
            starts_on=start,
            ends_on=end,
            withdrawn_at=withdrawn,
        )
    days = {"starts_on": TODAY, "ends_on": TODAY}
    kind = deputy(somebody, homes[0], "company_viewer", **days)
    for number, (start, end, revoked) in enumerate(rows):
        if end is not None:
            kind.pk = None
            kind.content_object, kind.role = homes[number % 3], f"role{number}"
            kind.starts_on, kind.ends_on, kind.revoked_at = start, end, revoked
            kind.save(force_insert=True)
    return somebody


def test_it_is_what_the_query_sets_call_in_force(holder, django_assert_num_queries):
    found = User.objects.get(pk=holder.pk)
    with clock.standing_at(clock.at(TODAY)):
        expected = list(Membership.objects.filter(user=holder).in_force(on=TODAY))
        deputised = list(Delegation.objects.filter(user=holder).in_force(on=TODAY))
        assert 2 <= len(expected) < Membership.objects.filter(user=holder).count()
        assert 2 <= len(deputised) < Delegation.objects.filter(user=holder).count()
        homes = [row.organisation for row in [*expected, *deputised]]
        with django_assert_num_queries(4):
            held = [*found.current_memberships, *found.current_delegations]
            assert held == [*expected, *deputised]
            assert [row.organisation for row in held] == homes
            assert found.home == homes[0]
            assert {row.user for row in held} == {holder}


def test_nobody_stands_anywhere_by_what_others_hold(holder):
    stranger = person()
    member("CSG-GD", "company_lead")
    with clock.standing_at(clock.at(TODAY)):
        assert stranger.stands == []
        assert stranger.home is None
