"""Shape of what is sent with the files of a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from complaints.models import CaseAttachment
from complaints.services import attaching
from complaints.workflow import Audience
from core import files
from core.errors import Refused
from core.files import Received
from core.widgets import SeveralFiles

HELP = _(
    "PDF、Word、Excel、OFD、图片或录音，一次最多10个；扫描件和照片中的个人信息按可见对象控制。"
)


def accepted() -> str:
    """For the accept attribute of the file input."""
    return files.accept(attaching.PURPOSE)


class FilesMixin(forms.Form):
    """Checks every file before anything is written; what is wrong stands beside the field."""

    def received(self) -> list[Received] | None:
        """The checked files; None where one is refused, and then the reason is on the form."""
        try:
            return attaching.check(self.cleaned_data["files"])
        except Refused as reason:
            self.add_error("files", str(reason))
            return None


class AttachForm(FilesMixin):
    """Files for a case, and who reads them."""

    files = SeveralFiles(label=_("文件"), help_text=HELP)
    kind = forms.ChoiceField(label=_("类别"), choices=CaseAttachment.Kind.choices)
    label = forms.CharField(label=_("说明"), max_length=attaching.LABEL, required=False)
    audiences = forms.MultipleChoiceField(
        label=_("可见对象"), choices=Audience.choices, widget=forms.CheckboxSelectMultiple
    )

    def answers(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("kind", "label", "audiences")}
