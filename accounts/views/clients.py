"""Pages of machine clients: list, registration, one client, new token, suspension."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import client_forms, services
from accounts.models import ApiClient
from accounts.permissions import Permission
from accounts.services.clients import Issued
from core import clock, pages, paging, policy
from core.errors import Refused

USUAL_LIFE = timedelta(days=365)
PAGE = "accounts:client"


@policy.needs(Permission.CLIENT_MANAGE)
@require_GET
def clients(request: HttpRequest) -> HttpResponse:
    """Clients of the organisations that one looks after."""
    found = ApiClient.objects.visible_to(request.user).select_related("organisation", "usage")
    page = paging.keyset(found, request.GET, order=("organisation__path", "pk"), size=50)
    today = clock.today()
    rows = [(client, client.state(on=today)) for client in page]
    context = {"page": page, "rows": rows, "total": found.count()}
    return pages.render(request, "accounts/clients.html", None, context)


@policy.needs(Permission.CLIENT_MANAGE)
@require_http_methods(["GET", "POST"])
def new_client(request: HttpRequest) -> HttpResponse:
    """Register a client; its token is shown on the answer and never again."""
    initial = {"expires_on": clock.today() + USUAL_LIFE, "per_minute": 600}
    form = client_forms.NewClientForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        issued = pages.attempt(
            form, services.create_client, **form.cleaned_data, by=request.user, now=clock.now()
        )
        if issued is not None:
            return _told(request, issued)
    return pages.render(request, "accounts/client_new.html", None, {"form": form})


@policy.needs(Permission.CLIENT_MANAGE)
@require_http_methods(["GET", "POST"])
def client(request: HttpRequest, pk: int) -> HttpResponse:
    """One client, and the form by which it is changed."""
    found = _find(request, pk)
    initial = client_forms.ClientSettingsForm.initial_of(found)
    form = client_forms.ClientSettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        issued = pages.attempt(
            form,
            services.change_client,
            client=found,
            **form.cleaned_data,
            by=request.user,
            now=clock.now(),
        )
        if issued is not None:
            messages.success(request, _("已保存。"))
            return _told(request, issued) if issued.secret else pages.go(request, PAGE, found.pk)
    context = {"client": found, "state": found.state(on=clock.today()), "form": form}
    return pages.render(request, "accounts/client.html", None, context)


@policy.needs(Permission.CLIENT_MANAGE)
@require_POST
def new_token(request: HttpRequest, pk: int) -> HttpResponse:
    """A new token; the old one ends at once."""
    return _rotated(request, pk, "token")


@policy.needs(Permission.CLIENT_MANAGE)
@require_POST
def new_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new signing secret; the old one ends at once."""
    return _rotated(request, pk, "secret")


@policy.needs(Permission.CLIENT_MANAGE)
@require_POST
def suspend(request: HttpRequest, pk: int) -> HttpResponse:
    services.suspend_client(client=_find(request, pk), **_reason(request))
    messages.success(request, _("客户端已停用。"))
    return pages.go(request, PAGE, pk)


@policy.needs(Permission.CLIENT_MANAGE)
@require_POST
def reinstate(request: HttpRequest, pk: int) -> HttpResponse:
    services.reinstate_client(client=_find(request, pk), **_reason(request))
    messages.success(request, _("客户端已恢复。"))
    return pages.go(request, PAGE, pk)


def _rotated(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    found = _find(request, pk)
    issued = services.rotate_client(client=found, what=what, by=request.user, now=clock.now())
    return _told(request, issued)


def _told(request: HttpRequest, issued: Issued) -> HttpResponse:
    """What is told once; no cache and no history keeps it."""
    context: dict[str, Any] = {"issued": issued, "client": issued.client}
    response = pages.render(request, "accounts/client_issued.html", None, context, status=200)
    response["Cache-Control"] = "no-store"
    return response


def _reason(request: HttpRequest) -> dict[str, Any]:
    reason = request.POST.get("reason", "").strip()[:200]
    if not reason:
        raise Refused(_("请填写事由。"))
    return {"reason": reason, "by": request.user, "now": clock.now()}


def _find(request: HttpRequest, pk: int) -> ApiClient:
    found = ApiClient.objects.visible_to(request.user)
    return get_object_or_404(found.select_related("organisation", "created_by", "usage"), pk=pk)
