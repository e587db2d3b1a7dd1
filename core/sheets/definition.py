"""What a form consists of, read from YAML or a dict and checked strictly before use."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

import yaml
from django.utils.translation import gettext as _

from core import broken_yaml, catalogue_files

if TYPE_CHECKING:
    from core.sheets.checks import Cleaned, Problem
    from core.sheets.reader import Read

Type = Literal[
    "text", "int", "decimal", "date", "instant", "choice", "bool", "phone", "email", "file"
]
TYPES = (
    *("text", "int", "decimal", "date", "instant"),
    *("choice", "bool", "phone", "email", "file"),
)
SEVERITIES = ("hard", "soft")
PERIODS = ("", "within", "until")
# Entries of a check that are not parameters of its rule.
CHECK_OWN = ("severity", "message", "remedy", "clause")
# Excel's own limits: a sheet name of 31 characters without these, a list of 255 characters.
SHEET_NAME_LIMIT = 31
SHEET_NAME_FORBIDDEN = set("[]:*?/\\")
# Title, one line of guidance, then the header: data begins on the fourth row of every template.
HEADER_ROW = 3
FIRST_DATA_ROW = 4


class DefinitionError(ValueError):
    """The definition itself is wrong; the text says what and where, for whoever maintains it."""


@dataclass(frozen=True)
class Column:
    """One column of a form.

    ``min``/``max`` bound numbers (in ``unit``) and dates; ``places`` is the number of decimals that
    a decimal may have; ``mentions`` are words of which a text must contain every one (12398 …);
    ``personal`` names the masking rule of personal data.
    """

    key: str
    label: str
    type: Type = "text"
    required: bool = False
    max_length: int = 200
    min_length: int = 0
    choices: tuple[str, ...] = ()
    unit: str = ""
    help: str = ""
    example: str = ""
    min: Decimal | date | None = None
    max: Decimal | date | None = None
    places: int = 2
    mentions: tuple[str, ...] = ()
    severity: Literal["hard", "soft"] = "hard"
    personal: str = ""
    width: int = 0
    clause: str = ""
    # Of a day: "within" the period that is reported, or not after its end ("until").
    period: Literal["", "within", "until"] = ""

    @property
    def is_number(self) -> bool:
        return self.type in ("int", "decimal")

    @property
    def heading(self) -> str:
        """The label as it stands in the header row: unit in brackets, a star when required."""
        unit = f"（{self.unit}）" if self.unit else ""
        return f"{self.label}{unit}{'*' if self.required else ''}"


@dataclass(frozen=True)
class Check:
    """One named rule over a row or over all rows, with its parameters (see ``checks.REGISTRY``)."""

    name: str
    params: Mapping[str, Any]
    severity: Literal["hard", "soft"] = "hard"
    message: str = ""
    remedy: str = ""
    clause: str = ""


@dataclass(frozen=True)
class Form:
    """A form: its columns and rules, under a code and a version with a first day of validity."""

    code: str
    title: str
    version: int
    columns: tuple[Column, ...]
    valid_from: date | None = None
    sheet: str = ""
    clause: str = ""
    help: str = ""
    min_rows: int = 0
    max_rows: int = 2000
    key: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    # Headings of our own lists that the form does not take in: such a list is read as it is.
    passed_over: tuple[str, ...] = ()
    # Of these headings the words by which a row is no matter of the form, and is left out.
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # For the app that owns the form; not looked at here.
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sheet_name(self) -> str:
        return self.sheet or self.title[:SHEET_NAME_LIMIT]

    @cached_property
    def by_key(self) -> dict[str, Column]:
        return {column.key: column for column in self.columns}

    def column(self, key: str) -> Column:
        """The column of that key. Raises KeyError."""
        return self.by_key[key]

    def clean(self, rows: Sequence[Mapping[str, Any]], **places: Any) -> Cleaned:
        """Rows with values in their stored (JSON) form, all problems, and notes of what changed.

        ``places`` may hold ``lines`` (row number of each row) and ``letters`` (column letter of
        each key), as ``read`` knows them; otherwise the template's places are assumed.
        """
        from core.sheets.checks import clean

        return clean(self, rows, **places)

    def check(self, rows: Sequence[Mapping[str, Any]], **places: Any) -> list[Problem]:
        """Every problem of the rows at once, in reading order."""
        return self.clean(rows, **places).problems

    def template(self, rows: Iterable[Mapping[str, Any]] = ()) -> bytes:
        """The official .xlsx template, empty or filled in with rows."""
        from core.sheets.template import build

        return build(self, rows)

    def read(self, upload: IO[bytes], *, name: str = "") -> Read:
        """Read a filled-in workbook or CSV in a limited child process, and check it."""
        from core.sheets.reader import read

        return read(self, upload, name=name or getattr(upload, "name", "") or "")

    def error_copy(self, upload: IO[bytes] | Read, problems: Sequence[Problem] = ()) -> bytes:
        """The rows that came in as a new workbook, each problem marked at its cell."""
        from core.sheets.error_copy import build

        return build(self, upload, problems)


def load_form(source: str | Path | Mapping[str, Any]) -> Form:
    """Read a definition from a YAML file or a mapping. Raises ``DefinitionError``."""
    if isinstance(source, Mapping):
        data: Any = source
        place = str(source.get("code", ""))
    else:
        place = Path(source).name
        try:
            data = catalogue_files.read(Path(source))
        except (OSError, yaml.YAMLError) as error:
            why = _("文件不能打开")
            if isinstance(error, yaml.YAMLError):
                found = broken_yaml.told(error)
                why = f"{found.place} {found.message}"
            raise DefinitionError(
                _("表单定义 %(place)s 无法读取：%(error)s") % {"place": place, "error": why}
            ) from error
    if not isinstance(data, Mapping):
        raise DefinitionError(_("表单定义 %(place)s 应为键值结构") % {"place": place})
    form = _form(dict(data), place)
    _check_form(form)
    return form


def _form(data: dict[str, Any], place: str) -> Form:
    columns = data.pop("columns", None)
    if not isinstance(columns, list) or not columns:
        raise DefinitionError(_("表单 %(place)s 没有定义任何列（columns）") % {"place": place})
    checks = data.pop("checks", None) or []
    data["columns"] = tuple(_column(item, place) for item in columns)
    data["checks"] = tuple(_check(item, place) for item in checks)
    key = data.get("key") or ()
    data["key"] = (key,) if isinstance(key, str) else tuple(key)
    for name in ("passed_over", "left_out"):
        if name in data:
            data[name] = _headings(data[name], f"{place}.{name}")
    return _build(Form, data, place)


def _headings(value: Any, place: str) -> Any:
    """A list of words, or of each heading a list of words; frozen."""
    if isinstance(value, Mapping):
        return {str(one): _headings(words, f"{place}.{one}") for one, words in value.items()}
    sound = isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)
    _require(sound and bool(value), place, _("应为不空的文字列表"))
    return tuple(value)


def _column(item: Any, place: str) -> Column:
    if not isinstance(item, Mapping):
        raise DefinitionError(_("表单 %(place)s 的列应为键值结构") % {"place": place})
    data = dict(item)
    where = f"{place}.{data.get('key', '?')}"
    for name in ("choices", "mentions"):
        if name in data:
            data[name] = tuple(str(value) for value in data[name] or ())
    for name in ("min", "max"):
        value = data.get(name)
        if value is not None and not isinstance(value, date):
            data[name] = Decimal(str(value))
    for name in ("help", "label", "example", "unit"):
        if name in data:
            data[name] = str(data[name])
    return _build(Column, data, where)


def _check(item: Any, place: str) -> Check:
    if not isinstance(item, Mapping) or "check" not in item:
        raise DefinitionError(_("表单 %(place)s 的校验规则缺少 check 名称") % {"place": place})
    params = dict(item)
    own = {name: params.pop(name) for name in CHECK_OWN if name in params}
    name = str(params.pop("check"))
    return _build(Check, {"name": name, "params": params, **own}, f"{place}.{name}")


def _build(kind: Any, data: dict[str, Any], place: str) -> Any:
    """Make the dataclass; name an unknown, missing or ill-typed entry in the error."""
    known = {item.name: item for item in fields(kind)}
    for name in data:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            hint = _("，是否为 %(near)s？") % {"near": near[0]} if near else ""
            raise DefinitionError(
                _("%(place)s：不认识的项“%(name)s”%(hint)s")
                % {"place": place, "name": name, "hint": hint}
            )
    for name, item in known.items():
        if name not in data:
            if item.default is MISSING and item.default_factory is MISSING:
                raise DefinitionError(
                    _("%(place)s：缺少必需的项“%(name)s”") % {"place": place, "name": name}
                )
            continue
        _check_kind(name, data[name], f"{place}.{name}")
    return kind(**data)


_KINDS: dict[str, tuple[type, ...]] = {
    "code": (str,),
    "title": (str,),
    "key": (str, tuple),
    "label": (str,),
    "sheet": (str,),
    "version": (int,),
    "min_rows": (int,),
    "max_rows": (int,),
    "min_length": (int,),
    "max_length": (int,),
    "places": (int,),
    "width": (int,),
    "required": (bool,),
    "valid_from": (date,),
    "clause": (str,),
    "help": (str,),
    "options": (Mapping,),
    "passed_over": (tuple,),
    "left_out": (Mapping,),
}


def _check_kind(name: str, value: Any, place: str) -> None:
    kinds = _KINDS.get(name)
    wrong = kinds and not isinstance(value, kinds)
    if kinds == (int,):
        wrong = isinstance(value, bool) or not isinstance(value, int) or value < 0
    if wrong:
        raise DefinitionError(
            _("%(place)s：值“%(value)s”的类型不对") % {"place": place, "value": value}
        )
    if name == "severity" and value not in SEVERITIES:
        raise DefinitionError(_("%(place)s：severity 只能是 hard 或 soft") % {"place": place})


def _check_form(form: Form) -> None:
    """What holds between the entries of one definition."""
    for column in form.columns:
        _check_column(column, f"{form.code}.{column.key}")
    _refuse_twice(form.code, "key", [column.key for column in form.columns])
    _refuse_twice(form.code, "label", [column.label for column in form.columns])
    _check_passed_over(form)
    _require(form.min_rows <= form.max_rows, form.code, _("min_rows 大于 max_rows"))
    sheet = form.sheet_name
    _require(
        0 < len(sheet) <= SHEET_NAME_LIMIT and not SHEET_NAME_FORBIDDEN & set(sheet),
        form.code,
        _("工作表名应为 1 至 31 个字，且不含 [ ] : * ? / \\"),
    )
    for key in form.key:
        _require(key in form.by_key, form.code, _("key 指到不存在的列 %(key)s") % {"key": key})
    from core.sheets import figure_rules, time_rules  # noqa: F401  enter their rules
    from core.sheets.rules import REGISTRY

    for check in form.checks:
        rule = REGISTRY.get(check.name)
        if rule is None:
            near = difflib.get_close_matches(check.name, REGISTRY, n=1) or ["—"]
            raise DefinitionError(
                _("%(place)s：没有名为“%(name)s”的校验规则，最接近的是“%(near)s”")
                % {"place": form.code, "name": check.name, "near": near[0]}
            )
        try:
            rule.examine(form, check)
        except (KeyError, TypeError, ValueError) as error:
            raise DefinitionError(
                _("%(place)s：校验规则“%(name)s”的参数不对：%(error)s")
                % {
                    "place": form.code,
                    "name": check.name,
                    "error": reason_of(error, form.by_key),
                }
            ) from error


def _check_passed_over(form: Form) -> None:
    """What is passed over is no column of the form; rows are left out by what is passed over."""
    _refuse_twice(form.code, "passed_over", list(form.passed_over))
    own = "、".join(one.label for one in form.columns if one.label in form.passed_over)
    _require(not own, form.code, _("passed_over 里有表单自己的列：%(own)s") % {"own": own})
    strange = "、".join(form.left_out.keys() - {*form.passed_over})
    words = _("left_out 里的列不在 passed_over 里：%(strange)s") % {"strange": strange}
    _require(not strange, form.code, words)


def reason_of(error: Exception, known: Iterable[str]) -> str:
    """Why the parameters of a check do not fit, in words; a column that is not there by name."""
    if not isinstance(error, KeyError):
        return str(error)
    name = str(error.args[0])
    if near := difflib.get_close_matches(name, list(known), n=1):
        return _("没有“%(name)s”，是否为“%(near)s”？") % {"name": name, "near": near[0]}
    return _("没有“%(name)s”") % {"name": name}


def _check_column(column: Column, place: str) -> None:
    _require(column.type in TYPES, place, _("类型 %(type)s 不存在") % {"type": column.type})
    _require(column.key.isidentifier() and column.key.islower(), place, _("key 应为小写标识符"))
    _require(bool(column.label.strip()), place, _("label 不能为空"))
    if column.type == "choice":
        _require(bool(column.choices), place, _("choice 列须有 choices"))
        _refuse_twice(place, "choices", list(column.choices))
    else:
        _require(not column.choices, place, _("只有 choice 列可以有 choices"))
    bounds = [bound for bound in (column.min, column.max) if bound is not None]
    kind = {"int": Decimal, "decimal": Decimal, "date": date}.get(column.type)
    _require(not bounds or kind is not None, place, _("此类型的列没有 min、max"))
    _require(
        all(kind and isinstance(bound, kind) for bound in bounds), place, _("min、max 的类型不对")
    )
    _require(len(bounds) < 2 or bounds[0] <= bounds[1], place, _("min 大于 max"))  # type: ignore[operator]
    _require(column.period in PERIODS, place, _("period 只能是 within 或 until"))
    _require(
        not column.period or column.type in ("date", "instant"),
        place,
        _("只有日期列可以有 period"),
    )
    _require(column.min_length <= column.max_length, place, _("min_length 大于 max_length"))


def _require(holds: bool, place: str, message: str) -> None:
    if not holds:
        raise DefinitionError(f"{place}：{message}")


def _refuse_twice(place: str, name: str, values: list[str]) -> None:
    twice = sorted({value for value in values if values.count(value) > 1})
    _require(
        not twice,
        place,
        _("%(name)s 重复：%(values)s") % {"name": name, "values": "、".join(twice)},
    )
