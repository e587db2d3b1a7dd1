"""How a unit fits a kind of business to its own work, and why it may not go so far; pure.

A unit may word a step in its own way, shorten its deadline, and add steps of its own. It may not
leave out a step, lengthen a deadline, or make the whole longer. Source: grid standard 1, 7.2
(S2-7.2b).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core import catalogue_files
from core.sla import Unit
from grids.business.definition import Actor, Definition, title_of

CATALOGUE = Path(__file__).parent.parent / "catalogue" / "adapting.yaml"
OWN = "own"


@dataclass(frozen=True)
class Bounds:
    """One edition of how far a unit may go."""

    valid_from: date
    most_added: int
    longest_title: int
    most_days: int
    basis: str


@lru_cache
def _editions() -> tuple[Bounds, ...]:
    return tuple(Bounds(**one) for one in catalogue_files.read(CATALOGUE))


def bounds_on(day: date) -> Bounds:
    """The edition in force on a day, else the first."""
    return catalogue_files.in_force(_editions(), on=day) or _editions()[0]


@dataclass(frozen=True)
class Added:
    """A step of the unit's own: what, after which step, how many working days."""

    title: str
    after: str
    limit: int


@dataclass(frozen=True)
class Wishes:
    """What the unit wants otherwise: by step its words and its days; steps of its own."""

    titles: Mapping[str, str]
    limits: Mapping[str, int]
    added: Sequence[Added] = ()


def adapted(base: Mapping[str, Any], wishes: Wishes, *, basis: str, rule: str) -> dict[str, Any]:
    """The content of the base with the wishes in it; what changed names the new rule."""
    content, steps = deepcopy(dict(base)), []
    for step in content["steps"]:
        code = step["code"]
        if (title := wishes.titles.get(code, "").strip()) and title != step["title"]:
            step["title"] = title
        days = wishes.limits.get(code)
        if days is not None and step.get("limit") not in (None, days):
            step["limit"], step["rule"] = days, rule
        steps.append(step)
        steps += [
            {
                "code": f"{OWN}{place}",
                "title": one.title.strip(),
                "actor": Actor.COMPANY.value,
                "limit": one.limit,
                "unit": Unit.WORKING_DAYS.value,
                "rule": rule,
            }
            for place, one in enumerate(wishes.added, start=1)
            if one.after == code
        ]
    content["steps"] = steps
    content["rules"] = {**content["rules"], rule: {"title": basis, "text": basis}}
    return content


def problems(ours: Definition, above: Definition, bounds: Bounds) -> list[str]:
    """Why a workflow goes beyond what the one above it allows: which step, which rule, what to
    do. Empty: it does not."""
    found = [*_missing(ours, above), *_longer(ours, above), *_whole(ours, above)]
    known = {one.code for one in above.steps}
    added = [one for one in ours.steps if one.code not in known]
    if len(added) > bounds.most_added:
        text = _("增加了%(count)d个环节，最多可增加%(most)d个（%(basis)s）。")
        words = {"count": len(added), "most": bounds.most_added, "basis": bounds.basis}
        found.append(text % words)
    for one in added:
        if one.joint or one.actor is not Actor.COMPANY:
            text = _("增加的环节“%(title)s”须由本企业办理，不得要求客户或者政府部门多办手续。")
            found.append(text % {"title": one.title})
        if one.limit is None or one.limit.unit != Unit.WORKING_DAYS or one.limit.value < 1:
            text = _("增加的环节“%(title)s”须有不少于1个工作日的时限。")
            found.append(text % {"title": one.title})
    for one in ours.steps:
        if not 1 <= len(one.title) <= bounds.longest_title:
            text = _("环节名称须为1至%(most)d个字：%(title)s。")
            found.append(text % {"most": bounds.longest_title, "title": one.title or "—"})
    return found


def _missing(ours: Definition, above: Definition) -> list[str]:
    """Steps left out, in another order, or given to somebody else."""
    mine = [one for one in ours.steps if one.code in {other.code for other in above.steps}]
    if [one.code for one in mine] != [one.code for one in above.steps]:
        codes = {one.code for one in mine}
        gone = "、".join(one.title for one in above.steps if one.code not in codes)
        if gone:
            return [_("上级流程的环节不得省略：%(steps)s。") % {"steps": gone}]
        return [_("上级流程各环节的先后顺序不得改变。")]
    return [
        _("环节“%(title)s”的办理方和会签要求不得改变。") % {"title": one.title}
        for one, other in zip(mine, above.steps, strict=True)
        if (one.actor, one.joint) != (other.actor, other.joint)
    ]


def _longer(ours: Definition, above: Definition) -> list[str]:
    theirs = {one.code: one for one in above.steps}
    found = []
    for one in ours.steps:
        other = theirs.get(one.code)
        if other is None or other.limit is None:
            continue
        if one.limit is None or one.limit.unit != other.limit.unit:
            found.append(_("环节“%(title)s”须保留上级规定的时限。") % {"title": other.title})
        elif one.limit.value > other.limit.value:
            text = _(
                "环节“%(title)s”时限%(ours)d个工作日，长于上级规定的%(most)d个工作日（%(rule)s）。"
                "请改为不超过%(most)d个工作日。"
            )
            found.append(
                text
                % {
                    "title": other.title,
                    "ours": one.limit.value,
                    "most": other.limit.value,
                    "rule": title_of(above.rules, other.limit.rule or other.rule),
                }
            )
    return found


def _whole(ours: Definition, above: Definition) -> list[str]:
    """All steps of the company together take no longer."""
    mine, most = days(ours), days(above)
    if above.total is not None:
        most = min(most, above.total.value)
    if mine <= most:
        return []
    text = _(
        "本企业各环节时限合计%(ours)d个工作日，长于上级规定的%(most)d个工作日。"
        "增加环节的，须相应压缩其他环节。"
    )
    return [text % {"ours": mine, "most": most}]


def days(definition: Definition) -> int:
    """Working days of the company's own steps together."""
    return sum(
        one.limit.value
        for one in definition.steps
        if one.actor is Actor.COMPANY and one.limit and one.limit.unit == Unit.WORKING_DAYS
    )
