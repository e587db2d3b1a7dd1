"""Forms of machine clients."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.manage_forms import OrganisationField, day_field, managed
from accounts.models import ApiClient, Organisation, User
from accounts.permissions import Permission
from accounts.scopes import Scope


class ClientSettingsForm(forms.Form):
    """What a client may do, from where and until when."""

    scopes = forms.MultipleChoiceField(
        label=_("接口权限"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    purpose = forms.CharField(
        label=_("使用个人信息的用途"),
        max_length=200,
        required=False,
        help_text=_("选择“读取未遮盖的诉求人信息”时必填，每次读取都记入审计。"),
    )
    addresses = forms.CharField(
        label=_("允许的来源地址"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一个 IP 地址或者网段；不填则不限。"),
    )
    signed = forms.BooleanField(
        label=_("请求须签名"),
        required=False,
        help_text=_("按 Standard Webhooks 签名，防篡改、防重放。"),
    )
    per_minute = forms.IntegerField(
        label=_("每分钟请求上限"), min_value=1, max_value=60000, initial=600
    )
    expires_on = day_field(_("有效期至"), help_text=_("含当日，最长两年。"))

    def clean_addresses(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["addresses"].split() if line.strip()]

    @staticmethod
    def initial_of(client: ApiClient) -> dict[str, Any]:
        names = ("scopes", "purpose", "signed", "per_minute", "expires_on")
        values = {name: getattr(client, name) for name in names}
        return {**values, "addresses": "\n".join(client.addresses)}


class NewClientForm(ClientSettingsForm):
    """A new client of an organisation."""

    organisation = OrganisationField(label=_("所属单位"), queryset=Organisation.objects.none())
    name = forms.CharField(
        label=_("客户端名称"), max_length=60, help_text=_("例如“95598业务支持系统”。")
    )
    field_order = ["organisation", "name"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = managed(user, Permission.CLIENT_MANAGE)
