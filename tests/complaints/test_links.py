"""Cases tied together and taken apart, with nothing lost."""

from datetime import timedelta

import pytest

from complaints import services
from complaints.models import Case, CaseLink
from core.errors import Conflict, Refused
from tests.factories.complaints import at, played, received, regulator_officer

pytestmark = pytest.mark.django_db
MONDAY = at("2018-03-05 09:00")
TUESDAY = MONDAY + timedelta(days=1)


def picture(case):
    """Everything of a case that a merge must not lose."""
    row = Case.objects.filter(pk=case.pk).values().get()
    # When it last changed, and its place in the order of changes, go on.
    row.pop("updated_at")
    row.pop("change_seq")
    return row, list(case.clocks.order_by("pk").values())


def test_a_merged_case_stands_still_and_undone_goes_on_as_before(people):
    one = received(received_at=MONDAY)
    two = played(received(received_at=MONDAY), ("accept", people.officer, {}), start=MONDAY)
    before = picture(two)
    made = services.merge(two, into=one, by=people.officer, now=TUESDAY)
    two.refresh_from_db()
    assert (two.state, two.merged_into, two.due_at) == ("merged", one, None)
    assert {clock.state for clock in two.clocks.all()} == {"met", "void"}
    assert two not in Case.objects.counted()
    with pytest.raises(Refused, match="已并案"):
        services.act(two, "verify", by=people.officer, now=TUESDAY, outcome="partly", text="x")
    services.undo(made, by=people.officer, now=TUESDAY + timedelta(hours=1))
    assert picture(two) == before
    with pytest.raises(Conflict):
        services.undo(made, by=people.officer, now=TUESDAY)
    assert [event.kind for event in one.events.all()] == ["received", "merge", "unlink"]


def test_a_paused_clock_is_paused_again_after_the_undoing(people):
    one = received(received_at=MONDAY)
    two = played(
        received(received_at=MONDAY),
        ("accept", people.officer, {}),
        ("pause", people.lead, {"clock": "close", "reason": "material"}),
        start=MONDAY,
    )
    made = services.merge(two, into=one, by=people.officer, now=TUESDAY)
    services.undo(made, by=people.officer, now=TUESDAY)
    clock = two.clocks.get(code="close")
    assert clock.state == "paused"
    assert clock.pauses.get().end is None
    two = services.act(two, "resume", by=people.lead, now=TUESDAY, clock="close")
    assert two.clocks.get(code="close").state == "running"


def test_what_may_not_be_merged(people):
    one = received(received_at=MONDAY)
    report = received(received_at=MONDAY, nature="report")
    elsewhere = received(received_at=MONDAY, owner="SERC-YN")
    done = played(
        received(received_at=MONDAY),
        ("refuse", people.officer, {"ground": "court", "text": "法院"}),
        start=MONDAY,
    )
    for other in (report, elsewhere, one):
        with pytest.raises(Refused):
            services.merge(other, into=one, by=people.officer, now=TUESDAY)
    with pytest.raises(Refused, match="在办"):
        services.merge(done, into=one, by=people.officer, now=TUESDAY)
    # Nobody would handle it any more.
    with pytest.raises(Refused, match="在办"):
        services.merge(one, into=done, by=people.officer, now=TUESDAY)
    for stranger in (people.handler, regulator_officer("SERC-HB")):
        with pytest.raises(Refused, match="首接单位或监管机构"):
            services.merge(received(received_at=MONDAY), into=one, by=stranger, now=TUESDAY)


def test_links_are_made_answered_and_undone(people):
    one, two = received(received_at=MONDAY), received(received_at=MONDAY)
    made = services.link(one, two, kind="repeat", by=people.officer, now=TUESDAY)
    with pytest.raises(Refused, match="已经关联"):
        services.link(one, two, kind="repeat", by=people.officer, now=TUESDAY)
    assert services.undo(made, by=people.officer, now=TUESDAY).state == "undone"
    proposed = CaseLink.objects.create(a=one, b=two, kind="joint", state="proposed", at=TUESDAY)
    assert services.answer(proposed, right=False, by=people.officer, now=TUESDAY).state == (
        "rejected"
    )
    with pytest.raises(Conflict):
        services.answer(proposed, right=True, by=people.officer, now=TUESDAY)
