"""What one version of a form asks for that the other does not: columns and checks, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from core.sheets import wording
from reporting.returns import definition

if TYPE_CHECKING:
    from reporting.models import ReturnForm


def differences(before: ReturnForm, after: ReturnForm) -> list[tuple[str, str, str]]:
    """(removed or added, of which sheet, what) in the order of the versions."""
    old, new = dict.fromkeys(_said(before)), dict.fromkeys(_said(after))
    gone = [("removed", *one) for one in old if one not in new]
    return gone + [("added", *one) for one in new if one not in old]


def _said(form: ReturnForm) -> Iterator[tuple[str, str]]:
    meant = definition.of(form)
    for text in (meant.every_label, meant.cutoff_label, "、".join(map(str, meant.kind_labels))):
        yield _("报送规定"), str(text)
    for sheet in meant.booklet.sheets:
        name = sheet.form.sheet_name
        for column in sheet.form.columns:
            asked = (column.heading, wording.type_of(column), wording.limits_of(column))
            yield name, " · ".join(str(text) for text in asked if text)
        for check in sheet.form.checks:
            yield name, str(wording.check_of(sheet.form, check))
    for rule in meant.booklet.rules():
        yield _("表间和跨期校验"), str(rule)
