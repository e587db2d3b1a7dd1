"""The office's pages of returns: board, calendar, collections, waivers, outages."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.scope import workplaces, works_for
from core import clock, officialdoc, pages, policy
from core.asked import month as month_of
from reporting import return_letters
from reporting.models import (
    PortalOutage,
    Return,
    ReturnCollection,
    ReturnForm,
    ReturnReview,
    ReturnVersion,
    ReturnWaiver,
)
from reporting.queries import return_lists
from reporting.returns import definition, examining
from reporting.services import portal_outages, return_opening, return_review
from reporting.views.returns import find

PRINTERS = {
    "docx": (
        officialdoc.to_docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "pdf": (officialdoc.to_pdf, "application/pdf"),
}


def _day_field(label: Any, *, required: bool = True) -> django_forms.DateField:
    widget = django_forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return django_forms.DateField(label=label, required=required, widget=widget)


def _moment_field(label: Any) -> django_forms.DateTimeField:
    widget = django_forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return django_forms.DateTimeField(label=label, widget=widget)


class CollectForm(django_forms.Form):
    """Which form an office collects, and from when to when."""

    code = django_forms.ChoiceField(label=gettext_lazy("报表"))
    starts_on = _day_field(gettext_lazy("开始日期"))
    ends_on = _day_field(gettext_lazy("结束日期"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = dict(ReturnForm.objects.published().values_list("code", "title"))
        choices = sorted(listed.items(), key=lambda pair: pair[1])
        self.fields["code"].choices = choices  # type: ignore[attr-defined]


class WaiverForm(django_forms.Form):
    """What a unit asks to be spared, why and until when."""

    check_name = django_forms.ChoiceField(label=gettext_lazy("豁免内容"), required=False)
    reason = django_forms.CharField(label=gettext_lazy("理由"), max_length=300)
    expires_on = _day_field(gettext_lazy("有效期至"))

    def __init__(self, *args: Any, entry: Return, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        checks = examining.waivable(definition.of(entry.form).booklet)
        whole = [("", _("整张报表免报"))]
        self.fields["check_name"].choices = whole + list(checks.items())  # type: ignore[attr-defined]


class OutageForm(django_forms.Form):
    """When the portal could not be used."""

    starts_at = _moment_field(gettext_lazy("开始时间"))
    ends_at = _moment_field(gettext_lazy("恢复时间"))
    reason = django_forms.CharField(label=gettext_lazy("原因"), max_length=200)


def collected(request: HttpRequest) -> list[tuple[str, str]]:
    """The forms of which returns are in sight, by title."""
    seen = Return.objects.visible_to(request.user).order_by()
    pairs = seen.values_list("code", "form__title").distinct()
    return sorted(dict(pairs).items(), key=lambda pair: pair[1])


def chosen(request: HttpRequest, listed: list[tuple[str, str]]) -> str:
    """The form that was asked for, else the first."""
    code = request.GET.get("code", "")
    known = dict(listed)
    return code if code in known else (listed[0][0] if listed else "")


@policy.needs(Permission.FILING_VIEW)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Submitted, late, missing: units by periods of one form (S1-2.2.1a)."""
    listed, now = collected(request), clock.now()
    code = chosen(request, listed)
    seen = Return.objects.visible_to(request.user).filter(code=code)
    starts = list(
        seen.order_by("-period_start")
        .values_list("period_start", flat=True)
        .distinct()[: return_lists.BOARD_PERIODS]
    )
    shown = seen.filter(period_start__in=starts).select_related(*return_lists.SHOWN)
    first = shown.first()
    context = {
        "forms": listed,
        "code": code,
        "counts": return_lists.counts(seen, now=now),
        "board": return_lists.board(first.form, shown, now=now) if first else None,
    }
    return pages.render(request, "reporting/returns/board.html", context=context)


