"""Files of claims from a platform of the government's grids: all rows or none, errors by cell.

The same whistle through the API and in a file is one claim: the platform's number tells.
Source: the standard on grid integration, 4.1.2 (S2-4.1.2a).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.models import Claim
from complaints.services import claims
from complaints.services.claims import Whistle
from complaints.services.records import Faulty
from core import audit, clock, masking
from core.errors import Refused
from core.sheets import Problem, load_form, stream
from core.sheets.definition import Form
from core.sheets.reader import file_problem
from grids import access
from grids.models import GovernmentGrid

FILE = Path(__file__).parent.parent / "catalogue" / "imports" / "claims.yaml"
MEGABYTE = 1024 * 1024
LIMITS = stream.Limits(upload=10 * MEGABYTE, seconds=10)
# What a claim has wrong by the names of its case → the column of the file.
AT = {"complainant_name": "claimant_name", "complainant_phone": "claimant_phone"}
ChoiceList = type[Claim.Kind] | type[Claim.Utility]


@cache
def form() -> Form:
    """The definition of the file: template, columns and what they take."""
    return load_form(FILE)


@dataclass
class Outcome:
    """What became of a file."""

    created: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


class _Undone(Exception):
    """Something is wrong: everything is taken back."""


def departments_for(user: User) -> Any:
    """Whose platform's files a person may bring in: an officer those of the own department, people
    of a company those of departments in their territory."""
    mine = Q(pk__in=())
    for place in workplaces(user, Permission.CLAIM_SEND):
        mine |= Q(pk=place.pk)
    for place in workplaces(user, Permission.CLAIM_HANDLE):
        if place.is_company and place.region_id:
            stem = access.stem(place.region_id)
            mine |= Q(region__code__startswith=stem)
    kind = Organisation.Kind.GOVERNMENT_DEPARTMENT
    return Organisation.objects.in_force().filter(mine, kind=kind).order_by("code")


def take(
    upload: IO[bytes], *, name: str, department: Organisation, by: User, now: datetime
) -> Outcome:
    """Enter every claim of a file, or none. Raises ``Refused`` where the person may not."""
    if not departments_for(by).filter(pk=department.pk).exists():
        raise Refused(_("您不能代%(department)s导入涉电诉求。") % {"department": department})
    with stream.opened(form(), upload, name=name, limits=LIMITS) as content:
        rows = list(content.rows()) if content.readable else []
        problems = list(content.problems)
        letters = content.letters or dict.fromkeys(form().by_key, "")
    lines = [line for line, _raw in rows]
    cleaned = form().clean([raw for _line, raw in rows], lines=lines, letters=letters)
    places = _Places(lines, letters)
    outcome = Outcome(problems=[*problems, *map(_masked, cleaned.problems)])
    if not rows and not problems:
        remedy = _("请从表头下一行起填写“%(title)s”。") % {"title": form().title}
        outcome.problems.append(file_problem("min_rows", _("文件里没有涉电诉求"), remedy))
    try:
        with transaction.atomic():
            # One file after the other of a department: a number counts once.
            Organisation.objects.select_for_update(of=("self",)).get(pk=department.pk)
            wrong = {problem.row for problem in cleaned.problems}
            for index, row in enumerate(cleaned.rows):
                _enter(outcome, places, index, row, lines[index] in wrong, department, now=now)
            if outcome.problems:
                raise _Undone
            audit.record(
                "claim.import",
                department,
                by=by,
                now=now,
                organisation=department,
                rows=len(rows),
                created=outcome.created,
            )
    except _Undone:
        outcome.created = outcome.unchanged = 0
        outcome.problems.sort(key=lambda problem: problem.row)
    return outcome


@dataclass(frozen=True)
class _Places:
    lines: list[int]
    letters: Mapping[str, str]

    def problem(self, index: int, key: str, message: str) -> Problem:
        column = form().by_key[key]
        line, letter = self.lines[index], self.letters.get(key, "")
        return Problem(
            sheet=form().sheet_name,
            row=line,
            column=column.label,
            cell=f"{letter}{line}" if letter else "",
            rule="record",
            message=message.rstrip("。"),
            remedy=column.help or _("请改正后重新导入。"),
            key=key,
        )


def _masked(problem: Problem) -> Problem:
    """Nobody's name or number stands in a list of errors."""
    column = form().by_key.get(problem.key)
    if column is None or not column.personal:
        return problem
    return replace(problem, value=masking.mask(column.personal, problem.value))


def _enter(
    outcome: Outcome,
    places: _Places,
    index: int,
    row: Mapping[str, Any],
    refused: bool,
    department: Organisation,
    *,
    now: datetime,
) -> None:
    """Whistle for one row; what is wrong with it stands at its cell."""
    asked, grid, errors = _read(row, department, now=now)
    if asked is not None and not errors and not refused:
        at = datetime.fromisoformat(row["received_at"]) if row["received_at"] else None
        try:
            with transaction.atomic():
                _claim, new = claims.whistle(
                    asked,
                    origin=Claim.Origin.PLATFORM,
                    department=department,
                    government_grid=grid,
                    by=None,
                    now=now,
                    at=at,
                )
        except Faulty as faulty:
            errors = {AT.get(name, name): text for name, text in faulty.errors.items()}
        except Refused as reason:
            errors = {"number": str(reason)}
        else:
            outcome.created += new
            outcome.unchanged += not new
    for key, message in errors.items():
        known = key if key in form().by_key else "number"
        outcome.problems.append(places.problem(index, known, message))


def _read(
    row: Mapping[str, Any], department: Organisation, *, now: datetime
) -> tuple[Whistle | None, GovernmentGrid | None, dict[str, str]]:
    """The whistle of a row, the cell that it names, and what is wrong by column."""
    errors: dict[str, str] = {}
    said = {key: value or "" for key, value in row.items()}
    kind = _code(Claim.Kind, said["kind"], "kind", errors)
    utility = _code(Claim.Utility, said["utility"], "utility", errors)
    if kind and "utility" not in errors and (kind == Claim.Kind.UTILITY) != bool(utility):
        errors["utility"] = _("水气热诉求须选择涉及行业。")
    if (row["longitude"] is None) != (row["latitude"] is None):
        errors["longitude"] = _("经度和纬度须一并填写。")
    if said["received_at"] and datetime.fromisoformat(said["received_at"]) > now:
        errors["received_at"] = _("吹哨时间晚于现在。")
    grid = None
    if said["grid"]:
        known = GovernmentGrid.objects.on(clock.day_of(now))
        grid = known.filter(department=department, code=said["grid"]).first()
        if grid is None:
            errors["grid"] = _("不是该单位管理的网格。")
    if errors or not kind:
        return None, None, errors
    point = row["longitude"] and (float(row["longitude"]), float(row["latitude"]))
    texts = ("content", "address", "account_no", "transformer_area")
    asked = Whistle(
        kind=kind,
        utility=utility,
        **{name: said[name] for name in texts},
        name=said["claimant_name"],
        phone=said["claimant_phone"],
        point=point or None,
        external_number=said["number"],
    )
    return asked, grid, errors


def _code(choices: ChoiceList, word: str, key: str, errors: dict[str, str]) -> str:
    """The code of a word of our list, or of a code itself."""
    if not word:
        return ""
    with translation.override("zh-hans"):
        known = {str(label): code for code, label in choices.choices}
    if word in known.values():
        return word
    if word not in known:
        errors[key] = _("须为以下之一：%(options)s。") % {"options": "、".join(known)}
    return known.get(word, "")
