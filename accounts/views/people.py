"""Pages of people: list, invitation, one person with everything an administrator does there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import exports, manage_forms, queries, services
from accounts.models import Delegation, Membership, Organisation, User
from accounts.permissions import ROLES, Permission
from accounts.views.profile import sessions_of
from core import audit, clock, masking, pages, paging, policy
from core.errors import Refused
from core.sheets import writer


@policy.needs(Permission.PEOPLE_MANAGE)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """People whom one looks after, with search."""
    chosen, found = _found(request, request.GET)
    page = paging.keyset(found, request.GET, order=("username",), size=50)
    rows = [(user, exports.in_force(user), masking.mask("email", user.email)) for user in page]
    context = {
        "page": page,
        "rows": rows,
        "total": found.count(),
        "chosen": chosen,
        "roles": [(code, role.name) for code, role in ROLES.items()],
        "units": manage_forms.managed(request.user, Permission.PEOPLE_MANAGE),
        "export_url": f"{reverse('accounts:export_people')}?{urlencode(chosen)}",
    }
    return pages.render(request, "accounts/people.html", None, context)


def _found(request: HttpRequest, asked: QueryDict) -> tuple[dict[str, str], QuerySet[User]]:
    """What was asked for, and the people whom one looks after that match it."""
    chosen = {key: asked.get(key, "").strip() for key in ("q", "role", "unit")}
    found = queries.people(request.user, text=chosen["q"], role=chosen["role"], unit=chosen["unit"])
    return chosen, found


@policy.needs(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """The people found, as .xlsx. Addresses are masked; in full by POST with a stated purpose."""
    full = request.method == "POST"
    purpose = request.POST.get("purpose", "").strip()[:200]
    if full and len(purpose) < masking.PURPOSE_LENGTH:
        text = _("导出完整邮箱须说明用途（至少 %(length)d 个字）。")
        raise Refused(text % {"length": masking.PURPOSE_LENGTH})
    chosen, found = _found(request, request.POST if full else request.GET)
    count = found.count()
    if count > exports.LIMIT:
        text = _("共 %(count)d 人，超过一次导出的上限 %(limit)d 人，请缩小范围。")
        raise Refused(text % {"count": count, "limit": exports.LIMIT})
    units = Organisation.objects.visible_to(request.user, Permission.PEOPLE_MANAGE)
    managed = set(units.values_list("pk", flat=True))
    rows = exports.people_rows(found.order_by("username"), managed=managed, full=full)
    content = writer.write(exports.people_columns(), rows, sheet=_("人员"))
    now = clock.now()
    # The words searched for may be a name: what is recorded says only that there were some.
    audit.record(
        "person.export",
        None,
        by=request.user,
        now=now,
        reason=purpose,
        count=count,
        full=full,
        role=chosen["role"],
        unit=chosen["unit"],
        by_name=bool(chosen["q"]),
    )
    response = HttpResponse(content, content_type=writer.XLSX)
    response["Content-Disposition"] = f'attachment; filename="people-{now:%Y%m%d-%H%M}.xlsx"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@policy.needs(Permission.PEOPLE_MANAGE)
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a person by mail."""
    units = Organisation.objects.visible_to(request.user, Permission.PEOPLE_MANAGE)
    initial = {"organisation": units.filter(code=request.GET.get("unit", "")).first()}
    form = manage_forms.InviteForm(request.POST or None, user=request.user, initial=initial)
    status = None
    if request.method == "POST" and form.is_valid():
        try:
            user = services.invite(**form.cleaned_data, by=request.user, now=clock.now())
        except Refused as refused:
            form.add_error(None, str(refused))
            status = pages.CONFLICT
        else:
            messages.success(request, _("邀请已发出。"))
            return pages.go(request, "accounts:person", user.pk)
    context = {"form": form}
    return pages.render(request, "accounts/invite.html", None, context, status=status)


