"""Yearly targets: the table in force, the papers, and each paper from draft to publication."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation, Region
from accounts.permissions import Permission
from core import clock, pages, policy
from core.paging import keyset
from reporting.bulletins import showing
from reporting.models import Target, TargetPaper
from reporting.queries.reports import office_of
from reporting.services import targets as services
from reporting.services.circulars import draft_refusal
from reporting.targets import TWO_RATES
from reporting.views.circulars import LAMPS as CIRCULAR_LAMPS
from reporting.views.common import seen as seen_version
from reporting.views.indicators import section
from reporting.workflow import target as workflow

READ = (Permission.INDICATOR_VIEW, Permission.REPORT_VIEW)
EDIT, APPROVE = Permission.REPORT_EDIT, Permission.REPORT_APPROVE
LAMPS = {str(state): lamp for state, lamp in CIRCULAR_LAMPS.items()}
RELATED = (
    "organisation",
    "issued_by",
    "current_version__edited_by",
    "current_version__approved_by",
    "current_version__docx",
    "current_version__pdf",
)

MOST_YEAR = 2100


class TargetForm(forms.Form):
    """A paper: its words, and a value for each province and rate (empty: none)."""

    year = forms.IntegerField(label=gettext_lazy("年度"), min_value=2006, max_value=MOST_YEAR)
    title = forms.CharField(label=gettext_lazy("标题"), max_length=120)
    intro = forms.CharField(
        label=gettext_lazy("缘由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    demands = forms.CharField(
        label=gettext_lazy("要求"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    occasion = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, regions: list[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = services.names()
        self.cells = [
            (f"{region.pk}-{code}", region, code) for region in regions for code in TWO_RATES
        ]
        for key, region, code in self.cells:
            words = {"area": region.short_name, "indicator": names.get(code, code)}
            self.fields[key] = forms.DecimalField(
                label=_("%(area)s：%(indicator)s（%%）") % words,
                required=False,
                min_value=0,
                max_value=100,
                max_digits=6,
                decimal_places=3,
                initial=TWO_RATES[code],
            )

    @property
    def values(self) -> dict[tuple[str, str], Decimal]:
        """The targets that were filled in."""
        return {
            (region.pk, code): self.cleaned_data[key]
            for key, region, code in self.cells
            if self.cleaned_data.get(key) is not None
        }

    @property
    def number_fields(self) -> list[Any]:
        return [self[key] for key, _region, _code in self.cells]


def _regions(request: HttpRequest) -> list[Region]:
    office = office_of(request.user)
    # Copies of Yunnan and Guizhou are read, but nothing is decided for them.
    reached = Organisation.objects.filter(request.user.sight(EDIT))
    return services.regions_of(reached) if office else []


def _initial(request: HttpRequest) -> dict[str, Any]:
    year = clock.today().year + 1
    return {
        "year": year,
        "title": _("关于下达%(year)d年农村供电可靠率和居民用户受电端电压合格率目标的通知")
        % {"year": year},
        "intro": _("为保障农村居民用电，根据《供电监管办法》，现下达%(year)d年农电两率目标。")
        % {"year": year},
        "demands": _("请各供电企业分解落实，按期报送完成情况。"),
        "occasion": uuid4().hex,
    }


@policy.needs(*READ)
@require_safe
def target_list(request: HttpRequest) -> HttpResponse:
    """What holds this year and next, and the papers that say so."""
    return _list(request, None)


def _list(request: HttpRequest, form: TargetForm | None) -> HttpResponse:
    office = office_of(request.user)
    may = office is not None and not draft_refusal(office, by=request.user)
    if form is None and may:
        form = TargetForm(initial=_initial(request), regions=_regions(request))
    standing = Target.objects.visible_to(request.user).standing()
    seen = TargetPaper.objects.visible_to(request.user).select_related("organisation")
    names = services.names()
    context = {
        "sections": section("targets"),
        "targets": [
            (one, names.get(one.indicator_code, one.indicator_code))
            for one in standing.select_related("region", "paper").order_by(
                "-year", "region", "indicator_code"
            )
        ],
        "page": keyset(seen, request.GET, order=("-created_at", "-pk")),
        "lamps": LAMPS,
        "office": office if may else None,
        "form": form if may else None,
    }
    status = pages.status_of(form) if form is not None and form.is_bound else 200
    return pages.render(
        request, "reporting/indicators/targets.html", context=context, status=status
    )


@policy.needs(EDIT)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Begin a paper; pressed twice, it is the same one."""
    office = office_of(request.user)
    if office is None:
        raise Http404
    form = TargetForm(request.POST, regions=_regions(request))
    if form.is_valid():
        given = {
            name: form.cleaned_data[name]
            for name in ("year", "title", "intro", "demands", "occasion")
        }
        made = pages.attempt(
            form,
            services.draft,
            organisation=office,
            values=form.values,
            by=request.user,
            now=clock.now(),
            **given,
        )
        if made is not None:
            return pages.go(request, "reporting:target", made.pk)
    return _list(request, form)


