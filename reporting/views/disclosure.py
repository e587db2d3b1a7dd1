"""Disclosure items of the units in sight, and the form by which an enterprise tells of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import clock, pages, policy
from reporting.models import Disclosure, DisclosureItem
from reporting.queries import disclosure as queries
from reporting.queries import indicators
from reporting.services import disclosure as services
from reporting.views.indicators import VIEW, section

ANSWER = Permission.INDICATOR_ANSWER
DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DisclosureForm(forms.Form):
    """What was disclosed, when and where."""

    item = forms.ModelChoiceField(label=gettext_lazy("公开事项"), queryset=None)
    published_on = forms.DateField(
        label=gettext_lazy("公开日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    place = forms.CharField(label=gettext_lazy("公开渠道"), max_length=120)
    url = forms.URLField(
        label=gettext_lazy("网址"), max_length=300, required=False, assume_scheme="https"
    )
    summary = forms.CharField(label=gettext_lazy("内容摘要"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["item"].queryset = DisclosureItem.objects.in_force(on=clock.today())


def _home(request: HttpRequest) -> Organisation | None:
    """The provincial company for which the person tells of disclosure."""
    kind = Organisation.Kind.PROVINCIAL_COMPANY
    places = workplaces(request.user, ANSWER)
    return next((one for one in places if one.kind == kind), None)


@policy.needs(VIEW)
@require_safe
def disclosures(request: HttpRequest) -> HttpResponse:
    """Every item of the enterprises in sight, out of date first seen by its lamp."""
    return _list(request, None)


def _list(request: HttpRequest, form: DisclosureForm | None) -> HttpResponse:
    mine = _home(request)
    if form is None and mine is not None:
        form = DisclosureForm(initial={"published_on": clock.today(), "place": _("门户网站")})
    kind = Organisation.Kind.PROVINCIAL_COMPANY
    units = [one for one in indicators.units(request.user) if one.kind == kind]
    context = {
        "sections": section("disclosures"),
        "lines": queries.lines(units, on=clock.today()),
        "form": form,
        "mine": mine,
        "may_withdraw": mine is not None or request.user.can(Permission.INDICATOR_MANAGE),
    }
    status = pages.status_of(form) if form is not None and form.is_bound else 200
    template = "reporting/indicators/disclosures.html"
    return pages.render(request, template, context=context, status=status)


@policy.needs(ANSWER)
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Tell of a disclosure."""
    form, mine = DisclosureForm(request.POST), _home(request)
    if mine is None:
        form.is_valid()
        form.add_error(None, _("由省级电网企业登记。"))
        return _list(request, form)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.enter, organisation=mine, **given):
            messages.success(request, _("信息公开已登记。"))
            return pages.go(request, "reporting:disclosures")
    return _list(request, form)


@policy.needs(VIEW)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry off the public pages."""
    found = get_object_or_404(Disclosure.objects.visible_to(request.user), pk=pk)
    reason = request.POST.get("reason", "")
    services.withdraw(disclosure=found, reason=reason, by=request.user, now=clock.now())
    messages.success(request, _("已撤下，公开页面不再显示。"))
    return pages.go(request, "reporting:disclosures")
