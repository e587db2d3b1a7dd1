"""What is wrong with the text of a definition: every place with its line, the rule and the remedy.

Each piece is tried by itself, so that one mistake does not hide the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from itertools import islice
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import broken_yaml, catalogue_files
from core.sheets import Problem
from core.sheets.booklet import load_booklet
from core.sheets.definition import TYPES, DefinitionError, load_form
from reporting.returns import definition

Path = tuple[Any, ...]
# More at once helps nobody.
MOST = 100
# Where the reader of a definition names an entry of the outermost level.
OUTERMOST = ("every", "cutoff", "who", "to", "once", "reminders", "prefill", "starts", "sums")
_COLUMN = gettext_lazy(
    "列的写法如 {key: faults, label: 缺陷, type: int, unit: 处, required: true, min: 0}；"
    "type 可用：%(types)s。"
)
POINTING = frozenset({"sheets", "checks", "prefill", "starts", "sums"})
PLAIN_SHEET = {"name": "sheet", "title": "sheet", "columns": [{"key": "a", "label": "a"}]}
REMEDIES = {
    "columns": _COLUMN,
    "checks": gettext_lazy("参照“定义文件”中同名的校验规则，核对各参数的名称和所指的列。"),
    "every": gettext_lazy("填 daily、weekly、monthly、quarterly、yearly 或 once。"),
    "cutoff": gettext_lazy('写成 cutoff: {after: 8, unit: working_days, time: "17:30"}。'),
    "who": gettext_lazy("写成 who: {kinds: [provincial_company]}，列出报送单位的类别。"),
    "once": gettext_lazy("写成 once: {start: 2011-10-25, end: 2012-02-29}。"),
    "reminders": gettext_lazy("写成 reminders: [-2, 0, 1]，为距截止日的工作日数。"),
    "prefill": gettext_lazy("写成 prefill: {工作表的 name: [列的 key]}。"),
    "starts": gettext_lazy("写成 starts: {工作表的 name: {each: [选项列的 key]}}。"),
    "sums": gettext_lazy("写成 - {sheet: 工作表的 name, columns: [数字列的 key]}。"),
    "sheets": gettext_lazy("每个工作表要有 name、sheet、title 和 columns。"),
}
OTHERWISE = gettext_lazy("参照“定义文件”中的写法改正。")


def of_text(error: yaml.YAMLError, text: str) -> Problem:
    """A text that is no YAML: the line, what is wrong there, how to write it."""
    found = broken_yaml.told(error)
    lines = text.splitlines()
    shown = lines[found.line - 1].strip()[:60] if 0 < found.line <= len(lines) else ""
    message = found.message
    if found.column:
        message = _("第%(column)d列：%(message)s") % {"column": found.column, "message": message}
    return _problem(found.line, shown, _("YAML格式"), message, found.remedy)


def of_data(data: Any, text: str) -> list[Problem]:
    """Everything that is wrong with a definition that can be read; nothing when it is in order."""
    whole = _refused(lambda: definition.load(data))
    if not whole:
        return []
    found = list(islice(_mistakes(data, whole), MOST))
    root = yaml.compose(text, Loader=catalogue_files.SafeLoader)
    return [
        _problem(_line(root, path), _place(path), _rule(path), message, _remedy(path))
        for path, message in found
    ]


def _mistakes(data: Any, whole: str) -> Iterator[tuple[Path, str]]:
    """Each mistake with its path; pieces first, then what holds between them (``whole``)."""
    pieces = [*_entries(data), *_in_sheets(data)] if isinstance(data, Mapping) else []
    yield from pieces
    if pieces:
        return
    across = list(_across(data)) if isinstance(data, Mapping) else []
    yield from across or [(_outermost(whole), whole)]


def _entries(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """What is wrong outside of the sheets: entries that nobody knows, one of those that count."""
    for name in data:
        if name not in definition.ENTRIES:
            near = get_close_matches(str(name), definition.ENTRIES, n=1)
            hint = _("，是否为 %(near)s？") % {"near": near[0]} if near else ""
            yield (name,), _("不认识的项“%(name)s”%(hint)s") % {"name": name, "hint": hint}
    known = {name: value for name, value in data.items() if name in definition.ENTRIES}
    # Without what points into the sheets.
    bare = {name: value for name, value in known.items() if name not in POINTING}
    if said := _refused(lambda: definition.load({**bare, "sheets": [PLAIN_SHEET]})):
        yield _outermost(said), said


def _in_sheets(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    sheets = data.get("sheets")
    for number, sheet in enumerate(sheets if isinstance(sheets, list) else ()):
        columns = sheet.get("columns") if isinstance(sheet, Mapping) else None
        if not isinstance(columns, list) or not columns:
            continue
        wrong = [
            ((*("sheets", number, "columns", place),), said)
            for place, column in enumerate(columns)
            if (said := _refused(_column(column)))
        ]
        yield from wrong
        if wrong:
            continue
        bare = {"code": "sheet", "version": 1, "title": str(data.get("title", ""))}
        bare |= {name: value for name, value in sheet.items() if name not in ("name", "checks")}
        if said := _refused(lambda one=bare: load_form(one)):  # type: ignore[misc]
            yield ("sheets", number), said
            continue
        for place, check in enumerate(sheet.get("checks") or ()):
            one = {**bare, "checks": [check]}
            if said := _refused(lambda one=one: load_form(one)):  # type: ignore[misc]
                yield ("sheets", number, "checks", place), said


def _column(column: Any) -> Callable[[], Any]:
    return lambda: load_form({"code": "sheet", "version": 1, "title": "sheet", "columns": [column]})


def _across(data: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    bare = {**data, "checks": []}
    if _refused(lambda: load_booklet(bare)):
        return
    for place, check in enumerate(data.get("checks") or ()):
        one = {**data, "checks": [check]}
        if said := _refused(lambda one=one: load_booklet(one)):  # type: ignore[misc]
            yield ("checks", place), said


def _refused(attempt: Callable[[], Any]) -> str:
    """What stands against a piece; empty when nothing does."""
    try:
        attempt()
    except DefinitionError as error:
        # Its place is told by line and path.
        text = str(error)
        return text.partition("：")[2] or text
    except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError) as error:
        return _("写法不对：%(error)s") % {"error": error}
    return ""


def _outermost(message: str) -> Path:
    return next(((name,) for name in OUTERMOST if message.startswith((name, f"{name}."))), ())


def _line(node: Any, path: Path) -> int:
    """The line at which a piece begins."""
    for name in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(name, int):
            node = node.value[name]
        elif isinstance(node, yaml.MappingNode):
            pairs = {key.value: value for key, value in node.value}
            node = pairs.get(name, node)
    return int(node.start_mark.line) + 1 if node is not None else 0


def _place(path: Path) -> str:
    """The path as people count: sheets 1 › columns 3."""
    words = []
    for name in path:
        if isinstance(name, int):
            words[-1] += f" {name + 1}"
        else:
            words.append(str(name))
    return " › ".join(words)


def _rule(path: Path) -> str:
    names = {
        "columns": _("列的定义"),
        "checks": _("校验规则"),
        "sheets": _("工作表"),
        "cutoff": _("截止时间"),
        "every": _("周期"),
        "who": _("报送单位"),
    }
    return next((names[name] for name in reversed(path) if name in names), _("表单定义"))


def _remedy(path: Path) -> str:
    found = next((REMEDIES[name] for name in reversed(path) if name in REMEDIES), OTHERWISE)
    return str(found) % {"types": " ".join(TYPES)} if found is _COLUMN else str(found)


def _problem(line: int, place: str, rule: str, message: str, remedy: str) -> Problem:
    where = _("第%(line)d行") % {"line": line} if line else ""
    return Problem(
        sheet="", row=line, column=place, cell=where, rule=rule, message=message, remedy=remedy
    )
