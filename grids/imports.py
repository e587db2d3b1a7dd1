"""Workbooks and maps of grids: every error at its cell, and all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Region, User
from core import audit
from core.errors import Refused
from core.sheets import Form, Problem, load_form
from core.sheets.checks import letter_of
from core.sheets.reader import Read
from grids import access, services
from grids.forms import words_in
from grids.models import Feeder, GovernmentGrid, PowerGrid, TransformerArea

FOLDER = Path(__file__).parent / "catalogue" / "imports"
KINDS: dict[str, Any] = {
    "power-grids": gettext_lazy("电力网格"),
    "areas": gettext_lazy("台区"),
    "government-grids": gettext_lazy("政府网格"),
    "accounts": gettext_lazy("户号所在台区"),
    "boundaries": gettext_lazy("网格边界（GeoJSON）"),
}
LARGEST_MAP = 10 * 1024 * 1024


@cache
def form(kind: str) -> Form:
    """The definition of a workbook."""
    return load_form(FOLDER / f"{kind}.yaml")


class AtCell(Exception):
    """What a row says cannot be: the key of its column, and why."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass
class Outcome:
    """What became of a file."""

    count: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


class _Undone(Exception):
    """Something is wrong: everything is taken back."""


def take(
    kind: str,
    upload: IO[bytes],
    *,
    organisation: Organisation,
    by: User,
    now: datetime,
    name: str = "",
) -> Outcome:
    """Enter a file for an enterprise. Raises ``Refused`` where the person may not."""
    if why_not := access.refusal(organisation, by=by):
        raise Refused(why_not)
    if kind == "boundaries":
        return _take_map(upload, organisation, by=by, now=now)
    read = form(kind).read(upload, name=name)
    outcome = Outcome(problems=[one for one in read.problems if one.severity == "hard"])
    if outcome.problems:
        return outcome
    if not read.rows:
        outcome.problems.append(problem(kind, read, 0, "", _("文件里没有数据")))
        return outcome
    try:
        with transaction.atomic():
            WAYS[kind](outcome, read, organisation, by, now)
            if outcome.problems:
                raise _Undone
            _recorded(kind, outcome, organisation, by=by, now=now)
    except _Undone:
        outcome.count = 0
    return outcome


def _recorded(
    kind: str, outcome: Outcome, organisation: Organisation, *, by: User, now: datetime
) -> None:
    audit.record(
        "grid.import",
        organisation,
        by=by,
        now=now,
        organisation=organisation,
        what=kind,
        count=outcome.count,
    )


def problem(kind: str, read: Read, place: int, key: str, message: str) -> Problem:
    """What is wrong with a row by rules that the form does not know, at its cell."""
    return fault(form(kind), read, place, key, message)


def fault(
    definition: Form, read: Read, place: int, key: str, message: str, remedy: str = ""
) -> Problem:
    """As ``problem``, of any form; without a ``remedy`` that of the column."""
    column = definition.by_key.get(key)
    line = read.lines[place] if place < len(read.lines) else 0
    letter = read.letters.get(key, "")
    if not letter and column is not None:
        letter = letter_of(definition.columns.index(column) + 1)
    return Problem(
        sheet=read.sheet or definition.sheet_name,
        row=line,
        column=column.label if column else "",
        cell=f"{letter}{line}" if letter and line else "",
        rule="record",
        message=message.rstrip("。"),
        remedy=remedy or (column.help if column and column.help else _("请改正后重新导入。")),
        key=key,
    )


Row = Mapping[str, Any]
Enter = Callable[[Row, Organisation, User, datetime], None]


def _each(kind: str, enter: Enter, key: str) -> Callable[..., None]:
    """Enter row by row; what a service refuses stands at the cell of ``key``."""

    def way(
        outcome: Outcome, read: Read, organisation: Organisation, by: User, now: datetime
    ) -> None:
        for place, row in enumerate(read.rows):
            said = {name: "" if value is None else value for name, value in row.items()}
            try:
                with transaction.atomic():
                    enter(said, organisation, by, now)
            except AtCell as fault:
                outcome.problems.append(problem(kind, read, place, fault.key, str(fault)))
            except Refused as refused:
                outcome.problems.append(problem(kind, read, place, key, str(refused)))
            else:
                outcome.count += 1

    return way


# --- Rows -----------------------------------------------------------------------------------------


def _power_grid(row: Row, enterprise: Organisation, by: User, now: datetime) -> None:
    services.found_grid(
        enterprise=enterprise,
        code=row["code"],
        name=row["name"],
        station=_unit("station", row["station"]),
        region=_region(row),
        business_area=row["business_area"],
        places=words_in(row["places"]),
        households=row["households"] or 0,
        duty_phone=row["duty_phone"],
        valid_from=_day(row),
        by=by,
        now=now,
    )


def _area(row: Row, enterprise: Organisation, by: User, now: datetime) -> None:
    feeder = None
    if code := row["feeder"]:
        feeder = Feeder.objects.filter(enterprise=enterprise, code=code).first()
        if feeder is None and not row["feeder_name"]:
            raise AtCell("feeder_name", _("线路尚未登记，请填写线路名称"))
        feeder = feeder or services.register_feeder(
            enterprise=enterprise, code=code, name=row["feeder_name"], by=by, now=now
        )
    kinds = TransformerArea.Kind
    area = services.register_area(
        enterprise=enterprise,
        code=row["code"],
        name=row["name"],
        feeder=feeder,
        kind=kinds.DEDICATED if row["kind"] == "专变" else kinds.PUBLIC,
        capacity_kva=row["capacity_kva"] or None,
        households=row["households"] or 0,
        by=by,
        now=now,
    )
    if row["grid"]:
        if not row["valid_from"]:
            raise AtCell("valid_from", _("请填写划入日期"))
        grid = _grid("grid", row["grid"], enterprise)
        services.assign_areas(grid, [area], valid_from=_day(row), by=by, now=now)


