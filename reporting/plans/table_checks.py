"""What the rows of a plan are checked for against each other, row by row as they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from reporting.plans.findings import Finding
from reporting.plans.row_checks import Row, RowChecks, line_of
from reporting.plans.rules import Rules

ONCE, EACH = "once", "each"


class _Seen(NamedTuple):
    """Where a user stood first."""

    line: int
    name: str
    grade: str


@dataclass
class Sums:
    """What rows add up to, by the order of their grade; kW."""

    kw: dict[int, int] = field(default_factory=dict)
    users: dict[int, int] = field(default_factory=dict)
    # Order, rest day and hours → kW: what of it can be called when.
    bands: dict[tuple[int, str, str, str], int] = field(default_factory=dict)
    by_terminal: int = 0
    rows: int = 0

    def reached(self, orders: list[int], listing: str) -> dict[int, int]:
        """kW that each grade can call: with the milder ones' rows where users stand once."""
        found, total = {}, 0
        for order in orders:
            total = self.kw.get(order, 0) + (0 if listing == EACH else total)
            found[order] = total
        return found


class TableChecks:
    """Walks over the rows of a plan once; ``finish`` tells what only the whole table shows."""

    def __init__(self, rules: Rules, rows: RowChecks, *, listing: str = ONCE) -> None:
        self.rules, self.rows, self.listing = rules, rows, listing
        self.sums = Sums()
        self.terminal = rules.word("load_terminal")
        self.restricted = rules.word("restrict_first_class")
        # user → where it stood first; with its line (and grade, where each grade is listed)
        self.users: dict[str, _Seen] = {}
        self.places: dict[tuple[str, ...], int] = {}
        # user → grade order → kW, where each grade is listed
        self.by_grade: dict[str, dict[int, tuple[int, int]]] = {}
        # measure → grade order → (first line, rows)
        self.measures: dict[str, dict[int, tuple[int, int]]] = {}
        # user class → (lightest grade order, its line)
        self.first_use: dict[str, tuple[int, int]] = {}
        # phone → users, until there are too many of them
        self.phones: dict[str, set[str]] = {}
        self.phone_lines: dict[str, tuple[int, str]] = {}
        self.mixed: dict[str, int] = {}
        self.whole_line: list[tuple[int, str]] = []

    def row(self, line: int, row: Row) -> list[Finding]:
        """Everything that can be told of a row as it comes."""
        found = self.rows.of(line, row)
        user = row["user_no"]
        if user:
            found += self._user(line, row, user)
        self._note(line, row)
        return found

    def _user(self, line: int, row: Row, user: str) -> Iterator[Finding]:
        place = (user, line_of(row), row["grade"] if self.listing == EACH else "")
        before = self.users.setdefault(user, _Seen(line, row["user_name"], row["grade"]))
        if (first := self.places.setdefault(place, line)) != line:
            same = self.listing == EACH or before.grade == row["grade"]
            if same:
                yield Finding("user_twice", line, "user_no", {"line": first})
                return
        if before.line == line:
            return
        if before.name != row["user_name"]:
            yield Finding("user_name_differs", line, "user_name", {"line": before.line})
        if self.listing == ONCE and before.grade != row["grade"]:
            facts = {"line": before.line, "grade": before.grade}
            yield Finding("user_two_grades", line, "grade", facts)

    def _note(self, line: int, row: Row) -> None:
        grade = self.rules.by_grade.get(row["grade"])
        order, kw = (grade.order if grade else 0), row["reducible_kw"]
        sums = self.sums
        sums.rows += 1
        sums.kw[order] = sums.kw.get(order, 0) + kw
        sums.users[order] = sums.users.get(order, 0) + 1
        band = (order, row["rest_day"], row["time_from"], row["time_to"])
        sums.bands[band] = sums.bands.get(band, 0) + kw
        heaviest = len(self.rules.grades)
        if row["control_means"] == self.terminal and (self.listing == ONCE or order == heaviest):
            sums.by_terminal += kw
        if grade:
            self._note_grade(line, row, order, kw)
        if name := line_of(row):
            if row["mixed_line"]:
                self.mixed.setdefault(name, line)
            elif self.rows.cuts_the_line(row):
                self.whole_line.append((line, name))
        self._note_phone(line, row)

    def _note_grade(self, line: int, row: Row, order: int, kw: int) -> None:
        if row["measure"] in self.rules.measures:
            used = self.measures.setdefault(row["measure"], {})
            first, count = used.get(order, (line, 0))
            used[order] = (first, count + 1)
        kind = row["user_class"]
        if kind not in self.first_use or order < self.first_use[kind][0]:
            self.first_use[kind] = (order, line)
        if self.listing == EACH and row["user_no"]:
            own = self.by_grade.setdefault(row["user_no"], {})
            first, before = own.get(order, (line, 0))
            own[order] = (first, before + kw)

    def _note_phone(self, line: int, row: Row) -> None:
        phone = row["phone"]
        if not phone or not row["user_no"]:
            return
        users = self.phones.get(phone)
        if users is None:
            # One user is the rule: a set for each would cost more than all else together.
            first, user = self.phone_lines.setdefault(phone, (line, row["user_no"]))
            if user != row["user_no"]:
                self.phones[phone] = {user, row["user_no"]}
        else:
            users.add(row["user_no"])

    def finish(self) -> list[Finding]:
        """What only the whole table shows, at the first row that it concerns."""
        found = [
            *self._order_of_measures(),
            *self._restricted_first(),
            *self._mixed_lines(),
            *self._shared_phones(),
            *self._nested(),
        ]
        return sorted(found, key=lambda one: one.line)

    def _order_of_measures(self) -> Iterator[Finding]:
        """A measure is used in a grade only when milder ones are used there or before, and no
        milder one begins later."""
        places = self.rules.measures
        begins = {measure: min(used) for measure, used in self.measures.items()}
        for measure, used in sorted(self.measures.items(), key=lambda item: places[item[0]]):
            milder = [name for name in places if places[name] < places[measure]]
            for order, (line, count) in sorted(used.items()):
                late = [name for name in milder if begins.get(name, order) > order]
                none_yet = milder and not any(begins.get(n, order + 1) <= order for n in milder)
                if late or none_yet:
                    facts = {
                        "value": measure,
                        "grade": self.rules.grades[order - 1].grade,
                        "count": count,
                        "other": (late or milder)[0],
                    }
                    yield Finding("measure_order", line, "measure", facts)

    def _restricted_first(self) -> Iterator[Finding]:
        if self.restricted not in self.first_use:
            return
        order, line = self.first_use[self.restricted]
        others = [o for kind, (o, _line) in self.first_use.items() if kind != self.restricted]
        if others and min(others) < order:
            grades = self.rules.grades
            facts = {"grade": grades[order - 1].grade, "other": grades[min(others) - 1].grade}
            yield Finding("restrict_first_late", line, "grade", facts)

    def _mixed_lines(self) -> Iterator[Finding]:
        for line, name in self.whole_line:
            if name in self.mixed:
                facts = {"value": name, "line": self.mixed[name]}
                yield Finding("mixed_line_unmarked", line, "mixed_line", facts)

    def _shared_phones(self) -> Iterator[Finding]:
        limit = self.rules.limit("phone_users")
        for phone, users in self.phones.items():
            if len(users) >= limit:
                line = self.phone_lines[phone][0]
                yield Finding("phone_shared", line, "phone", {"count": len(users)})

    def _nested(self) -> Iterator[Finding]:
        """Where each grade is listed: every heavier one holds the user with at least as much."""
        grades = self.rules.grades
        for own in self.by_grade.values():
            lightest = min(own)
            for order in range(lightest + 1, len(grades) + 1):
                line, kw = own.get(order - 1, (0, 0))
                if order not in own:
                    facts = {"grade": grades[lightest - 1].grade, "other": grades[order - 1].grade}
                    yield Finding("nested_missing", own[lightest][0], "grade", facts)
                    break
                if own[order][1] < kw:
                    facts = {
                        "grade": grades[order - 2].grade,
                        "other": grades[order - 1].grade,
                        "value": str(own[order][1]),
                        "more": str(kw),
                    }
                    yield Finding("nested_less", own[order][0], "reducible_kw", facts)
