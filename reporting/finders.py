"""What global search finds in reporting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from core.search import Result
from reporting.models import (
    Activation,
    EmergencyPlan,
    Filing,
    OrderedUsePlan,
    OutageNotice,
    Receipt,
    StageReport,
)

if TYPE_CHECKING:
    from accounts.models import User

# Digits of a year.
YEAR = 4


def filings(user: User, query: str) -> Iterator[Result]:
    """Filings in sight by organisation or title."""
    seen = Filing.objects.visible_to(user).select_related("organisation", "duty__definition")
    named = (
        Q(organisation__name__icontains=query)
        | Q(organisation__short_name__icontains=query)
        | Q(duty__definition__title__icontains=query)
    )
    for filing in seen.filter(named).order_by("-created_at", "-pk")[:20]:
        yield Result(str(filing), reverse("reporting:filing", args=[filing.pk]))


def receipts(user: User, query: str) -> Iterator[Result]:
    """Receipts in sight by number."""
    seen = Receipt.objects.visible_to(user).select_related(
        "version__filing__organisation", "version__filing__duty__definition"
    )
    for receipt in seen.filter(number__icontains=query).order_by("-issued_at")[:20]:
        url = reverse("reporting:receipt", args=[receipt.version_id])
        yield Result(receipt.number, url, str(receipt.version.filing))


def plans(user: User, query: str) -> Iterator[Result]:
    """Ordered-use plans in sight by area, unit, year, approval or receipt number."""
    seen = OrderedUsePlan.objects.visible_to(user).select_related("organisation", "region")
    named = (
        Q(region__name__icontains=query)
        | Q(organisation__name__icontains=query)
        | Q(approval_number__icontains=query)
        | Q(receipt__number__icontains=query)
    )
    if query.isdecimal() and len(query) == YEAR:
        named |= Q(year=int(query))
    for plan in seen.filter(named).order_by("-year", "-pk")[:20]:
        detail = f"{plan.organisation} · v{plan.number} · {plan.get_state_display()}"
        yield Result(str(plan), reverse("reporting:plan", args=[plan.pk]), detail)


def supply(user: User, query: str) -> Iterator[Result]:
    """Warnings and activations in sight by unit, decision or its number."""
    seen = Activation.objects.visible_to(user).select_related("organisation")
    named = (
        Q(organisation__name__icontains=query)
        | Q(approval_number__icontains=query)
        | Q(approval_body__icontains=query)
    )
    for one in seen.filter(named).order_by("-announced_at", "-pk")[:20]:
        url = reverse("reporting:activation", args=[one.pk])
        yield Result(str(one), url, str(one.get_state_display()))


def emergency_plans(user: User, query: str) -> Iterator[Result]:
    """Emergency plans in sight by title, unit or receipt number."""
    seen = EmergencyPlan.objects.visible_to(user).select_related("organisation")
    named = (
        Q(title__icontains=query)
        | Q(organisation__name__icontains=query)
        | Q(filed_version__receipt_number__icontains=query)
    )
    for plan in seen.filter(named).order_by("organisation", "title", "pk")[:20]:
        url = reverse("reporting:emergency_plan", args=[plan.pk])
        yield Result(plan.title, url, str(plan.organisation))


def stage_reports(user: User, query: str) -> Iterator[Result]:
    """Stage reports in sight by title or document number."""
    seen = StageReport.objects.visible_to(user).select_related("organisation")
    named = Q(title__icontains=query) | Q(document_number__icontains=query)
    for report in seen.filter(named).order_by("-created_at", "-pk")[:20]:
        url = reverse("reporting:report", args=[report.pk])
        yield Result(report.title, url, report.document_number or report.get_state_display())


def outages(user: User, query: str) -> Iterator[Result]:
    """Outage notices in sight by number, place, line or transformer area."""
    seen = OutageNotice.objects.visible_to(user).select_related("organisation")
    named = Q(number__icontains=query) | Q(words__icontains=query)
    for notice in seen.filter(named).order_by("-planned_start", "-pk")[:20]:
        url = reverse("reporting:outage", args=[notice.pk])
        yield Result(notice.number, url, f"{notice.organisation} · {notice.area}")
