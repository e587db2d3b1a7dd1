"""At no instant two managers for one transformer area, and every gap listed: whatever happened to
grids and people, held against a reading of the bare rows instant by instant."""

from datetime import date, timedelta
from itertools import pairwise
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.urls import reverse

from core import clock
from core.clock import at
from core.errors import Refused
from grids import guards, invariants, services
from grids.models import (
    Assignment,
    GridArea,
    GridFeeder,
    GridPairing,
    HandOver,
    HelpPair,
    PowerGrid,
)
from tests.factories import accounts, special
from tests.factories import grids as make
from tests.factories.grids import ENTERPRISE, FIRST, START

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def people(catalogues):
    return [make.member(name) for name in ("李安邦", "王思齐", "周明远")]


# --- What the database itself refuses -------------------------------------------------------------


def again(row, **other):
    """Write a row once more behind the back of every service and of the models."""
    table, key = row._meta.db_table, row._meta.pk.column
    columns = [one.column for one in row._meta.concrete_fields if one.column != key]
    told = [f"%({name})s" if name in other else f'"{name}"' for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    given = {name: stored(row, name, value) for name, value in other.items()}
    copied = f"SELECT {', '.join(told)} FROM {table} WHERE id = %(pk)s"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) {copied}", {**given, "pk": row.pk})


def moved(row, column, value):
    """Change one column of a row in the same way."""
    asked = f"UPDATE {row._meta.db_table} SET {column} = %s WHERE id = %s"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(asked, [stored(row, column, value), row.pk])


def stored(row, column, value):
    field = next(one for one in row._meta.concrete_fields if one.column == column)
    return field.get_db_prep_value(value, connection)


@pytest.fixture
def guarded(catalogues):
    """One row of each table that a rule of the database guards, by the name of the rule."""
    ground = special.Ground()
    area, line = make.area(grid=ground.grid), make.feeder()
    services.assign_feeders(ground.grid, [line], valid_from=FIRST, by=None, now=START)
    home = ground.household(by=ground.manager.user)
    given = {"helper": ground.manager, "role": "main", "created_at": START}
    pair = HelpPair.objects.create(household=home, valid_from=FIRST, **given)
    return {
        "grids_one_manager": Assignment.objects.managers().get(power_grid=ground.grid),
        "grids_area_in_one_grid": GridArea.objects.get(area=area),
        "grids_feeder_once": GridFeeder.objects.get(feeder=line),
        "grids_pairing_once": GridPairing.objects.get(power_grid=ground.grid),
        "grids_one_main_helper": pair,
        "grids_helper_once": pair,
    }, ground


# The name has it run on both databases (tests.statements): what is asked differs nowhere, but one
# answers by exclusion constraints and the other by triggers.
def test_the_database_itself_refuses_two_of_them_at_once(guarded):
    rows, ground = guarded
    assert set(rows) == {rule.name for rule in guards.RULES}
    for rule in guards.RULES:
        row = rows[rule.name]
        # Another helper is no other main one; the same helper may not be a second one besides.
        apart = {"grids_one_main_helper": {"helper_id": ground.second.pk}}.get(rule.name, {})
        apart = {"role": "second"} if rule.name == "grids_helper_once" else apart
        days = rule.days
        last = date(2011, 6, 30) if days else START + 10 * DAY
        after = last + DAY if days else last
        before = (date(2010, 1, 1), FIRST) if days else (START - 5 * DAY, START + DAY)
        for span in ((row.__dict__[rule.start], None), before, (after, None)):
            with pytest.raises(IntegrityError, match=rule.name):
                again(row, **apart, **{rule.start: span[0], rule.end: span[1]})
        # What follows without a gap is let in, and neither may then be moved over the other.
        moved(row, rule.end, last)
        again(row, **apart, **{rule.start: after, rule.end: None})
        other = type(row)._base_manager.latest("pk")
        back = last if days else last - timedelta(microseconds=1)
        for one, column, value in ((row, rule.end, None), (other, rule.start, back)):
            with pytest.raises(IntegrityError, match=rule.name):
                moved(one, column, value)
        type(row)._base_manager.filter(pk=other.pk).delete()
        moved(row, rule.end, None)
    assert invariants.database_refuses() == []


