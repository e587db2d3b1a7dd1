"""What figures are counted from, and what a figure is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Region
from accounts.models.people import territory_codes
from campaign.models import Campaign, Duty, DutyDefinition, Phase
from campaign.workflow import DutyState
from core import clock
from core.periods import Period

if TYPE_CHECKING:
    from reporting.models import FilingVersion

# A returned filing was reported: what the reviewer found nothing wrong with stands and counts. The
# parts that went back do not count until they come again; they are stated as being corrected.
COUNTED_STATES = ("submitted", "received", "returned", "accepted")


@dataclass(frozen=True)
class Row:
    """One thing that a figure counts. ``cells`` follow the columns of the figure."""

    id: str
    organisation: str
    name: str
    province: str
    cells: tuple[Any, ...]
    duty: int | None = None
    # Where the thing itself stands in the portal; a row of a filing opens its duty instead.
    url: str = ""

    def stored(self) -> dict[str, Any]:
        kept = {
            "organisation": self.organisation,
            "name": self.name,
            "province": self.province,
            "cells": list(self.cells),
            "duty": self.duty,
        }
        return kept | ({"url": self.url} if self.url else {})


@dataclass(frozen=True)
class Figure:
    """A count: its name, its unit, and the function that lists what it counts.

    With ``total`` it is the sum of that cell of the rows instead of their number.
    """

    key: str
    label: Any
    unit: Any
    columns: tuple[Any, ...]
    rows: Callable[[Scope], Iterable[Row]]
    total: int | None = None


@dataclass(frozen=True)
class Rate:
    """A share of one count in another, as a percentage with two decimals, half up."""

    key: str
    label: Any
    part: str
    whole: str


CATALOGUE: dict[str, Figure | Rate] = {}


@dataclass
class Scope:
    """Everything that the figures of one office in one phase are counted from, read once.

    With ``whole`` it is the campaign from its first day through the phase.
    """

    campaign: Campaign
    phase: Phase
    organisation: Organisation
    now: datetime
    provinces: frozenset[str] = frozenset()
    whole: bool = False
    # What many figures read in one question.
    read: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def period(self) -> Period:
        """The days that are told of; those after today have not been yet."""
        first = self.campaign.starts_on if self.whole else self.phase.starts_on
        today = clock.day_of(self.now)
        return Period(first, max(first, min(self.phase.ends_on, today)))

    @cached_property
    def span(self) -> tuple[datetime, datetime]:
        """The same from the first instant to before the last."""
        end = clock.at(self.period.last + timedelta(days=1))
        return clock.at(self.period.first), end

    @cached_property
    def before(self) -> Scope | None:
        """The phase before, counted at the same instant; None before the first."""
        return self.of_phase(self.phase.number - 1)

    def of_phase(self, number: int) -> Scope | None:
        """Another phase of the campaign for the same office at the same instant."""
        phase = Phase.objects.filter(campaign=self.campaign, number=number).first()
        if phase is None:
            return None
        return Scope(self.campaign, phase, self.organisation, self.now, self.provinces)

    @cached_property
    def units(self) -> list[Organisation]:
        """The companies of the office's territory that no other of them stands above."""
        found = Organisation.objects.in_force().companies()
        found = found.exclude(kind=Organisation.Kind.GRID_GROUP)
        if self.organisation.kind != Organisation.Kind.NATIONAL_REGULATOR:
            codes = territory_codes(self.organisation, on=self.period.last)
            here = {code[:2] for code in codes}
            found = found.filter(region__isnull=False)
            listed = [one for one in found if one.region_id[:2] in here]
        else:
            listed = list(found)
        listed = [one for one in listed if self._inside_province(one)]
        paths = {one.path for one in listed}
        step = Organisation.steplen
        return [
            one
            for one in sorted(listed, key=lambda one: one.code)
            if not any(one.path[:end] in paths for end in range(step, len(one.path), step))
        ]

    def _inside_province(self, organisation: Organisation) -> bool:
        return not self.provinces or province_of(organisation) in self.provinces

    @cached_property
    def tops(self) -> dict[str, Organisation]:
        """The same by path."""
        return {one.path: one for one in self.units}

    def top_of(self, path: str) -> Organisation | None:
        """The company that a unit of this path belongs to; None outside the territory."""
        step = Organisation.steplen
        ends = range(step, len(path) + 1, step)
        return next((self.tops[path[:end]] for end in ends if path[:end] in self.tops), None)

    @cached_property
    def everybody(self) -> list[Organisation]:
        """The companies of the territory with all that stand below them."""
        if not self.units:
            return []
        below = Q(pk__in=())
        for one in self.units:
            below |= Q(path__startswith=one.path)
        return list(Organisation.objects.filter(below))

    def unit_row(
        self,
        identity: str,
        organisation: Organisation,
        cells: tuple[Any, ...],
        *,
        url: str = "",
        duty: int | None = None,
    ) -> Row:
        """Something of a unit: it counts for the company that the unit belongs to."""
        top = self.top_of(organisation.path) or organisation
        name, province = str(organisation), province_of(organisation)
        return Row(identity, top.code, name, province, cells, duty, url)

    @cached_property
    def duties(self) -> list[Duty]:
        """Duties of the phase that the office answers for: its own, received and copied ones."""
        office = Q(recipient=self.organisation) | Q(copy_to=self.organisation)
        office |= Q(organisation=self.organisation)
        if self.organisation.kind == Organisation.Kind.NATIONAL_REGULATOR:
            office = Q()
        found = Duty.objects.counted().filter(office, definition__campaign=self.campaign)
        if self.whole:
            found = found.filter(definition__phase__number__lte=self.phase.number)
        else:
            found = found.filter(definition__phase=self.phase)
        related = ("organisation__region", "definition", "recipient", "copy_to")
        inside = [duty for duty in found.select_related(*related) if self._inside(duty)]
        for duty in inside:
            # The tick that opens it may come a moment later, or (in a rehearsal) is yet to come.
            if duty.state == DutyState.WAITING and duty.opens_at <= self.now:
                duty.state = DutyState.OPEN
        return inside

    def _inside(self, duty: Duty) -> bool:
        return self._inside_province(duty.organisation)

    @cached_property
    def company_duties(self) -> list[Duty]:
        """Reports that the companies owe (one per company)."""
        return [
            duty
            for duty in self.duties
            if duty.organisation.is_company and duty.definition.kind == DutyDefinition.Kind.REPORT
        ]

    @cached_property
    def own_duties(self) -> list[Duty]:
        """What the office itself has to do in the phase."""
        return [duty for duty in self.duties if duty.organisation_id == self.organisation.pk]

    @cached_property
    def content(self) -> list[tuple[Duty, FilingVersion]]:
        """Filed content that counts, with the duty that it was filed for."""
        from reporting.models import FilingVersion

        duties = {duty.pk: duty for duty in self.company_duties}
        versions = FilingVersion.objects.filter(
            filing__duty__in=duties, pk__in=_filed_versions(), state__in=COUNTED_STATES
        ).select_related("filing")
        found = [(duties[v.filing.duty_id], v) for v in versions]
        live = [(duty, version) for duty, version in found if duty.state != DutyState.EXEMPTED]
        return sorted(live, key=lambda pair: (pair[0].organisation.code, pair[0].pk))

    @cached_property
    def sent_back(self) -> dict[int, list[str]]:
        """The parts that went back to the company, by version; empty lists where all is well."""
        from reporting.models import Review

        returned = [v.pk for duty, v in self.content if duty.state == DutyState.RETURNED]
        reviews = Review.objects.filter(version__in=returned, decision=Review.Decision.RETURNED)
        found = {version.pk: list[str]() for _duty, version in self.content}
        for review in reviews:
            found[review.version_id] += [item["part"] for item in review.deficient]
        return {version: list(dict.fromkeys(parts)) for version, parts in found.items()}

    def content_of(self, part: str) -> list[tuple[Duty, FilingVersion]]:
        """Filed content of one part as far as it counts, with the duty."""
        return [
            (duty, version)
            for duty, version in self.content
            if part in duty.definition.parts and part not in self.sent_back[version.pk]
        ]

    def correcting(self, part: str) -> list[Duty]:
        """Duties of the companies that have to file this part again."""
        return [duty for duty, version in self.content if part in self.sent_back[version.pk]]

    @cached_property
    def files(self) -> Counter[tuple[int, str, str]]:
        """How many files hang on (version, part, row)."""
        from reporting.models import Attachment

        ids = [version.pk for _duty, version in self.content]
        found = Attachment.objects.filter(version__in=ids)
        return Counter(found.values_list("version_id", "part", "row_key"))

    @cached_property
    def province_names(self) -> dict[str, str]:
        return dict(Region.objects.filter(code__endswith="0000").values_list("code", "short_name"))


