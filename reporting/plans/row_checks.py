"""What a single row of a plan is checked for. Source: domain rules named in the catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reporting.plans.findings import Finding
from reporting.plans.rules import Protected, Rules

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Shared:
    """A line that the register knows to serve residents too; ``device``: cuts enterprises alone."""

    code: str
    name: str
    substation: str = ""
    residents: int = 0
    device: bool = False


TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
PHONE = re.compile(r"1[3-9]\d{9}|(0\d{2,3}-?)?[2-9]\d{6,7}(-\d{1,6})?|[48]00-?\d{3}-?\d{4}")
# All signs alike (after a first part), or counted up: nobody answers these.
PLACEHOLDER = re.compile(r"(?:.{0,3}?)(\d)\1{6,}|.*(?:12345678|87654321).*|1380013800\d")


class RowChecks:
    """The checks of one row, for many rows of a plan."""

    def __init__(
        self,
        rules: Rules,
        *,
        area: str = "",
        regions: frozenset[str] = frozenset(),
        units: frozenset[str] = frozenset(),
        shared: Iterable[Shared] = (),
    ) -> None:
        """``regions`` and ``units`` are the names that rows may hold; empty takes any.

        ``shared``: lines that are registered as serving enterprises and residents.
        """
        shared = list(shared)
        self.shared_codes = {line.code: line for line in shared}
        self.shared_names = {line.name: line for line in shared}
        self.rules, self.area, self.regions, self.units = rules, area, regions, units
        word = rules.word
        self.resident, self.important = word("resident"), word("important")
        self.switch, self.cut = word("feeder_switch"), word("feeder_cut")
        content = rules.content
        self.lists = (
            ("user_class", frozenset(content["user_classes"]), "class_unknown"),
            ("grade", frozenset(rules.by_grade), "grade_unknown"),
            ("measure", frozenset(rules.measures), "measure_unknown"),
            ("control_means", frozenset(content["control_means"]), "control_unknown"),
        )
        self.rest_days = frozenset(content["rest_days"])
        self.words = self._pattern(rules)
        self.by_word = {w: group for group in rules.protected.values() for w in group.words}
        self.parts: tuple[Callable[[int, Row], Iterator[Finding]], ...] = (
            self._lists,
            self._protection,
            self._loads,
            self._times,
            self._line,
            self._contact,
        )

    @staticmethod
    def _pattern(rules: Rules) -> re.Pattern[str]:
        words = [word for group in rules.protected.values() for word in group.words]
        return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))

    def of(self, line: int, row: Row) -> list[Finding]:
        """Everything that is wrong with a row by itself."""
        return [finding for part in self.parts for finding in part(line, row)]

    def cuts_the_line(self, row: Row) -> bool:
        """Whether the measure takes the whole line, with everybody on it."""
        whole = row["control_means"] == self.switch or row["measure"] == self.cut
        return bool(whole and not row["cutoff_device"])

    def _lists(self, line: int, row: Row) -> Iterator[Finding]:
        if not row["user_no"]:
            yield Finding("user_missing", line, "user_no", {})
        for key, known, code in self.lists:
            if row[key] not in known:
                yield Finding(code, line, key, {"value": row[key]})
        if row["rest_day"] and row["rest_day"] not in self.rest_days:
            yield Finding("rest_day_unknown", line, "rest_day", {"value": row["rest_day"]})
        if self.regions and row["region"] not in self.regions:
            facts = {"value": row["region"], "area": self.area}
            yield Finding("region_outside", line, "region", facts)
        if self.units and row["supply_unit"] not in self.units:
            yield Finding("unit_unknown", line, "supply_unit", {"value": row["supply_unit"]})

    def _protection(self, line: int, row: Row) -> Iterator[Finding]:
        if row["user_class"] == self.resident:
            yield Finding("resident_row", line, "user_class", {})
            return
        group = self.rules.protected.get(row["protected"])
        if group is not None:
            yield from self._of_group(line, row, group)
            return
        for key in ("user_name", "industry"):
            if found := self.words.search(row[key]):
                group = self.by_word[found[0]]
                facts = {"value": row[key], "group": group.label, "text": group.text}
                if not group.security_load_only or not row["security_load_kw"]:
                    yield Finding("protected_suspected", line, key, facts)
                return

    @staticmethod
    def _of_group(line: int, row: Row, group: Protected) -> Iterator[Finding]:
        facts = {"value": group.label, "text": group.text}
        if not group.security_load_only:
            yield Finding("protected_row", line, "protected", facts)
        elif not row["security_load_kw"]:
            yield Finding("hazard_without_security", line, "security_load_kw", facts)

    def _loads(self, line: int, row: Row) -> Iterator[Finding]:
        peak, security, kw = row["max_load_kw"], row["security_load_kw"], row["reducible_kw"]
        if not row["capacity_kva"]:
            yield Finding("capacity_zero", line, "capacity_kva", {})
        elif peak > row["capacity_kva"]:
            facts = {"value": peak, "capacity": row["capacity_kva"]}
            yield Finding("load_over_capacity", line, "max_load_kw", facts)
        important = row["user_class"] == self.important
        if important and not security and row["protected"] not in self.rules.protected:
            yield Finding("security_missing", line, "security_load_kw", {})
        if security > peak:
            facts = {"security": security, "peak": peak}
            yield Finding("security_over", line, "security_load_kw", facts)
        elif kw > peak - security:
            yield Finding(
                "reducible_over", line, "reducible_kw", {"value": kw} | {"room": peak - security}
            )
        if kw <= 0:
            yield Finding("reducible_zero", line, "reducible_kw", {})

    @staticmethod
    def _times(line: int, row: Row) -> Iterator[Finding]:
        begin, end = row["time_from"], row["time_to"]
        wrong = [key for key in ("time_from", "time_to") if not TIME.fullmatch(row[key])]
        for key in wrong:
            yield Finding("time_invalid", line, key, {"value": row[key]})
        if wrong:
            return
        if begin == end or begin == "24:00":
            yield Finding("time_invalid", line, "time_to", {"value": f"{begin}–{end}"})
        elif begin > end:
            yield Finding("time_past_midnight", line, "time_to", {"value": f"{begin}–{end}"})

    def _line(self, line: int, row: Row) -> Iterator[Finding]:
        cuts, mixed = self.cuts_the_line(row), row["mixed_line"]
        if (cuts or mixed) and not line_of(row):
            yield Finding("line_missing", line, "line_name", {})
        whole = row["control_means"] == self.switch
        key = "control_means" if whole else "measure"
        if cuts and mixed:
            yield Finding("mixed_line_cut", line, key, {"value": row[key]})
        elif (whole or row["measure"] == self.cut) and (known := self._registered(row)):
            facts = {"value": line_of(row), "residents": known.residents, "how": row[key]}
            yield Finding("mixed_line_registered", line, key, facts)
        if mixed and row["cutoff_device"] and not row["separable"]:
            yield Finding("cutoff_not_separable", line, "separable", {})

    def _registered(self, row: Row) -> Shared | None:
        """The line of the register that the row cuts whole, residents and all.

        Named by its code, or by its name where the row gives no other place.
        """
        known = self.shared_codes.get(row["line_code"])
        if known is None and (named := self.shared_names.get(row["line_name"])):
            places = {named.substation, row["substation"]} - {""}
            known = named if not row["line_code"] or len(places) < 2 else None
        if known is None or (known.device and row["cutoff_device"]):
            return None
        return known

    @staticmethod
    def _contact(line: int, row: Row) -> Iterator[Finding]:
        if not row["contact"]:
            yield Finding("contact_missing", line, "contact", {})
        phone = row["phone"]
        if not phone:
            yield Finding("phone_missing", line, "phone", {})
        elif not PHONE.fullmatch(phone):
            yield Finding("phone_invalid", line, "phone", {})
        elif PLACEHOLDER.fullmatch(phone.replace("-", "")):
            yield Finding("phone_unreachable", line, "phone", {})


def line_of(row: Row) -> str:
    """What names the line of a row; empty where it names none."""
    return str(row["line_code"] or row["line_name"])
