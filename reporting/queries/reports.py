"""What people see of reports in lists: phases they may report on, offices they may send to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from accounts.models import Organisation, Region
from accounts.permissions import Permission
from campaign.models import Campaign, Duty, Phase
from campaign.queries import provinces_of
from campaign.scope import with_absorbed, workplaces
from campaign.workflow import PhaseState
from reporting.models import ReportTemplate, StageReport
from reporting.workflow.report import State

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Kind:
    """A kind of report that may be built on a phase."""

    phase: Phase
    template: ReportTemplate

    @property
    def value(self) -> str:
        """How the form names it."""
        return f"{self.phase.pk}:{self.template.code}"


LAMPS = {
    State.BUILDING: "pause",
    State.FAILED: "late",
    State.DRAFT: "ok",
    State.REVIEW: "near",
    State.APPROVED: "ok",
    State.ISSUED: "done",
}


def office_of(user: User) -> Organisation | None:
    """The office for which the person makes reports: the first where they may."""
    offices = [p for p in workplaces(user, Permission.REPORT_EDIT) if p.is_regulator]
    return offices[0] if offices else None


def phases_to_report(user: User) -> QuerySet[Phase]:
    """Phases of campaigns in sight that have begun and for which there is a report template."""
    numbers = ReportTemplate.objects.filter(draft=False).values("phase_number")
    return (
        Phase.objects.filter(campaign__in=Campaign.objects.visible_to(user).running())
        .filter(number__in=numbers)
        .exclude(state=PhaseState.PLANNED)
        .select_related("campaign")
    )


def kinds_to_report(user: User, office: Organisation, *, on: date) -> list[Kind]:
    """Every kind of report that the office may have built, phase by phase."""
    templates: dict[int, dict[str, ReportTemplate]] = {}
    for template in ReportTemplate.objects.in_force(on=on, organisation=office):
        templates.setdefault(template.phase_number, {}).setdefault(template.code, template)
    phases = phases_to_report(user).select_related("campaign__template")
    return [
        Kind(phase, template)
        for phase in phases.order_by("campaign", "-number")
        for template in in_order(templates.get(phase.number, {}).values())
        if _is_asked(template, phase)
    ]


def _is_asked(template: ReportTemplate, phase: Phase) -> bool:
    """Whether the campaign's own template asks for this kind; one that names none takes all."""
    asked = phase.campaign.template.content.get("reports")
    return not asked or template.code in asked


def in_order(templates: Iterable[ReportTemplate]) -> list[ReportTemplate]:
    """Kinds of a phase as they are offered: by the order that they name, then by code."""
    return sorted(templates, key=lambda one: (one.content.get("order", 50), one.code))


def offices_to_send_to(report_office: Organisation) -> QuerySet[Organisation]:
    """Regulators other than the one that reports, the national one first."""
    found = Organisation.objects.in_force().regulators().exclude(pk=report_office.pk)
    return found.exclude(email="").order_by("depth", "code")


def provinces_to_report(user: User) -> list[tuple[str, str]]:
    """(code, short name) of the provinces in which the campaigns to report on are carried out."""
    phases = phases_to_report(user).values("pk")
    return provinces_of(Duty.objects.filter(definition__phase__in=phases))


def province_names() -> dict[str, str]:
    """Short name of every province by its code of GB/T 2260."""
    return dict(Region.objects.filter(code__endswith="0000").values_list("code", "short_name"))


def provinces_of_phase(phase: Phase) -> list[tuple[str, str]]:
    """(code, short name) of the provinces in which a phase is carried out."""
    return provinces_of(Duty.objects.filter(definition__phase=phase))


def waiting_for(user: User) -> QuerySet[StageReport]:
    """Reports that this person is to approve, to issue or to publish next."""
    offices = with_absorbed(user, Permission.REPORT_APPROVE)
    mine = StageReport.objects.filter(organisation__in=offices)
    publish = Q(state=State.ISSUED, published_at__isnull=True, template__content__public=True)
    # As the workflow refuses it: who wrote some of it, or of what it corrects, does not judge it.
    wrote = Q(versions__edited_by=user) | Q(corrects__versions__edited_by=user)
    wrote |= Q(corrects__isnull=False, created_by=user)
    own = StageReport.objects.filter(wrote).values("pk")
    judged = (Q(state=State.REVIEW) | publish) & ~Q(pk__in=own)
    return mine.filter(judged | Q(state=State.APPROVED))


def in_hand(user: User) -> QuerySet[StageReport]:
    """Reports that the person's office is still writing, or could not build."""
    offices = with_absorbed(user, Permission.REPORT_EDIT)
    states = (State.BUILDING, State.FAILED, State.DRAFT)
    return StageReport.objects.filter(organisation__in=offices, state__in=states)


def elsewhere(user: User) -> QuerySet[StageReport]:
    """Reports of the person's office that wait for somebody else to approve or issue them."""
    offices = with_absorbed(user, Permission.REPORT_EDIT)
    out = StageReport.objects.filter(
        organisation__in=offices, state__in=(State.REVIEW, State.APPROVED)
    )
    return out.exclude(pk__in=waiting_for(user).values("pk"))
