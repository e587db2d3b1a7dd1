"""Two cases weighed against each other: which evidence there is, and what it adds up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from complaints.matching.alike import dice, grams, one_slip, overlap
from complaints.matching.plain import Address, Name
from complaints.matching.rules import WHAT, WHO, Rules
from complaints.matching.sounds import sounded

# Names of places that are heard alike: so much of the shorter one stands in the other.
SAME_STREET, OTHER_STREET = 0.6, 0.3


@dataclass(frozen=True)
class Facts:
    """What of a case is compared, in comparable form. Lives only while cases are compared."""

    pk: int
    number: str
    source: str
    received_at: datetime
    report: bool = False
    cites: frozenset[str] = frozenset()
    account: str = ""
    phone: str = ""
    name: Name = Name("")
    address: Address = Address()
    area: str = ""
    feeder: str = ""
    # Path of the company in the tree of organisations; empty where none is named.
    unit: str = ""
    # What it is about: as it was filed, and as its text tells.
    filed: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    # Keyed hashes of telephone and account.
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Score:
    """What was found, strongest first, and its sums."""

    evidence: dict[str, float] = field(default_factory=dict)
    who: float = 0
    what: float = 0
    total: float = 0
    proposed: bool = False
    certain: bool = False


def compare(a: Facts, b: Facts, rules: Rules) -> Score:
    """How much speaks for two cases being one matter of one person."""
    found = {code: rules.weights[code] for code in evidence(a, b, rules)}
    sums = {
        "who": sum(weight for code, weight in found.items() if _kind(code) in WHO),
        "what": sum(weight for code, weight in found.items() if _kind(code) in WHAT),
        "total": sum(found.values()),
    }
    alone = bool(rules.certain_alone & found.keys())
    certain = alone or (rules.certain.reached(**sums) and not rules.never_certain & found.keys())
    proposed = certain or rules.propose.reached(**sums)
    ordered = dict(sorted(found.items(), key=lambda one: -abs(one[1])))
    return Score(ordered, **sums, proposed=proposed, certain=certain)


def _kind(code: str) -> str:
    return code.partition(".")[0]


def evidence(a: Facts, b: Facts, rules: Rules) -> Iterator[str]:
    """Codes of everything that speaks for or against."""
    yield from _who(a, b)
    yield from _where(a, b)
    if level := same_matter(a, b):
        yield f"matter.{level}"
    if level := _texts(a.words, b.words, rules):
        yield f"text.{level}"
    yield f"time.{_times(abs(a.received_at - b.received_at), rules)}"


def _who(a: Facts, b: Facts) -> Iterator[str]:
    if a.number in b.cites or b.number in a.cites:
        yield "number.cited"
    for kind, one, other in (("account", a.account, b.account), ("phone", a.phone, b.phone)):
        if one and other:
            yield f"{kind}.{_numbers(kind, one, other)}"
    if level := _names(a.name, b.name):
        yield f"name.{level}"
    if level := _addresses(a.address, b.address):
        yield f"address.{level}"


def _where(a: Facts, b: Facts) -> Iterator[str]:
    for kind, one, other in (("area", a.area, b.area), ("feeder", a.feeder, b.feeder)):
        if one and other:
            yield f"{kind}.{'same' if one == other else 'other'}"
    if a.unit and b.unit:
        related = a.unit.startswith(b.unit) or b.unit.startswith(a.unit)
        yield "unit.same" if related else "unit.other"


def same_matter(a: Facts, b: Facts) -> str:
    """Whether both are about the same; the words of the texts where the filing does not tell.

    Two filings that differ while the texts agree say nothing: one of them was filed wrongly. Nor do
    filings that agree while the texts tell of different things: the category is a wide one.
    """
    either = bool((a.filed | a.told) & (b.filed | b.told))
    if either and a.told and b.told and not a.told & b.told:
        return ""
    if a.filed and b.filed:
        return "same" if a.filed & b.filed else "" if either else "other"
    if not (a.filed | a.told) or not (b.filed | b.told):
        return ""
    return "same" if either else "other"


def _numbers(kind: str, a: str, b: str) -> str:
    if a == b:
        return "same"
    if kind == "account" and a[:-1] == b[:-1]:
        # Accounts of neighbours run in a row: the last sign tells one from the other.
        return "other"
    return "near" if one_slip(a, b) else "other"


def _names(a: Name, b: Name) -> str:
    if not a.text or not b.text:
        return ""
    if a.surname_only or b.surname_only:
        return "surname" if sounded(a.text)[0] == sounded(b.text)[0] else "other"
    if a.text == b.text:
        return "same"
    one, other = sounded(a.text), sounded(b.text)
    if one == other:
        return "sound"
    return "near" if min(len(one), len(other)) > 1 and one_slip(one, other) else "other"


def _addresses(a: Address, b: Address) -> str:
    if not a.words or not b.words:
        return ""
    alike = overlap(grams(a.words), grams(b.words))
    if alike < OTHER_STREET:
        return "elsewhere"
    if alike < SAME_STREET:
        return ""
    if not a.numbers or not b.numbers:
        return "street"
    return _doors(a, b)


def _doors(a: Address, b: Address) -> str:
    """Whether numbers of one street name one door, whatever the order they were said in."""
    counted, other = ({kind: n for n, kind in _counted(one) if kind} for one in (a, b))
    if any(counted[kind] != other[kind] for kind in counted.keys() & other.keys()):
        return "neighbour"
    left = Counter(a.numbers) - Counter(b.numbers), Counter(b.numbers) - Counter(a.numbers)
    if not any(left):
        return "same"
    if all(left):
        # Each side tells something that the other leaves out: only where it is not the same thing.
        apart = all(_said_of_all(one, rest) for one, rest in zip((a, b), left, strict=True))
        return "partly" if apart and set(a.numbers) & set(b.numbers) else "neighbour"
    return "partly"


def _counted(one: Address) -> Iterator[tuple[str, str]]:
    yield from zip(one.numbers, one.counts, strict=True)


def _said_of_all(one: Address, numbers: Container[str]) -> bool:
    """Whether of each of the numbers it was said what it counts."""
    return all(kind for number, kind in _counted(one) if number in numbers)


def _texts(a: frozenset[str], b: frozenset[str], rules: Rules) -> str:
    if not a or not b:
        return ""
    alike = dice(set(a), set(b))
    for level in ("high", "some"):
        if alike >= rules.texts[level]:
            return level
    return "little" if alike < rules.texts["little"] else ""


def _times(apart: timedelta, rules: Rules) -> str:
    return next((level for level, most in rules.times.items() if apart <= most), "longer")