@policy.needs(Permission.PEOPLE_MANAGE)
@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: roles, delegations, ways of signing in, sessions."""
    form = manage_forms.AppointForm(user=request.user, initial={"starts_on": clock.today()})
    return pages.render(
        request, "accounts/person.html", None, _person_context(request, _find(request, pk), form)
    )


@policy.needs(Permission.PEOPLE_MANAGE)
@require_POST
def appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a role; a refusal stands in the form."""
    user = _find(request, pk)
    form = manage_forms.AppointForm(request.POST, user=request.user)
    status = None
    if form.is_valid():
        try:
            services.appoint(user=user, **form.cleaned_data, by=request.user, now=clock.now())
        except Refused as refused:
            form.add_error(None, str(refused))
            status = pages.CONFLICT
        else:
            messages.success(request, _("已任命。"))
            return pages.go(request, "accounts:person", user.pk)
    context = _person_context(request, user, form)
    return pages.render(request, "accounts/person.html", None, context, status=status)


@policy.needs(Permission.PEOPLE_MANAGE)
@require_POST
def end_membership(request: HttpRequest, pk: int) -> HttpResponse:
    """End a membership; the person's sessions end with it."""
    managed = Organisation.objects.visible_to(request.user, Permission.PEOPLE_MANAGE)
    membership = get_object_or_404(Membership, pk=pk, organisation__in=managed)
    services.end_membership(membership=membership, by=request.user, now=clock.now())
    messages.success(request, _("任职已终止。"))
    return pages.go(request, "accounts:person", membership.user_id)


def _act(service: Callable[..., Any], done: str, *, reason: bool = False) -> Any:
    """A view that calls one service on a person and goes back to the person's page."""

    def view(request: HttpRequest, pk: int) -> HttpResponse:
        user = _find(request, pk)
        more = {"reason": request.POST.get("reason", "").strip()[:200]} if reason else {}
        if reason and not more["reason"]:
            raise Refused(_("请填写事由。"))
        service(user=user, by=request.user, now=clock.now(), **more)
        messages.success(request, done)
        return pages.go(request, "accounts:person", user.pk)

    return policy.needs(Permission.PEOPLE_MANAGE)(require_POST(view))


def _send_invitation(*, user: User, by: User, now: Any) -> None:
    unit = user.home
    if unit is None:
        raise Refused(_("此人没有任职，请先任命。"))
    services.send_invitation(user=user, organisation=unit, by=by, now=now)


def _send_reset(*, user: User, by: User, now: Any) -> None:
    if services.send_reset(user=user, by=by, now=now) is None:
        raise Refused(_("此人尚未设置口令、没有邮箱或已停用，不能重设。"))


invite_again = _act(_send_invitation, _("邀请已重新发出，原链接作废。"))
send_reset = _act(_send_reset, _("重设口令的链接已发出。"))
unlock = _act(services.unlock, _("已解除锁定。"), reason=True)
kill_sessions = _act(services.kill_sessions, _("此人的全部登录已终止。"))
suspend = _act(services.suspend, _("账号已停用。"), reason=True)
reinstate = _act(services.reinstate, _("账号已恢复。"), reason=True)
drop_factor = _act(services.drop_second_factor, _("动态口令已移除。"), reason=True)


def _find(request: HttpRequest, pk: int) -> User:
    """The person, or 404 when one does not look after them."""
    return get_object_or_404(User.objects.visible_to(request.user), pk=pk)


def _person_context(request: HttpRequest, user: User, form: Any) -> dict[str, Any]:
    now = clock.now()
    own = user.pk == request.user.pk
    managed = Organisation.objects.visible_to(request.user, Permission.PEOPLE_MANAGE)
    memberships = Membership.objects.filter(user=user, organisation__in=managed)
    delegations = Delegation.objects.filter(user=user, content_object__in=managed)
    return {
        "subject": user,
        "form": form,
        "email": masking.mask("email", user.email),
        "memberships": memberships.select_related("organisation"),
        "today": clock.today(),
        "delegations": delegations.select_related("content_object", "given_by"),
        "locked": queries.is_locked(user, now=now),
        "has_factor": Authenticator.objects.filter(user=user, type="totp").exists(),
        "has_password": user.has_usable_password(),
        "sessions": sessions_of(user),
        "own_reason": _("自己的账号请由另一名安全管理员办理。") if own else "",
    }
