"""Forms of registers, made from their definitions. What is asked of the values is judged by the
definition alone, the same for a page as for a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import clock, files, masking
from core.sheets import Column
from core.widgets import Day, Moment, SeveralFiles
from grids.models import GridMember, PowerGrid, RegisterEntry
from grids.registers import definition as definitions
from grids.registers.definition import GRID, PARENT, STAFF, Definition
from grids.registers.moves import COUNTED
from grids.services.registers import PURPOSE, Faulty, Place

L = gettext_lazy
LONG_TEXT = 120
# How the fields of a place are called beside the columns.
PLACES = {GRID: "grid", PARENT: "parent", STAFF: "member", "files": "files"}
INPUT_MODES = {"int": "numeric", "decimal": "decimal", "phone": "tel", "email": "email"}
HELP = L("PDF、Word、Excel、OFD或者图片，可以多选。")


def units_for(user: User, definition: Definition) -> Any:
    """Units for which a person keeps a register."""
    writes, below = definition.options.writes, Q(pk__in=())
    for place in workplaces(user, Permission.REGISTER_WRITE):
        if place.is_company and definitions.COMPANY in writes:
            below |= Q(path__startswith=place.path)
        elif (
            place.kind == Organisation.Kind.GOVERNMENT_DEPARTMENT
            and definitions.GOVERNMENT in writes
        ):
            below |= Q(pk=place.pk)
    if definitions.KEEPER in writes:
        for place in workplaces(user, Permission.GRID_MANAGE):
            if place.is_company:
                below |= Q(path__startswith=place.path)
    return Organisation.objects.in_force().filter(below)


def grids_for(user: User, units: Any, *, on: date) -> Any:
    """Power grids for which those units enter something."""
    keys = units.order_by().values("pk")
    own = Q(enterprise__in=keys) | Q(station__in=keys)
    departments = units.filter(kind=Organisation.Kind.GOVERNMENT_DEPARTMENT).order_by()
    paired = Q(pairings__government_grid__department__in=departments.values("pk"))
    seen = PowerGrid.objects.visible_to(user).on(on).filter(own | paired)
    return seen.defer("boundary").order_by("code", "pk").distinct()


def field_of(column: Column) -> forms.Field:
    """The entry of one column. It refuses nothing by itself: the definition judges."""
    attributes: dict[str, Any] = {"autocomplete": "off"}
    if column.type in INPUT_MODES:
        attributes["inputmode"] = INPUT_MODES[column.type]
    widget: Any = forms.TextInput(attrs=attributes)
    if column.type == "choice":
        widget = forms.Select(choices=[("", "—"), *((one, one) for one in column.choices)])
    elif column.type == "bool":
        widget = forms.Select(choices=[("", "—"), ("是", _("是")), ("否", _("否"))])
    elif column.type == "date":
        widget = Day()
    elif column.type == "instant":
        widget = Moment()
    elif column.type == "text" and column.max_length > LONG_TEXT:
        widget = forms.Textarea(attrs={"rows": 3 if column.max_length <= 1000 else 10})
    return forms.CharField(
        label=column.heading, required=False, strip=True, help_text=column.help, widget=widget
    )


def shown_as(column: Column, value: Any) -> str:
    """A stored value as the entry of its column takes it."""
    if value is None:
        return ""
    if column.type == "bool":
        return "是" if value else "否"
    return str(value)[:16] if column.type == "instant" else str(value)


class ColumnsForm(forms.Form):
    """Entries for the columns of a form, each under its key."""

    def __init__(self, *args: Any, columns: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = {one.key: one for one in columns}
        for key, column in self.columns.items():
            self.fields[f"c_{key}"] = field_of(column)

    def values(self) -> dict[str, Any]:
        return {key: self.cleaned_data.get(f"c_{key}", "") for key in self.columns}

    def blame(self, faulty: Faulty) -> None:
        """Let every mistake stand at its entry."""
        for one in faulty.faults:
            name = f"c_{one.key}" if one.key in self.columns else PLACES.get(one.key)
            text = f"{one.message.rstrip('。')}。{one.remedy}"
            self.add_error(name if name in self.fields else None, text)


class EntryForm(ColumnsForm):
    """An entry as it is made or changed."""

    def __init__(
        self,
        *args: Any,
        definition: Definition,
        user: User,
        entry: RegisterEntry | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, columns=definition.form.columns, **kwargs)
        self.definition, self.user, self.entry = definition, user, entry
        places = {} if entry is not None else self._places(definition, user)
        if definition.options.photo:
            places["files"] = files_field()
        names = [name for name in places if name != "files"]
        self.fields.update(places)
        self.order_fields([*names, *(name for name in self.fields if name not in names)])
        if entry is not None:
            self._stand(entry)

    def _places(self, definition: Definition, user: User) -> dict[str, forms.Field]:
        asked, today = definition.options, clock.today()
        units = units_for(user, definition)
        found: dict[str, forms.Field] = {}
        if asked.where != "unit":
            found["grid"] = forms.ModelChoiceField(
                grids_for(user, units, on=today),
                label=L("电力网格*") if asked.where == "grid" else L("电力网格"),
                required=False,
                empty_label="—",
            )
        if asked.where != "grid":
            chosen = units.order_by("path")
            required = asked.where == "unit"
            found["organisation"] = forms.ModelChoiceField(
                chosen,
                label=L("登记单位"),
                required=required,
                empty_label=None if required else L("随网格确定"),
            )
        if asked.of:
            rows = RegisterEntry.objects.visible_to(user).filter(
                code__in=asked.of, state__in=COUNTED
            )
            found["parent"] = ParentField(
                rows.select_related("register").order_by("code", "-day", "-pk"),
                label=L("所属条目") if asked.alone else L("所属条目*"),
                required=False,
                empty_label="—",
            )
        if asked.member:
            people = GridMember.objects.active().filter(organisation__in=units)
            found["member"] = forms.ModelChoiceField(
                people.select_related("user").order_by("organisation", "pk"),
                label=L("网格人员*"),
                required=False,
                empty_label="—",
            )
        return found

    def _stand(self, entry: RegisterEntry) -> None:
        for key, value in entry.everything.items():
            if key not in self.columns:
                continue
            if key in self.definition.personal and value:
                self.fields[f"c_{key}"].help_text = _("现为%(value)s，不修改的留空。") % {
                    "value": masked(self.columns[key], value)
                }
            else:
                self.initial[f"c_{key}"] = shown_as(self.columns[key], value)
        self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, required=False)
        self.initial["seen"] = entry.version

    @property
    def files_asked(self) -> bool:
        return "files" in self.fields

    def place(self) -> Place:
        """Where the entry belongs; that of a grid to whoever runs it, or to the department."""
        said = self.cleaned_data
        grid, unit = said.get("grid"), said.get("organisation")
        if unit is None and grid is not None:
            mine = units_for(self.user, self.definition)
            runs = [one for one in (grid.station, grid.enterprise) if one is not None]
            keys = set(mine.values_list("pk", flat=True))
            unit = next((one for one in runs if one.pk in keys), None) or mine.first()
        if unit is None:
            unit = units_for(self.user, self.definition).first() or self.user.home
        return Place(unit, grid, said.get("parent"), said.get("member"))


class ParentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.number} {obj.title}"


def files_field() -> SeveralFiles:
    field = SeveralFiles(label=L("照片、文件"), required=False, help_text=HELP)
    field.widget.attrs["accept"] = files.accept(PURPOSE)
    return field


class CloseForm(ColumnsForm):
    """What came of an entry, with its photo."""

    def __init__(self, *args: Any, definition: Definition, **kwargs: Any) -> None:
        assert definition.closing is not None
        kwargs.setdefault("auto_id", "close_%s")
        super().__init__(*args, columns=definition.closing.columns, **kwargs)
        self.fields["files"] = files_field()
        if definition.closing_photo:
            self.fields["files"].label = _("现场照片*")


class NoteForm(forms.Form):
    """A word with a move; ``required`` where it is the reason."""

    note = forms.CharField(label=L("说明"), max_length=300, required=False)

    def __init__(self, *args: Any, label: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if label:
            self.fields["note"].label = label


class FilesForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "attach_%s")
        super().__init__(*args, **kwargs)
        self.fields["files"] = files_field()


class PurposeForm(forms.Form):
    purpose = forms.CharField(label=L("用途"), max_length=200)


class ImportForm(forms.Form):
    """A filled-in workbook, and for which unit."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=L("登记单位"), empty_label=None
    )
    upload = forms.FileField(label=L("文件"))

    def __init__(self, *args: Any, definition: Definition, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given: Any = self.fields
        given["organisation"].queryset = units_for(user, definition).order_by("path")


def masked(column: Column, value: Any) -> str:
    """A personal value as it is shown by default."""
    return masking.mask(column.personal, value)


def text_of(column: Column, value: Any, *, free: bool = True) -> str:
    """A stored value as people read it. ``free``: free texts as they are, else masked."""
    if value is None or value == "":
        return ""
    if column.personal:
        return masked(column, value)
    if column.type == "bool":
        return _("是") if value else _("否")
    if column.type == "instant":
        return str(value)[:16].replace("T", " ")
    text = str(value)
    return text if free or column.type != "text" else masking.mask_text(text)


def facts(
    columns: Any, values: Mapping[str, Any], *, free: bool = True, full: Mapping[str, Any] | None
) -> list[tuple[str, str]]:
    """Label and value of every column that is filled in; ``full``: what is shown unmasked."""
    found = []
    for column in columns:
        value = values.get(column.key)
        if value is None:
            continue
        if column.personal and full is not None and column.key in full:
            text = str(full[column.key])
        else:
            text = text_of(column, value, free=free)
        unit = f" {column.unit}" if column.unit else ""
        found.append((column.label, f"{text}{unit}"))
    return found
