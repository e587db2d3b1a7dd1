"""A version as people read it: tables with masked persons, files, and what changed between two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core import masking
from core.components import Change
from reporting import parts

if TYPE_CHECKING:
    from reporting.models import FilingVersion


@dataclass(frozen=True)
class ShownRow:
    """Cells of a row as text with their columns' labels, and the files that belong to it."""

    labelled: Sequence[tuple[str, str]]
    files: Sequence[Any]


@dataclass(frozen=True)
class ShownPart:
    """One part of a version, ready to be read."""

    part: parts.Part
    rows: Sequence[ShownRow]
    text: str
    files: Sequence[Any]
    deficient: Sequence[dict[str, str]] = field(default_factory=tuple)

    @property
    def has_masked(self) -> bool:
        """Whether the part has columns with personal data."""
        form = self.part.form
        return bool(self.rows) and form is not None and any(c.personal for c in form.columns)

    @property
    def row_files(self) -> bool:
        return any(row.files for row in self.rows)


def shown_parts(version: FilingVersion, *, full: bool) -> list[ShownPart]:
    """Every part of a version; names and telephones masked unless ``full``."""
    files: dict[str, list[Any]] = defaultdict(list)
    for attachment in version.attachments.select_related("file"):
        files[attachment.part].append(attachment)
    return [
        ShownPart(
            part=part,
            rows=_rows(part, version, files[part.code], full=full),
            text=version.text(part.code),
            files=[a for a in files[part.code] if not a.row_key],
            deficient=[item for item in version.deficient if item["part"] == part.code],
        )
        for part in parts.of_version(version)
    ]


def _rows(
    part: parts.Part, version: FilingVersion, files: list[Any], *, full: bool
) -> list[ShownRow]:
    if part.form is None:
        return []
    return [
        ShownRow(
            [(c.label, shown(c, row.get(c.key), full=full)) for c in part.form.columns],
            [a for a in files if a.row_key == row[parts.ROW_KEY]],
        )
        for row in version.rows(part.code)
    ]


def shown(column: Any, value: Any, *, full: bool) -> str:
    """A stored value as text in the reader's language."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if column.personal and not full:
        return masking.mask(column.personal, str(value))
    if not full and column.type == "text":
        return masking.mask_text(str(value))
    return str(value)


def masked_rows(part: parts.Part, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same rows with names and telephones masked, for whoever only looks on."""
    personal = [c for c in part.form.columns if c.personal] if part.form is not None else []
    return [
        {**row, **{c.key: shown(c, row.get(c.key), full=False) for c in personal}} for row in rows
    ]


def changes(old: FilingVersion, new: FilingVersion, *, full: bool) -> list[Change]:
    """What changed between two versions, part by part; each place begins with its part."""
    return [
        replace(change, label=f"{part.title}：{change.label}")
        for part in parts.of_version(new)
        for change in _part_changes(part, old, new, full=full)
    ]


def _part_changes(
    part: parts.Part, old: FilingVersion, new: FilingVersion, *, full: bool
) -> list[Change]:
    found: list[Change] = []
    if part.form is not None:
        found += row_changes(part, old.rows(part.code), new.rows(part.code), full=full)
    before, after = old.text(part.code), new.text(part.code)
    if before != after:
        label = part.text.label if part.text else part.title
        found.append(Change("changed", label, before, after))
    return found + _file_changes(part, old, new)


def row_changes(
    part: parts.Part, old: list[dict[str, Any]], new: list[dict[str, Any]], *, full: bool
) -> list[Change]:
    """Rows are matched by the key that they carry from version to version."""
    assert part.form is not None
    before = {row[parts.ROW_KEY]: row for row in old}
    after = {row[parts.ROW_KEY]: row for row in new}
    found = []
    for number, (key, row) in enumerate(after.items(), start=1):
        label = _("第%(number)d行") % {"number": number}
        if key not in before:
            found.append(Change("added", label, "", _line(part, row, full=full)))
            continue
        for column in part.form.columns:
            was, now = before[key].get(column.key), row.get(column.key)
            if was != now:
                found.append(
                    Change(
                        "changed",
                        f"{label} {column.label}",
                        shown(column, was, full=full),
                        shown(column, now, full=full),
                    )
                )
    for key, row in before.items():
        if key not in after:
            found.append(Change("removed", _("原有一行"), _line(part, row, full=full), ""))
    return found


def _line(part: parts.Part, row: dict[str, Any], *, full: bool) -> str:
    assert part.form is not None
    cells = (shown(column, row.get(column.key), full=full) for column in part.form.columns)
    return "，".join(cell for cell in cells if cell)


def _file_changes(part: parts.Part, old: FilingVersion, new: FilingVersion) -> list[Change]:
    def named(version: FilingVersion) -> dict[tuple[str, str], str]:
        held = version.attachments.filter(part=part.code).select_related("file")
        return {(a.row_key, a.file.sha256): a.file.name for a in held}

    before, after = named(old), named(new)
    label = part.attachments.label if part.attachments else _("附件")
    return [
        *(Change("added", label, "", name) for key, name in after.items() if key not in before),
        *(Change("removed", label, name, "") for key, name in before.items() if key not in after),
    ]
