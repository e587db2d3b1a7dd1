"""How a campaign unfolds over its organisations: the duties it will hand out. Reads only.

The preview shows exactly what ``services.launch`` then writes, because both ask ``unfold``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from accounts.models import Organisation, TerritoryRule
from accounts.territory import national_regulator, regulator_for
from campaign.ladder import moments
from campaign.models import Campaign, DutyDefinition, LadderStep, Participant
from campaign.rules import everything
from core import clock, sla
from core.errors import Refused
from core.workdays import WorkCalendar


@dataclass(frozen=True)
class Place:
    """An executor with the regulators that its territory rule names on a day."""

    organisation: Organisation
    supervisor: Organisation
    copy_to: Organisation | None


@dataclass(frozen=True)
class Planned:
    """One duty to be: what, who, to whom, when, and the reminders that would go out."""

    definition: DutyDefinition
    organisation: Organisation
    recipient: Organisation
    copy_to: Organisation | None
    opens_at: datetime
    due: sla.Due
    reminders: tuple[tuple[LadderStep, datetime], ...]


def default_executors(issuer: Organisation, *, on: date) -> list[Organisation]:
    """Provincial companies in the provinces that the issuer is in charge of or gets copies from."""
    rules = TerritoryRule.objects.in_force(on=on)
    if issuer.kind != Organisation.Kind.NATIONAL_REGULATOR:
        rules = rules.filter(regulator=issuer) | rules.filter(copy_to=issuer)
    provinces = {code[:2] for code in rules.values_list("region_id", flat=True)}
    companies = Organisation.objects.in_force().filter(kind=Organisation.Kind.PROVINCIAL_COMPANY)
    return [
        company
        for company in companies.order_by("region_id", "code")
        if company.region_id and company.region_id[:2] in provinces
    ]


def places(campaign: Campaign, *, on: date) -> list[Place]:
    """Executors with their regulators by the territory rules of the day (S1-2.2a, S1-2.2b)."""
    executors = campaign.participants.filter(part=Participant.Part.EXECUTOR)
    return [
        Place(participant.organisation, *regulator_for(participant.organisation, on))
        for participant in executors.select_related("organisation")
    ]


def supervisors(campaign: Campaign, found: Iterable[Place]) -> list[Organisation]:
    """The issuer and every regulator in charge of an executor, each once (S1-4.1b)."""
    listed = [campaign.issuing_organisation, *(place.supervisor for place in found)]
    return list({organisation.pk: organisation for organisation in listed}.values())


def unfold(campaign: Campaign, *, calendar: WorkCalendar, now: datetime) -> list[Planned]:
    """Every duty of a draft, in order of definition and organisation.

    Raises ``Refused`` where nobody could carry the campaign out.
    """
    found = places(campaign, on=clock.day_of(now))
    if not found:
        raise Refused(_("尚未选定实施单位。"))
    by_place = {place.organisation.pk: place for place in found}
    national = national_regulator()
    ladder = list(campaign.ladder.all())
    parties = {
        "executors": [place.organisation for place in found],
        "issuer": [campaign.issuing_organisation],
        "supervisors": supervisors(campaign, found),
    }
    planned, book = [], everything()
    for definition in campaign.definitions.select_related("phase"):
        due = sla.fixed(definition.due_on, calendar=calendar, rule=definition.due_source)
        opens_at = clock.at(definition.opens_on)
        for organisation in parties[definition.party]:
            place = by_place.get(organisation.pk)
            recipient = {
                "supervisor": place.supervisor if place else national,
                "self": organisation,
                "national": national,
            }[definition.recipient_rule]
            reminders = moments(
                ladder,
                due_at=due.due_at,
                since=max(opens_at, now),
                calendar=calendar,
                book=book,
                office=recipient.pk,
            )
            copy_to = place.copy_to if place and definition.copy_rule == "territory" else None
            planned.append(
                Planned(
                    definition, organisation, recipient, copy_to, opens_at, due, tuple(reminders)
                )
            )
    return planned
