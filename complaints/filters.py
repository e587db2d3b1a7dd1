"""What lists and figures are asked for: one set of conditions, so that both count the same.

Everything stands in the address, so a figure opens exactly the cases that it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models import Case as Choice
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Region, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints import queries
from complaints.models import Case, CaseClock, CaseLink, CountingRule, Procedure, Repair, Term
from complaints.workflow import OF_OFFICES, TICKING, ClockState
from core import clock as core_clock

NONE = "none"
# What stands in one field of the address for several sources.
OFFICES = "offices"
# Where a case happened: its own region, else that of whom it is about.
PLACE = Coalesce(F("region__code"), F("organisation__region__code"))
# Whom a case counts for: whom it is about, else the company that received it.
UNIT = Coalesce(F("organisation"), F("owner"))
# Nobody was handed the case: whoever it is about, or who received it, has it.
_KEPT = Q(holder=F("owner"))
# Columns of the case that are asked for as they are: column → field of the address.
COLUMNS = {
    "channel": "channel",
    "outcome": "outcome",
    "satisfaction": "satisfaction",
    "feeder": "feeder",
    "transformer_area": "transformer_area",
    "area_type": "area_type",
    "category": "part",
}


@dataclass(frozen=True)
class CaseFilters(queries.Filters):
    """The fields of the list's filter bar, and those that only figures ask by."""

    channel: str = ""
    outcome: str = ""
    satisfaction: str = ""
    feeder: str = ""
    transformer_area: str = ""
    area_type: str = ""
    # Who repaired, with all below it, by code; "=code": without those below.
    repairer: str = ""
    # What is known of its repairs: restored, counted, unknown.
    repair: str = ""
    # A unit with all below it, by code; ``exactly``: without those below.
    unit: str = ""
    exactly: str = ""
    # A category without its parts.
    part: str = ""
    # Leading digits of a region's code.
    place: str = ""
    # Clock and how it ended: accept:met.
    clock: str = ""
    repeated: str = ""
    # What a rule with a threshold counts: frequent_outage, cluster.
    rule: str = ""
    # Merged cases are not counted twice.
    counted: str = ""
    # first: those with the tag 民生 before the others; only: them alone (S1-1.1.1).
    livelihood: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> CaseFilters:
        return cls(**{f.name: params.get(f.name, "").strip()[:60] for f in fields(cls)})

    def narrow(self, cases: QuerySet[Case], *, user: User, now: datetime) -> QuerySet[Case]:
        """The cases that fit; ``user`` may not learn of every link."""
        plain = replace(self, source="", category="")
        cases = super(CaseFilters, plain).on(cases)
        for condition in self._conditions(user, now):
            cases = cases.filter(condition)
        return cases.filter(merged_into__isnull=True) if self.counted else cases

    def _conditions(self, user: User, now: datetime) -> Iterator[Q]:
        if self.source:
            many = self.source == OFFICES
            yield Q(source__in=OF_OFFICES) if many else Q(source=self.source)
        if self.category and self.category != NONE:
            yield Q(category__in=kin(self.category))
        for field, name in COLUMNS.items():
            if value := getattr(self, name):
                yield Q(**{field: "" if value == NONE else value})
        if self.category == NONE:
            yield Q(category="")
        if self.livelihood == "only":
            yield Q(category__in=livelihood())
        yield from self._whereabouts()
        yield from self._happenings(user, now)

    def _whereabouts(self) -> Iterator[Q]:
        if self.unit:
            yield of_unit(self.unit)
        if self.exactly:
            yield _about(Organisation.objects.filter(code=self.exactly))
        if self.repairer:
            yield of_repairer(self.repairer)
        if self.place:
            yield of_place(self.place)

    def _happenings(self, user: User, now: datetime) -> Iterator[Q]:
        if self.clock:
            code, _colon, end = self.clock.partition(":")
            ended = last_rounds().filter(case=OuterRef("pk"), code=code)
            if end != "any":
                ended = ended.filter(clock_ended(end, now=now))
            yield Q(Exists(ended))
        if self.repair:
            repairs = Repair.objects.filter(repaired(self.repair), case=OuterRef("pk"))
            yield Q(Exists(repairs.order_by()))
        if self.repeated:
            yield repeated(user)
        if self.rule:
            on = self.day("until") or now.astimezone(core_clock.ZONE).date()
            rule = CountingRule.objects.in_force(self.rule, on=on)
            yield rule.cases() if rule else Q(pk__in=())

    def day(self, name: str) -> date | None:
        """The day that ``since`` or ``until`` names; None where that is no day."""
        return queries.day_of(getattr(self, name))

    @property
    def asked(self) -> dict[str, str]:
        """What is asked for, as it stands in an address."""
        return {f.name: value for f in fields(self) if (value := getattr(self, f.name))}

    @property
    def beside(self) -> dict[str, str]:
        """What the filter bar of the list has no field for, and so carries along."""
        shown = queries.Filters.__annotations__
        return {name: value for name, value in self.asked.items() if name not in shown}

    def with_(self, **changes: str) -> CaseFilters:
        return replace(self, **changes)

    def list_url(self, view: str = "all", **changes: str) -> str:
        """The list of exactly these cases."""
        asked = replace(self, counted="1", **changes).asked
        return f"{reverse('complaints:list')}?{urlencode({'view': view, **asked})}"