@policy.needs(Permission.FILING_VIEW)
@require_GET
def filing_calendar(request: HttpRequest) -> HttpResponse:
    """What is due on which day of a month."""
    now = clock.now()
    month = month_of(request.GET.get("month", "")) or clock.today().replace(day=1)
    returns = Return.objects.visible_to(request.user)
    index = month.year * 12 + month.month - 1
    context = {
        "month": month,
        "days": return_lists.calendar_days(returns, month=month, now=now),
        "before": f"{(index - 1) // 12:04d}-{(index - 1) % 12 + 1:02d}",
        "after": f"{(index + 1) // 12:04d}-{(index + 1) % 12 + 1:02d}",
        "today": clock.today(),
    }
    return pages.render(request, "reporting/returns/calendar.html", context=context)


def _offices(request: HttpRequest) -> list[Organisation]:
    places = workplaces(request.user, Permission.FILING_REVIEW)
    return [place for place in places if place.is_regulator]


@policy.needs(Permission.FILING_VIEW)
def collections(request: HttpRequest) -> HttpResponse:
    """Which forms an office collects, and since when; the officer starts another."""
    offices = _offices(request)
    collect_form = CollectForm(request.POST or None, initial={"starts_on": clock.today()})
    if request.method == "POST":
        if not offices:
            raise Http404
        if collect_form.is_valid():
            done = pages.attempt(
                collect_form,
                return_opening.collect,
                office=offices[0],
                by=request.user,
                now=clock.now(),
                **collect_form.cleaned_data,
            )
            if done is not None:
                messages.success(request, _("已设立，各单位的应报表已开启。"))
                return pages.go(request, "reporting:return_collections")
    titles = dict(ReturnForm.objects.published().values_list("code", "title"))
    listed = ReturnCollection.objects.visible_to(request.user).select_related("office")
    context = {
        "rows": [
            {
                "collection": one,
                "title": titles.get(one.code, one.code),
                "open": one.ends_on is None or one.ends_on >= clock.today(),
                "mine": any(office.pk == one.office_id for office in offices),
            }
            for one in listed
        ],
        "form": collect_form,
        "may": bool(offices),
        "today": clock.today(),
    }
    return pages.render(request, "reporting/returns/collections.html", context=context)


@policy.needs(Permission.FILING_REVIEW)
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """End a collection today."""
    seen = ReturnCollection.objects.visible_to(request.user)
    collection = get_object_or_404(seen.select_related("office"), pk=pk)
    return_opening.stop(
        collection=collection, ends_on=clock.today(), by=request.user, now=clock.now()
    )
    return pages.go(request, "reporting:return_collections")


@policy.needs(Permission.FILING_VIEW)
@require_GET
def waivers(request: HttpRequest) -> HttpResponse:
    """What units were spared, by whom, until when."""
    now = clock.now()
    listed = ReturnWaiver.objects.visible_to(request.user).select_related(
        "organisation", "asked_by", "decided_by", "revoked_by"
    )[:200]
    newest = ReturnForm.objects.published().filter(code__in={one.code for one in listed})
    forms = {form.code: form for form in newest.order_by("valid_from", "version")}
    rules = {code: examining.waivable(definition.of(form).booklet) for code, form in forms.items()}
    context = {
        "rows": [
            {
                "waiver": one,
                "title": forms[one.code].title if one.code in forms else one.code,
                # A check that later versions have no more keeps its name.
                "rule": rules.get(one.code, {}).get(one.check_name, one.check_name),
                "expired": one.expires_on < clock.today(),
                "may": one.state == ReturnWaiver.State.ASKED
                and return_review.may_decide(one, by=request.user, now=now),
                "may_revoke": one.state == ReturnWaiver.State.APPROVED
                and one.expires_on >= clock.today()
                and return_review.may_decide(one, by=request.user, now=now),
            }
            for one in listed
        ],
    }
    return pages.render(request, "reporting/returns/waivers.html", context=context)


