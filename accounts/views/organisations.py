"""Pages of organisations: the tree, one organisation, and the acts that change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import manage_forms, queries, services
from accounts.models import Organisation
from accounts.permissions import ROLES, Permission
from core import clock, pages, paging, policy
from core.errors import Refused

PAGE = 100


@policy.signed_in
@require_GET
def organisations(request: HttpRequest) -> HttpResponse:
    """Organisations in sight as a tree, with search."""
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    closed, licence = request.GET.get("closed") == "1", request.GET.get("licence", "")
    found = queries.organisations(request.user, text=text, kind=kind, closed=closed)
    today = clock.today()
    found = queries.by_licence(found, licence, on=today)
    page = paging.keyset(found, request.GET, order=("path",), size=PAGE)
    context = {
        "page": page,
        "licences": queries.licences_of(page, on=today),
        "licence": licence,
        "licence_choices": queries.LICENCE_STATES.items(),
        "total": found.count(),
        "text": text,
        "kind": kind,
        "closed": closed,
        "kinds": Organisation.Kind.choices,
        "may_manage": request.user.can(Permission.ORGANISATION_MANAGE),
    }
    return pages.render(request, "accounts/organisations.html", None, context)


@policy.signed_in
@require_GET
def organisation(request: HttpRequest, code: str) -> HttpResponse:
    """One organisation: names over time, supervision, territory, units, people."""
    found = find_organisation(request, code)
    context = {
        "data": queries.organisation_page(found, request.user, on=clock.today()),
        "organisation": found,
        "may_manage": request.user.may(Permission.ORGANISATION_MANAGE, found),
        "may_manage_people": request.user.may(Permission.PEOPLE_MANAGE, found),
        "closed_reason": _("该单位已撤销。") if found.closed_on else "",
    }
    return pages.render(request, "accounts/organisation.html", None, context)


@policy.needs(Permission.ORGANISATION_MANAGE)
@require_http_methods(["GET", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Enter a new organisation."""
    parent = Organisation.objects.visible_to(request.user, Permission.ORGANISATION_MANAGE)
    under = parent.filter(code=request.GET.get("under", "")).first()
    initial = {"parent": under, "region": under and under.region_id, "founded_on": clock.today()}
    form = manage_forms.FoundForm(request.POST or None, user=request.user, initial=initial)

    def act(data: dict[str, Any]) -> Organisation:
        return services.found_organisation(**data, by=request.user, now=clock.now())

    return _form_page(request, form, act, title=_("设立单位"), done=_("单位已设立。"))


@policy.needs(Permission.ORGANISATION_MANAGE)
@require_http_methods(["GET", "POST"])
def rename(request: HttpRequest, code: str) -> HttpResponse:
    """Give an organisation a new name from a day on."""
    target = find_organisation(request, code)
    initial = {"name": target.name, "short_name": target.short_name, "valid_from": clock.today()}
    form = manage_forms.RenameForm(request.POST or None, initial=initial)

    def act(data: dict[str, Any]) -> Organisation:
        return services.rename(organisation=target, **data, by=request.user, now=clock.now())

    note = _("原名称保留在历史中，以前的文件仍显示当时的名称。")
    return _form_page(
        request, form, act, title=_("更名"), done=_("已更名。"), target=target, note=note
    )


@policy.needs(Permission.ORGANISATION_MANAGE)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, code: str) -> HttpResponse:
    """Merge an organisation into another."""
    target = find_organisation(request, code)
    form = manage_forms.MergeForm(
        request.POST or None,
        user=request.user,
        organisation=target,
        initial={"on": clock.today()},
    )

    def act(data: dict[str, Any]) -> Organisation:
        services.merge(organisation=target, **data, by=request.user, now=clock.now())
        return data["into"]

    note = _("人员和下属单位转入并入单位，本单位撤销；以前的任务、报送和文件继续可查。")
    return _form_page(
        request, form, act, title=_("合并"), done=_("已合并。"), target=target, note=note
    )


@policy.needs(Permission.ORGANISATION_MANAGE)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Place an organisation under another one."""
    target = find_organisation(request, code)
    form = manage_forms.MoveForm(request.POST or None, user=request.user, organisation=target)

    def act(data: dict[str, Any]) -> Organisation:
        return services.move(organisation=target, **data, by=request.user, now=clock.now())

    return _form_page(
        request, form, act, title=_("调整隶属关系"), done=_("隶属关系已调整。"), target=target
    )


@policy.signed_in
@require_GET
def roles(request: HttpRequest) -> HttpResponse:
    """Every role with its sentence, and permissions by role."""
    context = {"roles": list(ROLES.values()), "matrix": queries.matrix()}
    return pages.render(request, "accounts/roles.html", None, context)


def find_organisation(request: HttpRequest, code: str) -> Organisation:
    """The organisation, or 404 when it is not in sight."""
    sight = Organisation.objects.visible_to(request.user).select_related("region", "merged_into")
    return get_object_or_404(sight, code=code)


def _form_page(
    request: HttpRequest,
    form: Form,
    act: Callable[[dict[str, Any]], Organisation],
    *,
    title: str,
    done: str,
    target: Organisation | None = None,
    note: str = "",
) -> HttpResponse:
    """Show a form; do the act when it is valid; a refusal stands in the form with 409."""
    status = None
    if request.method == "POST" and form.is_valid():
        try:
            result = act(form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
            status = pages.CONFLICT
        else:
            messages.success(request, done)
            return pages.go(request, "accounts:organisation", result.code)
    back = (
        reverse("accounts:organisation", args=[target.code])
        if target
        else reverse("accounts:organisations")
    )
    context = {"form": form, "title": title, "target": target, "note": note, "back": back}
    return pages.render(request, "accounts/form.html", None, context, status=status)
