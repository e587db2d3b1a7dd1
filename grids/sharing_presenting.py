"""What the pages of sharing and of archives show: tabs, lamps, masked values."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as L

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import arithmetic, clock, masking, sla
from core.components import Tab
from grids.models import ArchiveRecord, DataProblem, FixTask, SharedRecord, SharingAgreement
from grids.services import archives, matching
from grids.services.providing import value_of
from grids.sharing import fields as catalogue
from grids.sharing import quality
from grids.sharing.moves import AgreementState, Match, TaskState

if TYPE_CHECKING:
    from accounts.models import User

SECTIONS = {
    "agreements": (L("共享协议"), "grids:agreements"),
    "exchanges": (L("交换记录"), "grids:exchanges"),
    "records": (L("匹配结果"), "grids:shared_records"),
}
OF_COMPANY = {
    "archives": (L("客户档案"), "grids:archives"),
    "quality": (L("数据质量"), "grids:quality"),
    "problems": (L("问题清单"), "grids:problems"),
    "tasks": (L("治理任务"), "grids:fix_tasks"),
    "samples": (L("抽查"), "grids:samples"),
}
LAMPS = {
    AgreementState.ASKED: "near",
    AgreementState.APPROVED: "ok",
    AgreementState.REFUSED: "pause",
    AgreementState.ENDED: "pause",
}
MATCHES = {Match.MATCHED: "done", Match.CONFLICT: "late", Match.UNMATCHED: "near"}


def inside(user: User) -> bool:
    """Whether a person is of a company or above it: what a company holds is not for the
    government's side to see, not even its number."""
    kind = Organisation.Kind.GOVERNMENT_DEPARTMENT
    return any(one.kind != kind for one in workplaces(user, Permission.SHARING_VIEW))


def sections(user: User, current: str) -> list[Tab]:
    """People of the government's side have no archives of the company to look at."""
    shown = {**SECTIONS, **(OF_COMPANY if inside(user) else {})}
    return [Tab(label, reverse(name), key == current) for key, (label, name) in shown.items()]


def agreement(one: SharingAgreement, *, now: datetime) -> dict[str, Any]:
    """A row of the list: what it is, and whether it holds today."""
    today = clock.day_of(now)
    lamp, word = LAMPS[AgreementState(one.state)], one.get_state_display()
    if one.state == AgreementState.APPROVED:
        if one.stands_on(today):
            word = _("有效")
        else:
            lamp, word = "pause", _("已到期") if today > one.ends_on else _("未生效")
    known = catalogue.known()
    fields = [known[code] for code in one.fields if code in known]
    return {
        "one": one,
        "lamp": lamp,
        "word": word,
        "fields": fields,
        "titles": catalogue.titles(one.fields),
        "sensitive": any(field.is_sensitive for field in fields),
    }


def record(one: SharedRecord) -> dict[str, Any]:
    return {
        "one": one,
        "lamp": MATCHES[Match(one.state)],
        "word": one.get_state_display(),
        "differences": catalogue.titles(one.differences),
    }


def masked(name: str, value: str) -> str:
    field = catalogue.known().get(name)
    return masking.mask(field.personal, value) if field and field.personal else value


def compared(one: SharedRecord) -> list[dict[str, Any]]:
    """Field by field, both sides, masked."""
    known, found = catalogue.known(), []
    for name, theirs in one.values.items():
        ours = value_of(one.archive, name) if one.archive else ""
        found.append(
            {
                "label": known[name].label if name in known else name,
                "theirs": masked(name, theirs),
                "ours": masked(name, ours),
                "differs": name in one.differences,
                "kept": name in one.kept,
            }
        )
    return found


def archive(one: ArchiveRecord) -> dict[str, Any]:
    """A row of the list, masked."""
    return {"one": one, **{name: masked(name, getattr(one, name)) for name in archives.PERSONAL}}


def values(one: ArchiveRecord, revealed: dict[str, str] | None) -> list[tuple[str, str]]:
    """Everything in an archive; personal fields in full only where they were revealed."""
    known, told = catalogue.known(), revealed or {}
    found = [
        (known[name].label, told.get(name, masked(name, getattr(one, name))))
        for name in archives.TEXTS
    ]
    for name, column in matching.PLACES.items():
        place = getattr(one, column)
        found.append((known[name].label, f"{place.name}（{place.code}）" if place else ""))
    return found


def problem(one: DataProblem) -> dict[str, Any]:
    """Whether it stands, was mended, or ended with its rule."""
    if one.ended:
        return {"lamp": "pause", "word": _("规则停用")}
    mended = one.closed_at is not None
    return {
        "lamp": "done" if mended else "late",
        "word": _("复核通过") if mended else _("未解决"),
    }


def task(one: FixTask, *, now: datetime, ended: int = 0) -> dict[str, Any]:
    """``ended``: how many of its problems ended with their rule; then it was not all mended."""
    done = one.state == TaskState.CLOSED
    lamp = sla.lamp(now, one.due_at, done=done)
    words = {"late": _("逾期"), "near": _("临期")}
    over = done and ended > 0
    return {
        "one": one,
        "lamp": "pause" if over else lamp,
        "word": _("规则停用") if over else words.get(lamp, one.get_state_display()),
        "rule": quality.title_of(one.rule),
        "late": one.late(now),
    }


def percent(part: int, whole: int) -> str:
    """A rate as it is printed, with what it was counted from."""
    rate = arithmetic.share(part, whole)
    return "—" if rate is None else f"{arithmetic.printed(rate)}%"


def field_title(name: str) -> str:
    if name == "checked_on":
        return _("核对日期")
    return catalogue.titles([name])