def _filed_versions() -> Any:
    from reporting.models import Filing

    return Filing.objects.filter(filed_version__isnull=False).values("filed_version")


def province_of(organisation: Organisation) -> str:
    """Code of the province that an organisation lies in; empty for those of the whole country."""
    return organisation.region_id[:2] + "0000" if organisation.region_id else ""


def figure(
    key: str, label: Any, unit: Any, columns: tuple[Any, ...], total: int | None = None
) -> Callable[[Callable[[Scope], Iterable[Row]]], Callable[[Scope], Iterable[Row]]]:
    """Enter a count into the catalogue under its key; with ``total`` the sum of that cell."""

    def enter(fn: Callable[[Scope], Iterable[Row]]) -> Callable[[Scope], Iterable[Row]]:
        CATALOGUE[key] = Figure(key, label, unit, columns, fn, total)
        return fn

    return enter


def enter_rate(rate: Rate) -> None:
    """Enter a rate into the catalogue under its key."""
    CATALOGUE[rate.key] = rate


def take(scope: Scope, keys: Iterable[str]) -> dict[str, list[Row]]:
    """The rows of the asked counts (and of the counts that the asked rates need).

    Raises ``KeyError`` for a key that is not in the catalogue.
    """
    wanted: list[str] = []
    for key in keys:
        entry = CATALOGUE[key]
        wanted += [entry.part, entry.whole] if isinstance(entry, Rate) else [key]
    return {key: list(CATALOGUE[key].rows(scope)) for key in dict.fromkeys(wanted)}


