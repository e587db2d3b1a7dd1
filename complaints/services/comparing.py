"""Which cases a new one is compared with: looked up by what they share, in bounded numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import QuerySet

from complaints.matching import plain
from complaints.matching.rules import Rules
from complaints.matching.scoring import Facts
from complaints.models import Case, CaseMark, LinkageRules
from complaints.text import words_of
from complaints.workflow import REPORT
from core import clock, crypto
from core.errors import Refused

PLACE = "case place"
# Of one run; what is dropped then is furthest away in time.
MOST_ROWS = 40_000
COMPARED = (
    *("number", "source", "received_at", "nature", "category", "content", "linked_number"),
    *("account_no", "complainant_phone", "complainant_name", "address", "anonymous"),
    *("transformer_area", "feeder", "phone_index", "account_index", "organisation__path"),
)


def rules_on(moment: datetime) -> Rules:
    """The rules of comparing in force. Raises ``Refused`` where none are stored."""
    found = LinkageRules.objects.on(clock.day_of(moment)).first()
    if found is None:
        raise Refused("no rules of linkage are stored")
    return Rules.of(found.definition)


def facts_of(cases: QuerySet[Case], rules: Rules) -> dict[int, Facts]:
    """What is compared, by case."""
    rows = cases.order_by().select_related("organisation").only(*COMPARED)
    return {case.pk: facts(case, rules) for case in rows}


def facts(case: Case, rules: Rules) -> Facts:
    """The particulars of a case in comparable form."""
    cited = plain.codes(case.content) | ({case.linked_number.upper()} - {""})
    return Facts(
        pk=case.pk,
        number=case.number.upper(),
        source=case.source,
        received_at=case.received_at,
        report=case.nature == REPORT,
        cites=frozenset(cited),
        account=plain.digits(case.account_no),
        phone=plain.digits(case.complainant_phone),
        name=plain.Name.of(case.complainant_name),
        address=plain.Address.of(case.address),
        area=plain.place_name(case.transformer_area),
        feeder=plain.place_name(case.feeder),
        unit=case.organisation.path if case.organisation else "",
        filed=rules.filed(case.category),
        told=rules.told(case.content),
        words=frozenset(words_of(case.content)),
        keys=frozenset({case.phone_index, case.account_index} - {""}),
    )


def mark(found: Iterable[Facts]) -> None:
    """Write down by what the cases are looked up. Twice does no harm."""
    CaseMark.objects.bulk_create(
        (
            CaseMark(case_id=one.pk, kind=kind, value=value, received_at=one.received_at)
            for one in found
            for kind, value in sorted(marks_of(one))
        ),
        ignore_conflicts=True,
        batch_size=500,
    )


def marks_of(one: Facts) -> set[tuple[str, str]]:
    """Numbers that it bears or cites, and doors by street and house number."""
    numbers = {(CaseMark.Kind.NUMBER.value, number) for number in (one.number, *one.cites)}
    doors = {
        (CaseMark.Kind.PLACE.value, crypto.blind_index(f"{name}|{number}", context=PLACE))
        for name, number in one.address.doors
    }
    return numbers | doors


def candidates(found: Mapping[int, Facts], rules: Rules) -> dict[int, list[int]]:
    """For each case the others that share something with it, the nearest in time first.

    One query for each kind of thing shared, whatever the number of cases.
    """
    shared: dict[int, dict[int, timedelta]] = defaultdict(dict)
    cases = Case.objects.filter(merged_into__isnull=True).order_by("-received_at")
    person, area = rules.windows["person_days"], rules.windows["area_hours"]
    wanted = _values(found, ("account_index", "phone_index", "transformer_area", "feeder"))
    for name, span in (("account_index", person), ("phone_index", person)):
        _collect(shared, found, wanted[name], _rows(cases, name, wanted[name], found, span), span)
    for name in ("transformer_area", "feeder"):
        rows = _rows(cases, name, wanted[name], found, area)
        _collect(shared, found, wanted[name], _crowdless(rows, rules), area)
    marks = _by_value((pk, value) for pk, one in found.items() for _kind, value in marks_of(one))
    span = rules.windows["place_days"]
    rows = _rows(CaseMark.objects.order_by("-received_at"), "value", marks, found, span, "case_id")
    _collect(shared, found, marks, _crowdless(rows, rules), span)
    most = rules.limits["candidates"]
    return {
        pk: sorted(others, key=lambda o: (others[o], o))[:most] for pk, others in shared.items()
    }


Row = tuple[int, str, datetime]


def _values(found: Mapping[int, Facts], names: Sequence[str]) -> dict[str, dict[str, list[int]]]:
    """Column → value → the cases that have it; all columns are read at once."""
    rows = list(Case.objects.filter(pk__in=list(found)).order_by().values_list("pk", *names))
    return {
        name: _by_value((row[0], row[place]) for row in rows if row[place])
        for place, name in enumerate(names, start=1)
    }


def _by_value(pairs: Iterable[tuple[int, str]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for pk, value in pairs:
        found[value].append(pk)
    return found


def _rows(
    rows: QuerySet[Case] | QuerySet[CaseMark],
    name: str,
    wanted: Collection[str],
    found: Mapping[int, Facts],
    span: timedelta,
    key: str = "pk",
) -> list[Row]:
    if not wanted:
        return []
    times = [one.received_at for one in found.values()]
    near = rows.filter(received_at__gte=min(times) - span, received_at__lte=max(times) + span)
    return list(
        near.filter(**{f"{name}__in": list(wanted)}).values_list(key, name, "received_at")[
            :MOST_ROWS
        ]
    )


def _crowdless(rows: list[Row], rules: Rules) -> list[Row]:
    """Without values that too many share: there the person and the door have to tell."""
    count: dict[str, int] = defaultdict(int)
    for _pk, value, _at in rows:
        count[value] += 1
    return [row for row in rows if count[row[1]] <= rules.limits["per_key"]]


def _collect(
    shared: dict[int, dict[int, timedelta]],
    found: Mapping[int, Facts],
    wanted: Mapping[str, list[int]],
    rows: Iterable[Row],
    span: timedelta,
) -> None:
    for other, value, at in rows:
        for pk in wanted[value]:
            apart = abs(found[pk].received_at - at)
            if other != pk and apart <= span:
                shared[pk][other] = apart
