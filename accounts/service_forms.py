"""Shape of what the pages of bodies, responsibilities and licences send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.manage_forms import day_field
from accounts.models import ServiceSeat, User
from accounts.responsibilities import Mark, Matrix

Lines = forms.Textarea(attrs={"rows": 8})


class BodyForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=60)
    founded_on = day_field(_("成立日期"))
    document = forms.CharField(label=_("成立文号"), max_length=80)
    duties = forms.CharField(
        label=_("主要职能"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


class SeatForm(forms.Form):
    person = forms.ModelChoiceField(User.objects.none(), label=_("人员"))
    role = forms.ChoiceField(label=_("组内职务"), choices=ServiceSeat.Role)
    post = forms.CharField(label=_("行政职务"), max_length=60, required=False)
    joined_on = day_field(_("任职日期"))
    document = forms.CharField(label=_("任职文号"), max_length=80)

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["person"]
        field.queryset = people


class EndForm(forms.Form):
    """A day and the document that says so: of a seat or of the whole body."""

    on = day_field(_("日期"))
    document = forms.CharField(label=_("文号"), max_length=80)


class MatrixForm(forms.Form):
    """The heads of a matrix; its marks are named by row and column, see ``marks_in``."""

    valid_from = day_field(_("启用日期"))
    document = forms.CharField(label=_("依据文件"), max_length=120, required=False)
    functions = forms.CharField(label=_("职能（每行一项）"), max_length=2000, widget=Lines)
    posts = forms.CharField(label=_("机构和岗位（每行一项）"), max_length=1000, widget=Lines)

    def clean_functions(self) -> list[str]:
        return lines_of(self.cleaned_data["functions"])

    def clean_posts(self) -> list[str]:
        return lines_of(self.cleaned_data["posts"])


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def marks_in(data: Any, matrix: Matrix) -> Matrix:
    """The matrix with the marks that a form of exactly these rows and columns sent."""
    marks = tuple(
        tuple(
            mark if (mark := data.get(f"m-{row}-{column}", "")) in Mark.values else ""
            for column in range(len(matrix.posts))
        )
        for row in range(len(matrix.functions))
    )
    return Matrix(matrix.functions, matrix.posts, marks)


class LicenceForm(forms.Form):
    number = forms.CharField(label=_("许可证编号"), max_length=40)
    issuer = forms.CharField(label=_("发证机关"), max_length=60)
    issued_on = day_field(_("发证日期"))
    valid_from = day_field(_("有效期自"))
    valid_to = day_field(_("有效期至"))
    area = forms.CharField(label=_("许可供电区域"), max_length=200, required=False)


class LicenceImportForm(forms.Form):
    upload = forms.FileField(label=_("许可证表"))
