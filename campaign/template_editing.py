"""Changes of a template's plain content: rows of its lists, and what changed between two. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from campaign import template_words
from core.components import Change
from core.errors import Refused

# More rows than any plan has; keeps one version from filling the table.
MOST_ROWS = 100


@dataclass(frozen=True)
class Section:
    """A list of a template that is edited row by row."""

    slug: str
    label: Any
    one: Any
    path: tuple[str, ...]
    mark: str  # the entry that tells the rows apart
    title: str  # the entry that names a row


SECTIONS: dict[str, Section] = {
    section.slug: section
    for section in (
        Section("phases", _("阶段"), _("阶段"), ("phases",), "number", "name"),
        Section("duties", _("任务"), _("任务"), ("duties",), "code", "title"),
        Section("steps", _("催报规则"), _("催报规则"), ("ladder", "steps"), "code", "text"),
        Section("objectives", _("目标任务"), _("目标任务"), ("objectives",), "code", "name"),
        Section("groups", _("领导小组"), _("领导小组"), ("groups",), "kind", "name"),
        Section("principles", _("基本原则"), _("基本原则"), ("principles",), "code", "name"),
        Section("goals", _("工作目标"), _("工作目标"), ("goals",), "code", "name"),
        Section("text", _("方案正文"), _("方案章节"), ("text",), "heading", "heading"),
    )
}


def rows(content: dict[str, Any], section: Section) -> list[dict[str, Any]]:
    """The rows of a list, to be changed in place."""
    place: Any = content
    for key in section.path[:-1]:
        place = place.setdefault(key, {})
    found: list[dict[str, Any]] = place.setdefault(section.path[-1], [])
    return found


def put(
    content: dict[str, Any], section: Section, place: int, row: dict[str, Any]
) -> dict[str, Any]:
    """A copy with a row in a place (from 1), or added at the end (0). Raises ``Refused``."""
    made = deepcopy(content)
    listed = rows(made, section)
    if place:
        _row(listed, place)
        listed[place - 1] = row
    elif len(listed) >= MOST_ROWS:
        raise Refused(_t("最多%(most)d项。") % {"most": MOST_ROWS})
    else:
        listed.append(row)
    return _numbered(made, content)


def remove(content: dict[str, Any], section: Section, place: int) -> dict[str, Any]:
    """A copy without a row. Raises ``Refused`` where others refer to it."""
    made = deepcopy(content)
    listed = rows(made, section)
    row = _row(listed, place)
    if section.slug == "phases":
        held = [d["title"] for d in made.get("duties", []) if d.get("phase") == row.get("number")]
        if held:
            told = {"name": row.get("name", ""), "count": len(held), "first": held[0]}
            raise Refused(
                _t("“%(name)s”阶段还有%(count)d项任务（如“%(first)s”），请先改到其他阶段或者删除。")
                % told
            )
    del listed[place - 1]
    return _numbered(made, content)


def shift(content: dict[str, Any], section: Section, place: int, by: int) -> dict[str, Any]:
    """A copy with a row one place up (-1) or down (+1). Raises ``Refused`` at the ends."""
    made = deepcopy(content)
    listed = rows(made, section)
    _row(listed, place)
    other = place + by
    if not 1 <= other <= len(listed):
        raise Refused(_t("已经在最前或者最后，不能再移动。"))
    listed[place - 1], listed[other - 1] = listed[other - 1], listed[place - 1]
    return _numbered(made, content)


def _row(listed: list[dict[str, Any]], place: int) -> dict[str, Any]:
    if not 1 <= place <= len(listed):
        raise Refused(_t("没有这一项，可能刚被删除，请刷新页面。"))
    return listed[place - 1]


def _numbered(made: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Phases are numbered as they stand, and the duties go with theirs."""
    standing = [phase.get("number") for phase in made.get("phases", [])]
    if standing == list(range(1, len(standing) + 1)):
        return made
    numbers = {}
    for number, phase in enumerate(made["phases"], start=1):
        if phase.get("number"):
            numbers[phase["number"]] = number
        phase["number"] = number
    for duty in made.get("duties", []):
        duty["phase"] = numbers.get(duty.get("phase"), duty.get("phase"))
    return made


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """What changed between two contents, entry by entry, in the order of the later one."""
    old, new = dict(_entries(before)), dict(_entries(after))
    found = []
    for label in [*new, *(label for label in old if label not in new)]:
        was, now = old.get(label), new.get(label)
        if was == now:
            continue
        kind = "added" if was is None else "removed" if now is None else "changed"
        found.append(Change(kind, label, was or "", now or ""))
    return found


def _entries(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(label, text) of every entry; a row of a list is called by its code."""
    listed = {section.path[0] for section in SECTIONS.values()} - {"ladder"}
    for key, value in content.items():
        if key == "ladder":
            yield from _told(key, {name: one for name, one in value.items() if name != "steps"})
        elif key not in listed:
            yield from _told(key, value)
    for section in SECTIONS.values():
        for row in rows(deepcopy(content), section):
            mark = template_words.word(section.mark, row.get(section.mark, ""))
            label = f"{section.one} {mark}"
            for key, value in row.items():
                yield from _told(key, value, f"{label} · ")


def _told(key: str, value: Any, under: str = "") -> Iterator[tuple[str, str]]:
    label = f"{under}{_name(key)}"
    if isinstance(value, dict):
        for inner, item in value.items():
            yield from _told(inner, item, f"{label} · ")
    elif isinstance(value, list):
        yield label, "\n".join(_flat(item) for item in value)
    else:
        yield label, template_words.word(key, value)


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(filter(None, (_flat(item) for item in value.values())))
    return " ".join(_flat(item) for item in value) if isinstance(value, list) else str(value)


NAMES: dict[str, Any] = {
    "name": _("名称"),
    "title": _("任务"),
    "short_title": _("简称"),
    "number": _("序号"),
    "starts_on": _("开始日期"),
    "ends_on": _("结束日期"),
    "opens_on": _("起始日期"),
    "due": _("期限"),
    "date": _("截止日期"),
    "wording": _("期限表述"),
    "source": _("期限依据"),
    "anchor": _("期限规则"),
    "workdays": _("工作日数"),
    "phase": _("阶段"),
    "checks": _("检查清单"),
    "kind": _("类型"),
    "party": _("承办单位"),
    "recipient": _("主送"),
    "copy": _("抄送"),
    "parts": _("报送表单"),
    "certified_by": _("认证要求"),
    "objectives": _("目标任务"),
    "livelihood": _("民生"),
    "clauses": _("条款"),
    "clause": _("条款"),
    "code": _("代码"),
    "offset": _("距截止日（工作日）"),
    "hour": _("发送时间"),
    "audience": _("对象"),
    "text": _("措辞"),
    "ladder": _("催报规则"),
    "digest": _("合并催报"),
    "letters_per_day": _("每人每日催报封数上限"),
    "reports": _("报告"),
    "checklists": _("检查表"),
    "duties": _("主要职责"),
    "office_department": _("办公室设在"),
    "office_duties": _("办公室职责"),
    "children": _("措施"),
    "heading": _("标题"),
    "paragraphs": _("段落"),
    "version": _("版本"),
    "valid_from": _("启用日期"),
}


def _name(key: str) -> str:
    return str(NAMES.get(key, key))
