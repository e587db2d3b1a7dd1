"""Forms that begin a draft of a template: from a template, a former campaign, a file."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.forms import BoundedForm, day_field
from campaign.models import Campaign, CampaignTemplate
from campaign.scope import workplaces


class StartForm(BoundedForm):
    """For whom, under which code and name, from which day."""

    bounded = ("starts_on",)

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("编制机关"), empty_label=None
    )
    code = forms.SlugField(
        label=_("代码"), max_length=40, help_text=_("字母、数字和连字符，如 residential-2027。")
    )
    name = forms.CharField(
        label=_("名称"), max_length=80, required=False, help_text=_("不填则沿用原来的名称。")
    )
    starts_on = day_field(
        _("新的首日"),
        required=False,
        help_text=_("填写后各日期按工作日重新推算；不填则日期不变。"),
    )

    def __init__(self, *args: Any, user: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, on=on, **kwargs)
        offices = [one.pk for one in workplaces(user, Permission.CAMPAIGN_MANAGE)]
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(pk__in=offices)


class FromTemplateForm(StartForm):
    source = forms.ModelChoiceField(
        CampaignTemplate.objects.none(), label=_("模板"), empty_label=None
    )
    field_order = ("source",)

    def __init__(self, *args: Any, user: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, user=user, on=on, **kwargs)
        field: Any = self.fields["source"]
        field.queryset = CampaignTemplate.objects.visible_to(user).in_force(on=on)


class FromCampaignForm(StartForm):
    source = forms.ModelChoiceField(
        Campaign.objects.none(), label=_("以往专项行动"), empty_label=None
    )
    field_order = ("source",)

    def __init__(self, *args: Any, user: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, user=user, on=on, **kwargs)
        field: Any = self.fields["source"]
        field.queryset = Campaign.objects.visible_to(user)


class UploadForm(forms.Form):
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("编制机关"), empty_label=None
    )
    upload = forms.FileField(label=_("模板文件（.yaml）"))

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = [one.pk for one in workplaces(user, Permission.CAMPAIGN_MANAGE)]
        field: Any = self.fields["organisation"]
        field.queryset = Organisation.objects.filter(pk__in=offices)