DUTY_COLUMNS = (_("任务"), _("截止时间"), _("首次报送"), _("状态"))


def _instant(at: datetime | None) -> str:
    return at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M") if at else "—"


def duty_row(duty: Duty) -> Row:
    """A duty as a row: what was owed by when, when it came, how it stands."""
    cells = (
        duty.definition.title,
        _instant(duty.due_at),
        _instant(duty.first_submitted_at),
        str(DutyState(duty.state).label),
    )
    return _row(f"duty:{duty.pk}", duty, cells)


def part_row(duty: Duty, part: str, key: str, cells: tuple[Any, ...]) -> Row:
    """A row of a filed list."""
    return _row(f"{part}:{duty.pk}:{key}", duty, cells)


def _row(identity: str, duty: Duty, cells: tuple[Any, ...]) -> Row:
    organisation = duty.organisation
    province = province_of(organisation)
    return Row(identity, organisation.code, str(organisation), province, cells, duty.pk)


def added(rows: Iterable[Row | dict[str, Any]], total: int | None) -> int | str:
    """What a figure says of its rows: how many they are, or the sum of a cell of theirs.

    Whole numbers stay numbers; a sum with decimals is text, as exact as its parts.
    """
    listed = [row["cells"] if isinstance(row, dict) else row.cells for row in rows]
    if total is None:
        return len(listed)
    found = sum((Decimal(str(cells[total])) for cells in listed), Decimal(0))
    return int(found) if found == found.to_integral_value() else format(found.normalize(), "f")
