"""Who calls again in the same matter, over all hotlines; the third time goes up the ladder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.reach import workplaces
from accounts.staff import people_of
from accounts.territory import regulator_for
from complaints import notifications
from complaints.matching.rules import Rules
from complaints.matching.scoring import Facts, same_matter
from complaints.models import Case, CaseEvent, CaseLink
from complaints.scope import secret_from
from complaints.services.acting import add_event, locked
from complaints.services.comparing import facts_of
from complaints.services.secrecy import chain_of, may_know
from core import audit, clock, outbox

REPEAT = "repeat"
# Of one run; what is dropped then is oldest.
MOST = 5_000


class Callers:
    """Who called when, around some cases: read once, asked for each.

    A person is known by the keyed hash of telephone or account, whichever house took the case in.
    What somebody said is no repeat is left out; what was entered twice counts once.
    """

    def __init__(
        self, found: Mapping[int, Facts], rules: Rules, cases: QuerySet[Case] | None = None
    ) -> None:
        self.rules = rules
        self.window = timedelta(days=rules.repeat["window_days"])
        keys = {key for one in found.values() for key in one.keys}
        self.known = self._read(keys, found, Case.objects.all() if cases is None else cases)
        self._by_key: dict[str, list[Facts]] = defaultdict(list)
        for one in self.known.values():
            for key in one.keys:
                self._by_key[key].append(one)
        self._links = self._between()

    def _read(
        self, keys: set[str], found: Mapping[int, Facts], cases: QuerySet[Case]
    ) -> dict[int, Facts]:
        if not keys:
            return {}
        times = [one.received_at for one in found.values()]
        rows = cases.filter(
            Q(phone_index__in=keys) | Q(account_index__in=keys),
            received_at__gte=min(times) - self.window,
            received_at__lte=max(times) + self.window,
            merged_into__isnull=True,
            nature__in=self.rules.repeat["natures"],
        )
        pks = list(rows.order_by("-received_at").values_list("pk", flat=True)[:MOST])
        return facts_of(Case.objects.filter(pk__in=pks), self.rules)

    def _between(self) -> list[tuple[int, int, str, str]]:
        rows = CaseLink.objects.filter(a__in=self.known, b__in=self.known).order_by()
        return list(rows.values_list("a_id", "b_id", "kind", "state")) if self.known else []

    def series(self, one: Facts) -> list[Facts]:
        """All times that the person came with the matter, around this case, in order of time."""
        if one.pk not in self.known:
            return []
        near = {
            other.pk: other
            for key in one.keys
            for other in self._by_key[key]
            if abs(other.received_at - one.received_at) <= self.window and _again(one, other)
        }
        apart = {
            a if b == one.pk else b
            for a, b, kind, state in self._links
            if a in near and b in near and (kind, state) in NO_REPEAT
        }
        again = [other for pk, other in near.items() if pk == one.pk or pk not in apart]
        return sorted(again, key=lambda other: (other.received_at, other.pk))

    def linked(self, a: int, b: int) -> bool:
        """Whether anything was ever said of these two."""
        return any({a, b} == {one, other} for one, other, _kind, _state in self._links)


def _again(one: Facts, other: Facts) -> bool:
    return same_matter(one, other) == "same" and one.report == other.report


Kind, State = CaseLink.Kind, CaseLink.State
# Between two cases of a series: told apart by a person, or the same call entered twice.
NO_REPEAT = {
    *(
        (kind, state)
        for kind in (Kind.REPEAT, Kind.JOINT)
        for state in (State.REJECTED, State.UNDONE)
    ),
    (Kind.DUPLICATE, State.CONFIRMED),
}


def count_again(found: Mapping[int, Facts], rules: Rules, *, now: datetime) -> None:
    """Link those who came before, and tell the posts where it is once too often."""
    callers = Callers(found, rules)
    with transaction.atomic():
        for pk in sorted(found):
            _link(callers, found[pk], now=now)
    for last, times in _ends(callers, found).values():
        _climb(last, times, rules, now=now)


def _ends(callers: Callers, found: Mapping[int, Facts]) -> dict[int, tuple[Facts, list[Facts]]]:
    """The last case of each series with all times before it within the window, each once."""
    ends = {}
    for one in found.values():
        times = callers.series(one)
        if len(times) > 1 and times[-1].pk not in ends:
            last = times[-1]
            near = [t for t in times if last.received_at - t.received_at <= callers.window]
            ends[last.pk] = (last, near)
    return ends


def _link(callers: Callers, one: Facts, *, now: datetime) -> None:
    """Tie a case to the last one before it in the same house."""
    times, rules = callers.series(one), callers.rules
    house = rules.hotline.get(one.source, one.source)
    gap = rules.windows["duplicate_hours"]
    before = [
        other
        for other in times
        if (other.received_at, other.pk) < (one.received_at, one.pk)
        and rules.hotline.get(other.source, other.source) == house
    ]
    if not before or one.received_at - before[-1].received_at <= gap:
        return
    # Confirmed by the rule: same person by number, same matter. A person can undo it.
    a = before[-1].pk
    if callers.linked(a, one.pk):
        return
    made = CaseLink(
        a_id=a,
        b_id=one.pk,
        kind=Kind.REPEAT,
        state=State.CONFIRMED,
        certain=True,
        reasons=[["person.same", 0], ["matter.same", 0]],
        at=now,
    )
    CaseLink.objects.bulk_create([made], ignore_conflicts=True)


def _climb(last: Facts, times: list[Facts], rules: Rules, *, now: datetime) -> None:
    """Speak of the highest step that is reached and was not spoken of in this series."""
    count = len(times)
    reached = [step for step in rules.repeat["steps"] if step["times"] <= count]
    if reached:
        _speak(last.pk, times, max(reached, key=lambda one: one["times"]), count, now=now)


@transaction.atomic
def _speak(
    pk: int, times: list[Facts], step: Mapping[str, Any], count: int, *, now: datetime
) -> None:
    case = locked(Case(pk=pk))
    spoken = CaseEvent.objects.filter(case__in=[one.pk for one in times], kind=REPEAT)
    if any(event.data.get("times", 0) >= step["times"] for event in spoken):
        return
    add_event(
        case,
        REPEAT,
        at=now,
        organisation=case.owner,
        text=_("同一诉求人就同一事项第%(count)d次反映，已报有关负责人。") % {"count": count},
        data={"times": step["times"], "count": count},
        to_company=may_know(case, [one.pk for one in times]),
    )
    Case.objects.filter(pk=case.pk).update(updated_at=now)
    house = chain_of(case, [one.pk for one in times], now=now)
    audit.record("case.repeat", case, by=None, now=now, organisation=house, count=count)
    for person in _posts(case, step["to"], now):
        seen = _seen_by(person, [one.pk for one in times])
        if seen >= step["times"]:
            told = notifications.again(case, person, times=step["times"], count=seen)
            outbox.post_all(told, now=now)


def _seen_by(person: User, pks: list[int]) -> int:
    """How many of the times somebody may know of; who works for a regulator of all."""
    if any(place.is_regulator for place in workplaces(person, Permission.CASE_VIEW)):
        return len(pks)
    seen = Case.objects.visible_to(person).filter(pk__in=pks)
    return seen.exclude(secret_from(person)).count()


def _posts(case: Case, wanted: list[str], now: datetime) -> list[User]:
    """Who holds the posts; each person once."""
    on = clock.day_of(now)
    people: dict[int, User] = {}
    for post in wanted:
        if post == "responsible":
            found = [case.responsible] if case.responsible and case.responsible.is_active else []
        elif post == "regulator_lead":
            office = regulator_for(case.organisation or case.holder, on)[0]
            found = people_of(office, Permission.CASE_APPROVE, on=on)
        else:
            house = case.holder if post == "holder_lead" else case.owner
            right = Permission.CASE_REGISTER if post == "owner" else Permission.CASE_APPROVE
            found = people_of(house, right, on=on)
        people |= {one.pk: one for one in found}
    return list(people.values())
