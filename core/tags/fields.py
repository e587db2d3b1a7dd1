"""Forms: fields, files, and everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, FileInput, RadioSelect
from django.utils.translation import gettext_lazy as _

from core.sheets.labels import label_of

register = template.Library()

SOFT = {"soft", "warning", "warn"}


@register.inclusion_tag("components/error_list.html")
def error_list(problems: Sequence[Any], copy_url: str = "") -> dict[str, Any]:
    """All errors of a workbook at once: where, which rule, how to fix it.

    ``problems`` have sheet, row, column, cell, rule, message, remedy and severity ("hard"/"soft").
    """
    hard = [_told(problem) for problem in problems if _severity(problem) not in SOFT]
    soft = [_told(problem) for problem in problems if _severity(problem) in SOFT]
    return {"hard": hard, "soft": soft, "copy_url": copy_url}


def _told(problem: Any) -> dict[str, Any]:
    """A problem as its line shows it; what concerns no cell says which row, sheet or file."""
    given = problem if isinstance(problem, dict) else problem.as_dict()
    told = {name: given.get(name, "") for name in ("sheet", "cell", "column", "message", "remedy")}
    told["rule"] = label_of(given.get("rule", ""))
    if not told["cell"] and given.get("row"):
        told["cell"] = _("第 %(row)d 行") % {"row": given["row"]}
    elif not told["cell"] and not told["column"]:
        told["cell"] = _("整张表") if told["sheet"] else _("整个文件")
    return told


def _severity(problem: Any) -> str:
    found = problem.get("severity") if isinstance(problem, dict) else problem.severity
    return str(getattr(found, "value", found) or "hard")


@register.inclusion_tag("components/file_drop.html")
def file_drop(
    field: BoundField | None = None,
    name: str = "file",
    label: Any = "",
    accept: str = "",
    help: Any = "",
    multiple: bool = False,
    required: bool = False,
    error: Any = "",
) -> dict[str, Any]:
    """A place to drop a file on, which is a plain file input where there is no JavaScript."""
    return {
        "field": field,
        "name": field.html_name if field is not None else name,
        "id": field.auto_id if field is not None else f"id_{name}",
        "label": label or (field.label if field is not None else ""),
        "accept": accept,
        "help": help or (field.help_text if field is not None else ""),
        "errors": field.errors if field is not None else (error,) if error else (),
        "required": field.field.required if field is not None else required,
        "multiple": multiple,
    }


@register.inclusion_tag("components/form_field.html")
def form_field(field: BoundField, hint: Any = "", wide: bool = False) -> dict[str, Any]:
    """Label, widget, hint and error of one field, tied together for screen readers."""
    return field_context(field, hint, wide)


def field_context(field: BoundField, hint: Any = "", wide: bool = False) -> dict[str, Any]:
    widget = field.field.widget
    kind = "text"
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        kind = "group"
    elif isinstance(widget, CheckboxInput):
        kind = "check"
    elif isinstance(widget, FileInput):
        kind = "file"
    return {"field": field, "hint": hint or field.help_text, "kind": kind, "wide": wide}


@register.inclusion_tag("components/field_errors.html")
def field_errors(field: BoundField) -> dict[str, Any]:
    """What is wrong with one field, where the page arranges label and widget itself."""
    return {"field": field}


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """Summary above a form: every error as a link to its field."""
    return {"form": form}