def find(request: HttpRequest, pk: int) -> TargetPaper:
    """The paper, if it is in the person's sight; otherwise there is none (404)."""
    seen = TargetPaper.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(*READ)
@require_safe
def target(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper as it will be printed, and the acts."""
    return _shown(request, find(request, pk), None)


def _shown(request: HttpRequest, found: TargetPaper, form: TargetForm | None) -> HttpResponse:
    acts = {
        name: workflow.refusal(move, found, by=request.user)
        for name, move in workflow.MOVES.items()
    }
    content = services.content_of(found)
    if form is None and not acts["edit"]:
        given = {f"{one.region}-{one.indicator}": one.value for one in content.rows}
        words = {"intro": content.intro, "demands": content.demands}
        fixed = {"year": found.year, "title": found.title, "occasion": "edit"}
        form = TargetForm(initial={**fixed, **words, **given}, regions=_regions(request))
    context = {
        "sections": section("targets"),
        "paper": found,
        "version": found.current_version,
        "shown": showing.sheet_of(content.document(services.heads_of(found), services.names())),
        "lamp": LAMPS[found.state],
        "acts": acts,
        "form": form if not acts["edit"] else None,
    }
    status = pages.status_of(form) if form is not None and form.is_bound else 200
    return pages.render(request, "reporting/indicators/target.html", context=context, status=status)


@policy.needs(EDIT)
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep other words or values as the next version."""
    found = find(request, pk)
    form = TargetForm(request.POST, regions=_regions(request))
    if not form.is_valid():
        return _shown(request, found, form)
    seen = request.POST.get("seen", "")
    services.edit(
        found,
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0,
        intro=form.cleaned_data["intro"],
        demands=form.cleaned_data["demands"],
        values=form.values,
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("已保存为新版本。"))
    return pages.go(request, "reporting:target", found.pk)


def _done(
    request: HttpRequest, pk: int, service: Callable[..., Any], told: str, **more: Any
) -> HttpResponse:
    """Make a move and return to the paper; a refused one answers 409 with its reason."""
    found = find(request, pk)
    service(found, by=request.user, now=clock.now(), **more)
    messages.success(request, told)
    return pages.go(request, "reporting:target", found.pk)


@policy.needs(EDIT)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    def service(found: TargetPaper, **given: Any) -> TargetPaper:
        return services.desk.move(found, workflow.SUBMIT, **given)

    return _done(request, pk, service, _("已提交审批。"))


@policy.needs(APPROVE)
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _done(request, pk, services.send_back, _("已退回修改。"), reason=reason)


@policy.needs(APPROVE)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    told = _("已审批通过。")
    return _done(request, pk, services.approve, told, seen=seen_version(request))


@policy.needs(APPROVE)
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, services.issue, _("已编号印发，目标值生效。"))


@policy.needs(APPROVE)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, services.publish, _("已向社会公开。"))
