"""Where a client's system is called: addresses, their secrets, and whether the line works."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import ApiClient, WebhookEndpoint
from accounts.permissions import Permission
from accounts.services import webhooks
from core import clock, pages, policy
from core.models import Letter

MANAGE = Permission.CLIENT_MANAGE
# So many calls of an address are shown.
LATEST = 10
LAMPS = {
    Letter.State.SENT: "done",
    Letter.State.PARKED: "late",
    Letter.State.UNKNOWN: "late",
    Letter.State.DROPPED: "pause",
}


class EndpointForm(forms.Form):
    """An address to be called."""

    name = forms.CharField(label=gettext_lazy("用途"), max_length=40)
    url = forms.CharField(
        label=gettext_lazy("推送地址"),
        max_length=500,
        widget=forms.URLInput,
        help_text=gettext_lazy("以 https:// 开头；内部网络的地址须由系统管理员列入允许的网段。"),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("推送事项"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("不选即推送全部事项。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = list(webhooks.KINDS.items())


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("url")
def endpoints(request: HttpRequest, pk: int) -> HttpResponse:
    """The addresses of a client, and the form for another one; its secret is told once."""
    seen = ApiClient.objects.visible_to(request.user).select_related("organisation")
    client = get_object_or_404(seen, pk=pk)
    form = EndpointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = pages.attempt(
            form,
            webhooks.open_endpoint,
            client=client,
            **form.cleaned_data,
            by=request.user,
            now=clock.now(),
        )
        if made is not None:
            return _told(request, made)
    now = clock.now()
    rows = [
        {
            "endpoint": one,
            "kinds": [webhooks.KINDS.get(kind, kind) for kind in one.kinds],
            "overlap": one.former_until if len(one.secrets(now=now)) > 1 else None,
            "calls": [
                (call, LAMPS.get(call.state, "near")) for call in webhooks.calls(one, LATEST)
            ],
        }
        for one in client.endpoints.order_by("closed_at", "pk")
    ]
    context = {"client": client, "form": form, "rows": rows}
    return pages.render(request, "accounts/endpoints.html", None, context)


@policy.needs(MANAGE)
@require_POST
def renew(request: HttpRequest, endpoint_pk: int) -> HttpResponse:
    """A new secret; the former one signs as well for a while."""
    found = _find(request, endpoint_pk)
    return _told(request, webhooks.renew_secret(found, by=request.user, now=clock.now()))


@policy.needs(MANAGE)
@require_POST
def close(request: HttpRequest, endpoint_pk: int) -> HttpResponse:
    """Call an address no more."""
    found = _find(request, endpoint_pk)
    reason = request.POST.get("reason", "")[:200]
    webhooks.close_endpoint(found, reason=reason, by=request.user, now=clock.now())
    messages.success(request, _("推送地址已停用。"))
    return pages.go(request, "accounts:endpoints", found.client_id)


@policy.needs(MANAGE)
@require_POST
def ping(request: HttpRequest, endpoint_pk: int) -> HttpResponse:
    """See whether the line works."""
    found = _find(request, endpoint_pk)
    webhooks.ping(found, by=request.user, now=clock.now())
    messages.success(request, _("测试消息已排入发送，稍后刷新查看结果。"))
    return pages.go(request, "accounts:endpoints", found.client_id)


def _told(request: HttpRequest, endpoint: WebhookEndpoint) -> HttpResponse:
    """The secret, told once; no cache and no history keeps it."""
    context = {"endpoint": endpoint, "client": endpoint.client}
    response = pages.render(request, "accounts/endpoint_secret.html", None, context, status=200)
    response["Cache-Control"] = "no-store"
    return response


def _find(request: HttpRequest, pk: int) -> WebhookEndpoint:
    seen = WebhookEndpoint.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("client__organisation"), pk=pk)
