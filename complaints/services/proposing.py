"""Proposals that cases belong together, made after the receipt; and persons who call again.

Nothing here decides: a person confirms or rejects. Only who calls again in the same matter under
the same number is linked at once, because that is counted, and it can be taken apart like any link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from complaints.matching.rules import Rules
from complaints.matching.scoring import Facts, Score, compare, same_matter
from complaints.models import Case, CaseLink
from complaints.services import incidents
from complaints.services.comparing import candidates, facts_of, mark, rules_on
from complaints.services.repeating import count_again

# So many are compared in one go, with at most so many times the candidates.
PART = 200


def propose(pks: Iterable[int], *, now: datetime) -> int:
    """Compare cases with all others and write proposals; says how many. Twice does no harm."""
    wanted = sorted(pks)
    parts = (wanted[start : start + PART] for start in range(0, len(wanted), PART))
    return sum(_compared(part, now=now) for part in parts)


def _compared(pks: list[int], *, now: datetime) -> int:
    rules = rules_on(now)
    standing = Case.objects.filter(pk__in=pks, merged_into__isnull=True)
    found = facts_of(standing, rules)
    if not found:
        return 0
    with transaction.atomic():
        mark(found.values())
    shared = candidates(found, rules)
    missing = {other for others in shared.values() for other in others} - found.keys()
    known = {**found, **facts_of(Case.objects.filter(pk__in=missing), rules)}
    pairs = list(_best(shared, known, rules))
    with transaction.atomic():
        written = _written(pairs, known, rules, now=now)
    count_again(found, rules, now=now)
    incidents.propose(found, rules, now=now)
    return written


def _best(
    shared: Mapping[int, list[int]], known: Mapping[int, Facts], rules: Rules
) -> Iterator[tuple[int, int, Score]]:
    """The strongest pairs of each case, each pair once, the earlier case first."""
    seen = set()
    for pk, others in shared.items():
        scored = [(compare(known[pk], known[o], rules), o) for o in others if o in known]
        # A report belongs to nothing but reports.
        good = [
            (score, other)
            for score, other in scored
            if score.proposed and known[other].report == known[pk].report
        ]
        good.sort(key=lambda one: (-one[0].total, one[1]))
        for score, other in good[: rules.limits["proposals"]]:
            first, second = sorted((pk, other), key=lambda one: (known[one].received_at, one))
            if (first, second) not in seen:
                seen.add((first, second))
                yield first, second, score


def _written(
    pairs: list[tuple[int, int, Score]],
    known: Mapping[int, Facts],
    rules: Rules,
    *,
    now: datetime,
) -> int:
    """Store what is new. What was ever proposed, linked or rejected between two cases stays."""
    judged = _judged({pk for one in pairs for pk in one[:2]})
    links = [
        CaseLink(
            a_id=a,
            b_id=b,
            kind=kind_of(known[a], known[b], rules),
            state=CaseLink.State.PROPOSED,
            score=round(score.total, 2),
            certain=score.certain,
            reasons=[[code, weight] for code, weight in score.evidence.items()],
            at=now,
        )
        for a, b, score in pairs
        if frozenset((a, b)) not in judged and not _is_counted(known[a], known[b], rules)
    ]
    CaseLink.objects.bulk_create(links, ignore_conflicts=True)
    return len(links)


def _is_counted(a: Facts, b: Facts, rules: Rules) -> bool:
    """Whether the second is one more time of the first, which is linked without asking."""
    again = bool(a.keys & b.keys) and same_matter(a, b) == "same"
    return again and kind_of(a, b, rules) == CaseLink.Kind.REPEAT


def _judged(pks: set[int]) -> set[frozenset[int]]:
    rows = CaseLink.objects.filter(Q(a__in=pks) & Q(b__in=pks)).order_by()
    return {frozenset(pair) for pair in rows.values_list("a_id", "b_id")}


def kind_of(a: Facts, b: Facts, rules: Rules) -> str:
    """Between two houses one event; in one house entered twice, or said again."""
    if rules.hotline.get(a.source, a.source) != rules.hotline.get(b.source, b.source):
        return CaseLink.Kind.JOINT
    apart = abs(a.received_at - b.received_at)
    twice = apart <= rules.windows["duplicate_hours"]
    return CaseLink.Kind.DUPLICATE if twice else CaseLink.Kind.REPEAT