@policy.needs(Permission.FILING_DRAFT)
def ask_waiver(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask that a check or the return be waived."""
    entry = find(request, pk)
    if not works_for(request.user, Permission.FILING_DRAFT, entry.organisation):
        raise Http404
    waiver_form = WaiverForm(request.POST or None, entry=entry)
    if request.method == "POST" and waiver_form.is_valid():
        done = pages.attempt(
            waiver_form,
            return_review.ask_waiver,
            code=entry.code,
            organisation=entry.organisation,
            entry=entry,
            by=request.user,
            now=clock.now(),
            **waiver_form.cleaned_data,
        )
        if done is not None:
            messages.success(request, _("已提交申请，待监管机构领导批复。"))
            return pages.go(request, "reporting:return_waivers")
    context = {"entry": entry, "form": waiver_form}
    return pages.render(request, "reporting/returns/waiver_ask.html", context=context)


@policy.needs(Permission.DUTY_APPROVE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse a waiver."""
    waiver = get_object_or_404(ReturnWaiver.objects.visible_to(request.user), pk=pk)
    return_review.decide_waiver(
        waiver=waiver,
        approve=request.POST.get("act") == "approve",
        decision=request.POST.get("decision", ""),
        by=request.user,
        now=clock.now(),
    )
    return pages.go(request, "reporting:return_waivers")


@policy.needs(Permission.DUTY_APPROVE)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a waiver back."""
    waiver = get_object_or_404(ReturnWaiver.objects.visible_to(request.user), pk=pk)
    reason = request.POST.get("reason", "")
    return_review.revoke_waiver(waiver=waiver, reason=reason, by=request.user, now=clock.now())
    return pages.go(request, "reporting:return_waivers")


@policy.needs(Permission.RETURN_FORM_MANAGE)
def outages(request: HttpRequest) -> HttpResponse:
    """When the portal could not be used; deadlines in that time move."""
    outage_form = OutageForm(request.POST or None)
    if request.method == "POST" and outage_form.is_valid():
        noted = pages.attempt(
            outage_form,
            portal_outages.note,
            by=request.user,
            now=clock.now(),
            **outage_form.cleaned_data,
        )
        if noted is not None:
            messages.success(request, _("已登记，待另一人确认后顺延。"))
            return pages.go(request, "reporting:return_outages")
    seen = PortalOutage.objects.visible_to(request.user)
    context = {
        "rows": seen.select_related("noted_by", "confirmed_by", "undone_by")[:100],
        "form": outage_form,
    }
    return pages.render(request, "reporting/returns/outages.html", context=context)


@policy.needs(Permission.RETURN_FORM_MANAGE)
@require_POST
def confirm_outage(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person confirms an outage; deadlines in it move."""
    outage = get_object_or_404(PortalOutage.objects.visible_to(request.user), pk=pk)
    moved = portal_outages.confirm(outage=outage, by=request.user, now=clock.now())
    messages.success(request, _("已确认，顺延%(count)d张报表。") % {"count": moved})
    return pages.go(request, "reporting:return_outages")


@policy.needs(Permission.RETURN_FORM_MANAGE)
@require_POST
def undo_outage(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an outage back; deadlines that it moved stand where they stood."""
    outage = get_object_or_404(PortalOutage.objects.visible_to(request.user), pk=pk)
    reason = request.POST.get("reason", "")
    moved = portal_outages.undo(outage=outage, reason=reason, by=request.user, now=clock.now())
    messages.success(request, _("已撤销，恢复%(count)d张报表的截止时间。") % {"count": moved})
    return pages.go(request, "reporting:return_outages")


@policy.needs(Permission.FILING_VIEW)
@require_GET
def deficiency_letter(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The latest deficiency letter of a return, as .docx or PDF."""
    entry = find(request, pk)
    seen = ReturnVersion.objects.visible_to(request.user).filter(entry=entry)
    reviews = ReturnReview.objects.filter(version__in=seen, decision=ReturnReview.Decision.RETURNED)
    review = reviews.select_related("version").order_by("-at", "-pk").first()
    if review is None:
        raise Http404
    document = return_letters.deficiency(entry, review)
    print_, content_type = PRINTERS[kind]
    response = HttpResponse(print_(document), content_type=content_type)
    name = quote(f"{document.title}.{kind}")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
