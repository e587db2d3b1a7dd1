"""Pages on which a unit fits a kind of business to its own work, and a second person decides.

Source: grid standard 1, 7.2 (S2-7.2b).
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import clock, pages, policy
from core.components import Change
from core.paging import keyset
from grids import business_presenting as presenting
from grids.adapting_forms import AdaptForm
from grids.business import adapting
from grids.models import BusinessType, TypeProposal
from grids.services import adapting as services

VIEW, MANAGE, SIGN = Permission.BUSINESS_VIEW, Permission.GRID_MANAGE, Permission.BUSINESS_SIGN


@policy.needs(VIEW)
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """What units proposed to do otherwise, the latest first."""
    found = TypeProposal.objects.visible_to(request.user)
    related = ("base", "company", "proposed_by", "decided_by", "made")
    page = keyset(
        found.select_related(*related), request.GET, order=("-proposed_at", "-pk"), size=50
    )
    context = {
        "sections": presenting.sections(request.user, "proposals"),
        "page": page,
        "total": found.count(),
        "lamps": LAMPS,
    }
    return pages.render(request, "grids/business/proposals.html", context=context)


LAMPS = {"waiting": "near", "approved": "done", "refused": "late", "withdrawn": "pause"}


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def adapt(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a workflow for a unit, out of the one that it works by now."""
    seen = BusinessType.objects.visible_to(request.user).select_related("company")
    kind = get_object_or_404(seen, pk=pk)
    places = [place.pk for place in workplaces(request.user, MANAGE) if place.is_company]
    units = Organisation.objects.filter(pk__in=places).order_by("path")
    bounds, unit = adapting.bounds_on(clock.today()), units.first()
    if unit is not None:
        # What is adapted is what the unit works by, not what was clicked on.
        kind = services.above(kind.code, unit, on=clock.today())
    given = {"base": kind, "units": units, "unit": unit, "bounds": bounds}
    form = AdaptForm(request.POST or None, **given)
    if form.is_bound and form.is_valid():
        made = pages.attempt(
            form,
            services.propose_type,
            base=kind,
            company=form.cleaned_data["company"],
            wishes=form.wishes,
            valid_from=form.cleaned_data["valid_from"],
            basis=form.cleaned_data["basis"],
            by=request.user,
            now=clock.now(),
        )
        if made is not None:
            messages.success(request, _("调整已提出，待另一人审批。"))
            return pages.go(request, "grids:business_proposal", made.pk)
    context = {"form": form, "kind": kind, "bounds": bounds}
    return pages.render(request, "grids/business/adapt.html", context=context)


@policy.needs(VIEW)
@require_safe
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal beside the workflow above it."""
    return _shown(request, _find(request, pk))


def _shown(request: HttpRequest, found: TypeProposal) -> HttpResponse:
    waiting = found.state == TypeProposal.State.WAITING
    context = {
        "proposal": found,
        "lamp": LAMPS[found.state],
        "changes": _changes(found),
        "waiting": waiting,
        "why_not": services.decide_refusal(found, by=request.user) if waiting else "",
        "may_withdraw": waiting and not services.propose_refusal(found.company, by=request.user),
    }
    return pages.render(request, "grids/business/proposal.html", context=context)


def _changes(found: TypeProposal) -> list[Change]:
    """Step by step: the standard's words and days beside the unit's."""
    theirs = {one["code"]: _words(one) for one in found.base.content["steps"]}
    rows = []
    for step in found.content["steps"]:
        before, after = theirs.get(step["code"], ""), _words(step)
        kind = "added" if not before else "same" if before == after else "changed"
        rows.append(Change(kind, step["title"], before, after))
    return rows


def _words(step: dict[str, Any]) -> str:
    if step.get("limit") is None:
        return str(step["title"])
    return _("%(title)s，%(days)d个工作日") % {"title": step["title"], "days": step["limit"]}


@policy.needs(SIGN)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person lets it come into force, or not."""
    found = _find(request, pk)
    grant = request.POST.get("grant") == "1"
    opinion = request.POST.get("opinion", "")[:300]
    services.decide_type(
        proposal=found, grant=grant, opinion=opinion, by=request.user, now=clock.now()
    )
    messages.success(request, _("已批准，自启用日期起按此办理。") if grant else _("已退回。"))
    return pages.go(request, "grids:business_proposal", found.pk)


@policy.needs(MANAGE)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposal back."""
    found = _find(request, pk)
    services.withdraw_type(proposal=found, by=request.user, now=clock.now())
    messages.success(request, _("已撤回。"))
    return pages.go(request, "grids:business_proposal", found.pk)


def _find(request: HttpRequest, pk: int) -> TypeProposal:
    seen = TypeProposal.objects.visible_to(request.user)
    related = ("base", "company", "proposed_by", "decided_by", "made")
    return get_object_or_404(seen.select_related(*related), pk=pk)