# --- Random histories -----------------------------------------------------------------------------


class History:
    """Moves of every kind on the ground and the people of one enterprise, refused or not."""

    def __init__(self, seed, people):
        self.rng, self.people, self.now = Random(seed), people, START
        self.name, self.count = f"R{seed}", 0
        self.areas = [make.area(f"{self.name}-T{n}", f"{seed}号{n}台区") for n in range(4)]
        self.assign(self.found(FIRST), self.areas, FIRST)

    def found(self, day):
        self.count += 1
        code = f"{self.name}-{self.count}"
        return make.grid(code, f"网格{code}", places=(), valid_from=day, now=self.now)

    def assign(self, grid, areas, day):
        services.assign_areas(grid, areas, valid_from=day, by=None, now=self.now)

    def standing(self):
        return PowerGrid.objects.filter(code__startswith=f"{self.name}-", valid_until=None)

    def step(self):
        self.now += timedelta(hours=self.rng.choice((1, 6, 24, 48)))
        soon = self.now + self.rng.choice((0, 1, 3)) * DAY
        grid = self.rng.choice(list(self.standing()))
        move = self.rng.choice(MOVES)
        try:
            with transaction.atomic():
                move(self, grid, soon, soon.astimezone(clock.ZONE).date())
        except Refused:
            return

    # People.

    def appoint(self, grid, soon, _day):
        until = self.rng.choice((None, soon + 2 * DAY))
        given = {"member": self.rng.choice(self.people), "post": "manager", "starts_at": soon}
        services.appoint(grid, **given, ends_at=until, by=None, now=self.now)

    def cover(self, grid, soon, _day):
        span = {"starts_at": soon, "ends_at": soon + self.rng.choice((1, 4)) * DAY}
        given = {"member": self.rng.choice(self.people), "reason": "病假", "by": None}
        services.cover(grid, **span, **given, now=self.now)

    def come_back(self, grid, soon, _day):
        rows = Assignment.objects.managers().filter(power_grid=grid)
        if row := rows.exclude(member=F("principal")).last():
            services.end_cover(row, at=soon, by=None, now=self.now)

    def relieve(self, grid, soon, _day):
        rows = Assignment.objects.managers().filter(power_grid=grid)
        if row := rows.from_instant(self.now).first():
            services.relieve(row, at=soon, reason="离岗", by=None, now=self.now)

    def propose(self, grid, soon, _day):
        given = {"successor": self.rng.choice(self.people), "reason": "调岗", "by": None}
        services.propose(grid, effective_at=soon, **given, now=self.now)

    def answer(self, grid, _soon, _day):
        waiting = HandOver.objects.proposed().filter(grid=grid).first()
        if waiting and self.rng.random() < 0.7:
            services.accept(waiting, by=waiting.successor.user, now=self.now)
        elif waiting:
            services.withdraw(waiting, by=None, now=self.now)
        services.carry_out(now=self.now)

    # Ground.

    def split(self, grid, _soon, day):
        """Some of its transformer areas become a grid of their own."""
        lying = [row.area for row in grid.areas.on(day)]
        self.assign(self.found(day), lying[: max(1, len(lying) // 2)], day)

    def merge(self, grid, _soon, day):
        """What lies in it goes to a neighbour, and it ends the day before."""
        others = list(self.standing().exclude(pk=grid.pk))
        if not others:
            return
        self.assign(self.rng.choice(others), [row.area for row in grid.areas.on(day)], day)
        self.close(grid, None, day)

    def close(self, grid, _soon, day):
        """It ends, whatever still lies in it."""
        if self.standing().count() > 1:
            given = {"last_day": day - DAY, "reason": "并网格", "by": None}
            services.close_grid(grid, **given, now=self.now)

    def release(self, grid, _soon, day):
        if row := grid.areas.on(day).first():
            services.release_area(row, last_day=day, by=None, now=self.now)

    def take_in(self, grid, _soon, day):
        loose = [one for one in self.areas if not one.in_grids.from_day(day).exists()]
        self.assign(grid, loose, day)


MOVES = [History.appoint] * 3 + [History.cover] * 3 + [History.propose] * 3 + [History.answer] * 4
MOVES += [History.come_back, History.relieve, History.split, History.split, History.merge]
MOVES += [History.merge, History.close, History.release, History.take_in, History.take_in]


def test_no_area_with_two_managers_and_every_gap_listed_in_random_histories(people, client):
    """Four histories of thirty moves; read instant by instant between all that ever changed."""
    client.force_login(accounts.member(ENTERPRISE, "company_lead"))
    seen = {"vacant": 0, "loose": 0}
    for seed in range(4):
        history = History(seed, people)
        for _move in range(30):
            history.step()
        end = at((history.now + 12 * DAY).date())
        held = sweep(history, until=end)
        with clock.standing_at(end):
            asked = {"since": FIRST, "until": end.date()}
            told = client.get(reverse("grids:report"), asked).context
        listed = [(gap.grid.code, gap.start, gap.end) for gap, _hours in told["gaps"]]
        loose = [(gap.area.code, gap.start, gap.end) for gap, _hours in told["loose"]]
        for what, said in (("vacant", listed), ("loose", loose)):
            mine = [one for one in said if one[0].startswith(f"{history.name}-")]
            assert joined(held[what]) == sorted(mine)
            seen[what] += len(mine)
    # Histories without a gap would prove nothing.
    assert min(seen.values()) > 5
    assert invariants.one_manager() == []


def sweep(history, *, until):
    """When grids had no manager ("vacant") and transformer areas no grid ("loose"), by looking at
    each instant at which anything changed, by the bare rows."""
    found = {"vacant": [], "loose": []}
    grids = PowerGrid.objects.filter(code__startswith=f"{history.name}-")
    of_area = GridArea.objects.filter(grid__in=grids)
    lies = [(one.area.code, one.grid_id, *days(one)) for one in of_area.select_related("area")]
    stands = [(one.code, one.pk, *days(one)) for one in grids]
    posts = Assignment.objects.filter(power_grid__in=grids, post="manager")
    answers = [(one.power_grid_id, one.pk, one.starts_at, one.ends_at or LAST) for one in posts]
    marks = {at(FIRST), until}
    for one in (*lies, *stands, *answers):
        marks |= {mark for mark in one[-2:] if at(FIRST) < mark < until}
    for now, following in pairwise(sorted(marks)):
        managers = {}
        for grid, person, start, end in answers:
            if start <= now < end:
                managers.setdefault(grid, []).append(person)
        existing = {grid: code for code, grid, start, end in stands if start <= now < end}
        vacant = [code for grid, code in existing.items() if not managers.get(grid)]
        found["vacant"] += [(code, now, following) for code in vacant]
        for area in history.areas:
            mine = [(grid, start, end) for code, grid, start, end in lies if code == area.code]
            around = [grid for grid, start, end in mine if start <= now < end]
            assert len(around) <= 1
            assert existing.keys() >= set(around)
            assert sum(len(managers.get(grid, ())) for grid in around) <= 1
            if not around:
                found["loose"].append((area.code, now, following))
    return found


LAST = at(date(9000, 1, 1))


def days(row):
    """From the first instant of its first day up to the end of its last."""
    return at(row.valid_from), at(row.valid_until) + DAY if row.valid_until else LAST


def joined(spans):
    """Spans of the same thing that touch as one."""
    found = []
    for code, start, end in sorted(spans):
        if found and found[-1][0] == code and found[-1][2] == start:
            found[-1] = (code, found[-1][1], end)
        else:
            found.append((code, start, end))
    return found