def livelihood() -> list[str]:
    """Categories with the tag 民生: a case carries it by its category."""
    tagged = Term.objects.of(Term.Kind.CATEGORY).filter(livelihood=True)
    return list(tagged.order_by().values_list("code", flat=True).distinct())


def with_livelihood(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Annotate ``livelihood``, by which lists put these first."""
    tagged = When(category__in=livelihood(), then=Value(True))
    return cases.annotate(
        livelihood=Choice(tagged, default=Value(False), output_field=BooleanField())
    )


def kin(category: str) -> list[str]:
    """A category and its parts: a part counts as its whole."""
    parts = Term.objects.of(Term.Kind.CATEGORY).filter(parent__code=category)
    return [category, *parts.order_by().values_list("code", flat=True).distinct()]


def of_unit(code: str) -> Q:
    """Cases that count for a unit or one below it; ``none``: for nobody who is known."""
    if code == NONE:
        companies = Organisation.objects.companies().order_by().values("pk")
        return Q(organisation__isnull=True) & ~Q(owner__in=companies)
    path = Organisation.objects.filter(code=code).order_by().values_list("path", flat=True).first()
    if path is None:
        return Q(pk__in=())
    return _about(Organisation.objects.filter(path__startswith=path))


def _about(units: QuerySet[Organisation]) -> Q:
    within = units.order_by().values("pk")
    return Q(organisation__in=within) | Q(organisation__isnull=True, owner__in=within)


def repairer(prefix: str = "") -> Choice:
    """Who repairs a fault: the unit that was handed it, else whom it is about."""
    kept = Q(**{f"{prefix}holder": F(f"{prefix}owner")})
    named = Coalesce(F(f"{prefix}organisation"), F(f"{prefix}owner"))
    return Choice(When(kept, then=named), default=F(f"{prefix}holder"))


def of_repairer(code: str) -> Q:
    """Cases that a unit or one below it repairs; ``=code``: the unit by itself."""
    if code == NONE:
        companies = Organisation.objects.companies().order_by().values("pk")
        return ~_repaired_by(companies)
    if code.startswith("="):
        return _repaired_by(Organisation.objects.filter(code=code[1:]))
    path = Organisation.objects.filter(code=code).order_by().values_list("path", flat=True).first()
    if path is None:
        return Q(pk__in=())
    return _repaired_by(Organisation.objects.filter(path__startswith=path))


def _repaired_by(units: QuerySet[Organisation]) -> Q:
    return _KEPT & _about(units) | ~_KEPT & Q(holder__in=units.order_by().values("pk"))


def repaired(what: str) -> Q:
    """Condition on Repair: restored, with households told (counted), or without (unknown)."""
    restored = Q(restored_at__isnull=False)
    match what:
        case "restored":
            return restored
        case "counted":
            return restored & Q(households__isnull=False)
        case "unknown":
            return restored & Q(households__isnull=True)
    return Q(pk__in=())


def of_place(digits: str) -> Q:
    """Cases of a province, prefecture or county by leading digits of its code."""
    if digits == NONE:
        return Q(region__isnull=True) & (
            Q(organisation__isnull=True) | Q(organisation__region__isnull=True)
        )
    elsewhere = Q(region__isnull=True, organisation__region__code__startswith=digits)
    return Q(region__code__startswith=digits) | elsewhere


def last_rounds() -> QuerySet[CaseClock]:
    """Clocks that say how a case fared: the last round of each, unless it was made void."""
    later = CaseClock.objects.filter(
        case=OuterRef("case"), code=OuterRef("code"), round__gt=OuterRef("round")
    )
    return CaseClock.objects.filter(~Exists(later)).exclude(state=ClockState.VOID).order_by()


def clock_ended(end: str, *, now: datetime) -> Q:
    """Condition on CaseClock: ended in time (met), late (also while it still runs), or open;
    ``judged``: in time or late; ``ended``: whichever way."""
    ticking = Q(state__in=TICKING)
    match end:
        case "met":
            return Q(state=ClockState.MET)
        case "late":
            return Q(state=ClockState.LATE) | (ticking & Q(due_at__lt=now))
        case "open":
            return ticking & Q(due_at__gte=now)
        case "judged":
            return ~(ticking & Q(due_at__gte=now))
        case "ended":
            return Q(state__in=(ClockState.MET, ClockState.LATE))
    return Q(pk__in=())


def repeated(user: User) -> Q:
    """Cases that a person confirmed as raised again by the same person on the same matter.

    Who is told of a link is told by ``visible_to``; a regulator is told of all.
    """
    links = CaseLink.objects.filter(
        kind=CaseLink.Kind.REPEAT, state=CaseLink.State.CONFIRMED
    ).order_by()
    if not any(place.is_regulator for place in workplaces(user, Permission.CASE_VIEW)):
        links = links.visible_to(user)
    return Q(pk__in=links.values("a")) | Q(pk__in=links.values("b"))


REPAIRED = {
    "restored": gettext_lazy("已恢复供电"),
    "counted": gettext_lazy("已恢复供电并登记停电户数"),
    "unknown": gettext_lazy("已恢复供电，未登记停电户数"),
}
PLAIN = {"repeated": gettext_lazy("重复诉求"), "counted": gettext_lazy("不含已并案的诉求")}
LIVELIHOOD = {"first": gettext_lazy("民生诉求在前"), "only": gettext_lazy("只看民生诉求")}


def described(filters: CaseFilters, labels: queries.Labels, *, on: Any) -> list[str]:
    """What a figure counts besides the fields of the filter bar, in words."""
    words = [_described(name, value, labels, on) for name, value in filters.beside.items()]
    if filters.source == OFFICES:
        words.append(_("12398热线及来信、来访、网上提交"))
    if filters.category == NONE:
        words.append(_("业务类别：未填"))
    return [word for word in words if word]


def _described(name: str, value: str, labels: queries.Labels, on: Any) -> str:
    nothing = _("未填")
    if name == "rule":
        codes = CountingRule.Code
        return str(codes(value).label) if value in codes.values else value
    if name in PLAIN:
        return str(PLAIN[name])
    match name:
        case "channel" | "outcome" | "satisfaction" | "area_type":
            shown = nothing if value == NONE else labels.of(name, value, at=on)
            return f"{Term.Kind(name).label}：{shown}"
        case "feeder":
            return _("线路：%(name)s") % {"name": value}
        case "transformer_area":
            return _("台区：%(name)s") % {"name": value}
        case "place":
            return _("地区：%(name)s") % {"name": place_name(value)}
        case "livelihood":
            return str(LIVELIHOOD.get(value, ""))
        case "part":
            shown = nothing if value == NONE else labels.of("category", value, at=on)
            return _("业务类别：%(name)s（不含下级）") % {"name": shown}
        case "clock":
            return _clock_words(value)
    return _of_unit_words(name, value)


def _of_unit_words(name: str, value: str) -> str:
    match name:
        case "unit" | "exactly":
            return _unit_words(value, exactly=name == "exactly")
        case "repairer":
            unit = _unit_words(value.lstrip("="), exactly=value.startswith("="))
            return _("抢修单位：%(unit)s") % {"unit": unit}
        case "repair":
            return str(REPAIRED.get(value, value))
    return ""


def _clock_words(value: str) -> str:
    code, _colon, end = value.partition(":")
    ends = {"met": _("按期"), "late": _("逾期"), "open": _("未到期"), "any": _("全部")}
    ends |= {"judged": _("按期或逾期"), "ended": _("已完成")}
    words = {"clock": clock_names().get(code, code), "end": ends.get(end, end)}
    return _("时限“%(clock)s”：%(end)s") % words


def clock_names() -> dict[str, str]:
    """Clock → its names in the procedures, in the order in which procedures name them."""
    found: dict[str, dict[str, None]] = {}
    for definition in Procedure.objects.order_by("pk").values_list("definition", flat=True):
        for rule in definition.get("clocks", ()):
            found.setdefault(rule["code"], {}).setdefault(rule["label"])
    return {code: "、".join(labels) for code, labels in found.items()}


def _unit_words(code: str, *, exactly: bool) -> str:
    if code == NONE:
        return _("未指明单位")
    unit = Organisation.objects.filter(code=code).first()
    words = {"name": str(unit or code)}
    return (_("%(name)s本级") if exactly else _("%(name)s及所属")) % words


def digits_of(code: str) -> str:
    """The leading digits of a region's code that its parts share: 441200 → 4412."""
    while code.endswith("00"):
        code = code[:-2]
    return code


def place_name(digits: str) -> str:
    """Name of the region that leading digits mean."""
    if digits == NONE:
        return _("未填")
    region = Region.objects.filter(pk=digits.ljust(6, "0")).first()
    return region.short_name if region else digits
