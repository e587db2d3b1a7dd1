"""Pages of keeping and disposing of personal data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from complaints import disposal_record
from complaints.models import Case, Disposal, RetentionHold, RetentionRule
from complaints.models.retention import DISPOSING
from complaints.scope import units_below
from complaints.services import retention as services
from core import clock, officialdoc, pages, policy

SHOWN = 50
PRINTS: dict[str, tuple[Any, str]] = {
    "docx": (
        officialdoc.to_docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "pdf": (officialdoc.to_pdf, "application/pdf"),
}


class HoldForm(forms.Form):
    """Which case is to be kept, and why."""

    number = forms.CharField(label=_("诉求编号"), max_length=40)
    reason = forms.CharField(
        label=_("暂缓理由"), max_length=200, help_text=_("如诉讼、复议、审计期间。不要写个人信息。")
    )


class DecideForm(forms.Form):
    """Yes or no, and why not."""

    decision = forms.ChoiceField(label=_("审批"), choices=[("approve", ""), ("reject", "")])
    reason = forms.CharField(label=_("不同意的理由"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("decision") == "reject" and not found.get("reason"):
            self.add_error("reason", _t("请填写不同意的理由。"))
        return found


@policy.needs(*DISPOSING)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What is due, what waits for an approval, what is held, what went."""
    return _desk(request, HoldForm())


def _desk(request: HttpRequest, form: HoldForm) -> HttpResponse:
    on, user = clock.today(), request.user
    due = [
        {
            "organisation": place,
            "rule": found.rule,
            "closed_before": found.closed_before,
            "count": found.cases.count(),
        }
        for place in services.places(user, Permission.CASE_DECIDE)
        for found in services.due(place, on=on)
    ]
    disposals = Disposal.objects.visible_to(user).select_related(
        "organisation", "rule", "proposed_by", "decided_by"
    )
    context = {
        "form": form,
        "due": [row for row in due if row["count"]],
        "rules": RetentionRule.objects.on(on),
        "waiting": disposals.filter(state=Disposal.State.PROPOSED)[:SHOWN],
        "decided": disposals.exclude(state=Disposal.State.PROPOSED)[:SHOWN],
        "holds": _holds(request)[:SHOWN],
        "may_propose": user.can(Permission.CASE_DECIDE),
        "most": services.MOST,
    }
    return pages.render(request, "complaints/retention.html", context=context)


def _holds(request: HttpRequest) -> Any:
    standing = RetentionHold.objects.filter(
        released_at__isnull=True, case__in=_own(request).order_by()
    )
    return standing.select_related("case__owner", "by")


def _own(request: HttpRequest) -> Any:
    """Cases that the person's organisations answer for first."""
    owners: set[int] = set()
    for permission in DISPOSING:
        for place in services.places(request.user, permission):
            owners.add(place.pk)
            if place.is_company:
                owners.update(units_below(place).values_list("pk", flat=True))
    return Case.objects.visible_to(request.user).filter(owner__in=owners)


@require_POST
@policy.needs(Permission.CASE_DECIDE)
def propose(request: HttpRequest) -> HttpResponse:
    """Propose what is due under one rule."""
    rule = get_object_or_404(RetentionRule, pk=_key(request, "rule"))
    places = services.places(request.user, Permission.CASE_DECIDE)
    organisation = get_object_or_404(
        Organisation, pk=_key(request, "organisation"), pk__in=[place.pk for place in places]
    )
    made = services.propose(rule=rule, organisation=organisation, by=request.user, now=clock.now())
    return pages.go(request, "complaints:disposal", made.pk)


def _key(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    if not value.isascii() or not value.isdecimal() or len(value) > 12:
        raise Http404
    return int(value)


@require_POST
@policy.needs(*DISPOSING)
def hold(request: HttpRequest) -> HttpResponse:
    """Keep one case beyond its time."""
    form = HoldForm(request.POST)
    if form.is_valid():
        found = _own(request).filter(number=form.cleaned_data["number"].strip()).first()
        if found is None:
            form.add_error("number", _t("本单位没有该编号的诉求。"))
        elif pages.attempt(
            form,
            services.hold,
            case=found,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=clock.now(),
        ):
            return pages.go(request, "complaints:retention")
    return _desk(request, form)


@require_POST
@policy.needs(*DISPOSING)
def release(request: HttpRequest, hold_pk: int) -> HttpResponse:
    """Let the rule apply again."""
    standing = get_object_or_404(
        RetentionHold.objects.filter(case__in=_own(request).order_by()), pk=hold_pk
    )
    services.release(standing, by=request.user, now=clock.now())
    return pages.go(request, "complaints:retention")


def _disposal(request: HttpRequest, pk: int) -> Disposal:
    seen = Disposal.objects.visible_to(request.user).select_related(
        "organisation", "rule", "proposed_by", "decided_by"
    )
    return get_object_or_404(seen, pk=pk)


@policy.needs(*DISPOSING)
@require_safe
def disposal(request: HttpRequest, disposal_pk: int) -> HttpResponse:
    """One disposal: which cases, who proposed, what went."""
    return _page(request, _disposal(request, disposal_pk), DecideForm())


def _page(request: HttpRequest, found: Disposal, form: DecideForm) -> HttpResponse:
    items = found.items.select_related("case")
    context = {
        "disposal": found,
        "form": form,
        "refusal": services.decide_refusal(found, request.user),
        "items": items[:SHOWN],
        "count": items.count(),
        "gone": disposal_record.counts(found),
        "held": found.gone.get("held", 0),
    }
    return pages.render(request, "complaints/disposal.html", context=context)


@require_POST
@policy.needs(Permission.CASE_APPROVE)
def decide(request: HttpRequest, disposal_pk: int) -> HttpResponse:
    """Approve or reject, by somebody else than who proposed."""
    found = _disposal(request, disposal_pk)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    now = clock.now()
    if form.cleaned_data["decision"] == "approve":
        services.approve(found, by=request.user, now=now)
    else:
        services.reject(found, reason=form.cleaned_data["reason"], by=request.user, now=now)
    return pages.go(request, "complaints:disposal", found.pk)


@policy.needs(*DISPOSING)
@require_safe
def record(request: HttpRequest, disposal_pk: int, kind: str) -> HttpResponse:
    """The record of a disposal that was carried out, to be filed."""
    found = _disposal(request, disposal_pk)
    if kind not in PRINTS or found.state != Disposal.State.DONE:
        raise Http404
    make, content_type = PRINTS[kind]
    response = HttpResponse(make(disposal_record.document_of(found)), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="disposal-{found.pk}.{kind}"'
    return response
