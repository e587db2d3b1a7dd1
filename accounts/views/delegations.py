"""Pages of delegation: who acts for whom, giving and taking back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import manage_forms, services
from accounts.models import Delegation
from accounts.permissions import Permission
from core import clock, pages, paging, policy
from core.errors import Refused


@policy.signed_in
@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """Delegations in sight, and a form to hand over one of one's own roles."""
    form = manage_forms.DelegateForm(
        request.POST or None, user=request.user, initial={"starts_on": clock.today()}
    )
    status = None
    if request.method == "POST" and form.is_valid():
        organisation, role = form.chosen
        data = {k: form.cleaned_data[k] for k in ("deputy", "starts_on", "ends_on", "reason")}
        try:
            services.delegate(
                organisation=organisation, role=role, **data, by=request.user, now=clock.now()
            )
        except Refused as refused:
            form.add_error(None, str(refused))
            status = pages.CONFLICT
        else:
            messages.success(request, _("委托已登记，到期自动失效。"))
            return pages.go(request, "accounts:delegations")
    found = Delegation.objects.visible_to(request.user)
    found = found.select_related("user", "content_object", "given_by")
    page = paging.keyset(found, request.GET, order=("-starts_on", "-pk"), size=50)
    today = clock.today()
    manages = request.user.can(Permission.PEOPLE_MANAGE)
    rows = [(d, d.state(on=today), manages or d.given_by_id == request.user.pk) for d in page]
    context = {"form": form, "page": page, "rows": rows, "may_give": bool(form.stands)}
    return pages.render(request, "accounts/delegations.html", None, context, status=status)


@policy.signed_in
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a delegation back: the person who gave it, or the security administrator."""
    found = get_object_or_404(Delegation.objects.visible_to(request.user), pk=pk)
    services.revoke(delegation=found, by=request.user, now=clock.now())
    messages.success(request, _("委托已撤回。"))
    return pages.go(request, "accounts:delegations")
