"""Who answers for a grid at each instant: appointed, on leave, handed over, relieved."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from core.clock import at
from core.errors import Refused
from grids import services
from grids.models import Assignment, BusinessRequest, GridArea
from grids.queries import standing
from tests.factories import grids as make
from tests.factories.business import passed
from tests.factories.grids import START

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world(catalogues):
    return make.grid(), [make.member(name) for name in ("李安邦", "王思齐", "周明远")]


def who(grid, instant):
    found = standing.manager_of(grid, at=instant)
    return found and found.member.user.name


def test_the_database_itself_refuses_a_second_manager_and_a_second_grid(world):
    grid, (first, second, _third) = world
    make.manager(grid, first, until=START + 10 * DAY)
    row = {"power_grid": grid, "post": "manager", "member": second, "principal": second}
    for start, end in ((9, None), (-5, 1), (2, 3), (-5, None)):
        span = {"starts_at": START + start * DAY, "ends_at": end and START + end * DAY}
        with pytest.raises(IntegrityError), transaction.atomic():
            Assignment.objects.create(**row, **span, created_at=START)
    kept = Assignment.objects.create(**row, starts_at=START + 10 * DAY, created_at=START)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.filter(pk=kept.pk).update(starts_at=START + 9 * DAY)
    area, other = make.area(grid=grid), make.grid("SH-02", "东城二网格", places=())
    with pytest.raises(IntegrityError), transaction.atomic():
        GridArea.objects.create(grid=other, area=area, valid_from=date(2012, 1, 1))
    services.assign_areas(other, [area], valid_from=date(2011, 6, 1), by=None, now=START)
    spans = area.in_grids.order_by("valid_from").values_list("grid", "valid_from", "valid_until")
    assert list(spans) == [
        (grid.pk, date(2011, 1, 1), date(2011, 5, 31)),
        (other.pk, date(2011, 6, 1), None),
    ]


def test_leave_is_covered_and_the_manager_comes_back_by_itself(world):
    grid, (first, second, third) = world
    make.manager(grid, first)
    leave = {"starts_at": START + 2 * DAY, "ends_at": START + 5 * DAY, "reason": "年休假"}
    row = services.cover(grid, member=second, **leave, by=None, now=START)
    days = [who(grid, START + n * DAY) for n in range(7)]
    assert days == ["李安邦", "李安邦", "王思齐", "王思齐", "王思齐", "李安邦", "李安邦"]
    with pytest.raises(Refused, match="没有其他代班"):
        services.cover(grid, member=third, **leave, by=None, now=START)
    services.end_cover(row, at=START + 4 * DAY, by=None, now=START + 3 * DAY)
    assert who(grid, START + 4 * DAY) == "李安邦"
    assert standing.gaps([grid], since=START, until=START + 9 * DAY) == []


def test_a_hand_over_takes_effect_when_the_successor_accepts_and_open_work_goes_with_it(world):
    grid, (first, second, _third) = world
    make.manager(grid, first)
    government = make.government()
    services.pair(grid, government, valid_from=make.FIRST, by=None, now=START)
    request = passed()
    work = BusinessRequest.objects.filter(pk=request.pk)
    work.update(grid=government, handler=first.user, state="in_progress")
    asked = {"successor": second, "reason": "调岗", "by": None}
    made = services.propose(grid, effective_at=START + DAY, now=START, **asked)
    assert who(grid, START + 2 * DAY) == "李安邦"
    with pytest.raises(Refused, match="接收人本人"):
        services.accept(made, by=first.user, now=START)
    later = START + 3 * DAY
    services.accept(made, by=second.user, now=later)
    assert (who(grid, later - timedelta(seconds=1)), who(grid, later)) == ("李安邦", "王思齐")
    made.refresh_from_db()
    moved = {"涉电业务": 1, "结对帮扶": 0, "隐患": 0, "涉电诉求": 0}
    assert (dict(made.open_work), made.moved_at) == (moved, later)
    assert work.get().handler == second.user
    assert request.events.last().text == "李安邦 → 王思齐"
    with pytest.raises(Refused, match="已经办结"):
        services.decline(made, remark="不接", by=second.user, now=later)


def test_a_hand_over_agreed_for_later_moves_the_work_when_its_day_comes(world):
    grid, (first, second, _third) = world
    make.manager(grid, first)
    asked = {"successor": second, "reason": "调岗", "by": None}
    made = services.propose(grid, effective_at=START + 2 * DAY, now=START, **asked)
    services.accept(made, by=second.user, now=START + DAY)
    assert who(grid, START + DAY) == "李安邦"
    assert services.carry_out(now=START + DAY) == 0
    assert services.carry_out(now=START + 2 * DAY) == 1
    assert services.carry_out(now=START + 2 * DAY) == 0


def test_a_grid_that_closed_has_neither_a_manager_nor_a_gap(world):
    grid, (first, second, _third) = world
    make.manager(grid, first)
    services.close_grid(grid, last_day=date(2011, 3, 31), reason="并网格", by=None, now=START)
    grid.refresh_from_db()
    assert who(grid, at(date(2011, 3, 31), 23)) == "李安邦"
    assert who(grid, at(date(2011, 4, 1))) is None
    assert standing.gaps([grid], since=START, until=at(date(2012, 1, 1))) == []
    with pytest.raises(Refused, match="没有网格经理"):
        services.propose(
            grid,
            successor=second,
            effective_at=at(date(2011, 5, 1)),
            reason="调岗",
            by=None,
            now=at(date(2011, 4, 30)),
        )