def _government_grid(row: Row, keeper: Organisation, by: User, now: datetime) -> None:
    parent = None
    if row["parent"]:
        parent = GovernmentGrid.objects.filter(code=row["parent"]).first()
        if parent is None:
            raise AtCell("parent", _("上级网格尚未登记"))
    made = services.found_government_grid(
        keeper=keeper,
        code=row["code"],
        name=row["name"],
        level=_code(GovernmentGrid.Level, row["level"]),
        type=_code(GovernmentGrid.Type, row["type"]),
        region=_region(row),
        parent=parent,
        department=_unit("department", row["department"]),
        address=row["address"],
        households=row["households"] or 0,
        phone=row["phone"],
        valid_from=_day(row),
        by=by,
        now=now,
    )
    if row["power_grid"]:
        grid = _grid("power_grid", row["power_grid"], keeper)
        share = Decimal(str(row["share"])) if row["share"] != "" else Decimal(100)
        try:
            services.pair(grid, made, share=share, valid_from=_day(row), by=by, now=now)
        except Refused as refused:
            raise AtCell("share", str(refused)) from None


def _accounts(
    outcome: Outcome, read: Read, enterprise: Organisation, by: User, now: datetime
) -> None:
    areas = {one.code: one for one in TransformerArea.objects.filter(enterprise=enterprise)}
    rows = []
    for place, row in enumerate(read.rows):
        if (area := areas.get(row["area"])) is None:
            text = _("没有登记该台区")
            outcome.problems.append(problem("accounts", read, place, "area", text))
        else:
            rows.append((row["account"], area))
    if not outcome.problems:
        outcome.count = services.place_accounts(enterprise, rows, by=by, now=now)


WAYS: dict[str, Callable[..., None]] = {
    "power-grids": _each("power-grids", _power_grid, "code"),
    "areas": _each("areas", _area, "code"),
    "government-grids": _each("government-grids", _government_grid, "code"),
    "accounts": _accounts,
}


def _region(row: Row) -> Region:
    if (found := Region.objects.filter(code=row["region"]).first()) is None:
        raise AtCell("region", _("没有这个区划代码"))
    return found


def _unit(key: str, code: str) -> Organisation | None:
    if not code:
        return None
    if (found := Organisation.objects.in_force().filter(code=code).first()) is None:
        raise AtCell(key, _("没有这个单位代码"))
    return found


def _grid(key: str, code: str, enterprise: Organisation) -> PowerGrid:
    found = PowerGrid.objects.filter(enterprise=enterprise, code=code).first()
    if found is None:
        raise AtCell(key, _("没有登记该电力网格"))
    return found


def _day(row: Row) -> date:
    return date.fromisoformat(str(row["valid_from"])[:10])


def _code(choices: Any, label: str) -> str:
    with translation.override("zh-hans"):
        return next(code for code, said in choices.choices if str(said) == label)


# --- Maps -----------------------------------------------------------------------------------------


def _take_map(upload: IO[bytes], enterprise: Organisation, *, by: User, now: datetime) -> Outcome:
    """Borders out of a FeatureCollection; the code of a grid stands in ``properties.code``."""
    outcome = Outcome()
    content = upload.read(LARGEST_MAP + 1)
    features = _features(content, outcome)
    try:
        with transaction.atomic():
            for place, feature in enumerate(features, start=1):
                if fault := _bound(feature, enterprise, by=by, now=now):
                    outcome.problems.append(_in_map(place, fault))
                else:
                    outcome.count += 1
            if outcome.problems:
                raise _Undone
            _recorded("boundaries", outcome, enterprise, by=by, now=now)
    except _Undone:
        outcome.count = 0
    return outcome


def _features(content: bytes, outcome: Outcome) -> list[Any]:
    if len(content) > LARGEST_MAP:
        outcome.problems.append(_in_map(0, _("文件超过10 MB")))
        return []
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        said = None
    features = said.get("features") if isinstance(said, dict) else None
    if not isinstance(features, list) or not features:
        outcome.problems.append(_in_map(0, _("不是GeoJSON要素集（FeatureCollection）")))
        return []
    return features


def _bound(feature: Any, enterprise: Organisation, *, by: User, now: datetime) -> str:
    """Give a grid its border; what is wrong, else nothing."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    code = properties.get("code") if isinstance(properties, dict) else None
    grid: Any = PowerGrid.objects.filter(enterprise=enterprise, code=str(code)).first()
    if grid is None:
        grid = GovernmentGrid.objects.filter(keeper=enterprise, code=str(code)).first()
    if grid is None:
        return _("没有编号为%(code)s的网格") % {"code": str(code)[:40]}
    try:
        services.bound_grid(grid, boundary=feature.get("geometry"), by=by, now=now)
    except Refused as refused:
        return str(refused)
    return ""


def _in_map(place: int, message: str) -> Problem:
    return Problem(
        sheet="",
        row=place,
        column="",
        cell=_("第%(place)d个要素") % {"place": place} if place else "",
        rule="record",
        message=message.rstrip("。"),
        remedy=_("请改正后重新导入。"),
    )
