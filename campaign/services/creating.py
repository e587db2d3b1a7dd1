"""From a template to a draft: phases, checklist, duty tree, duties, ladder and groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import scheduling, template
from campaign.models import (
    Campaign,
    CampaignTemplate,
    DutyDefinition,
    Group,
    LadderStep,
    Objective,
    Participant,
    Phase,
    PhaseCheck,
)
from campaign.scope import works_for
from core import audit, clock
from core.errors import Refused


@transaction.atomic
def create(
    *,
    source: CampaignTemplate,
    code: str,
    name: str,
    issuing_organisation: Organisation,
    executors: Iterable[Organisation],
    by: User,
    now: datetime,
    document_number: str = "",
    issued_on: date | None = None,
    parent: Campaign | None = None,
    full_text: str = "",
) -> Campaign:
    """Make a draft from a template: phases, checklist, duty tree, duties, ladder and groups.

    Name and full text are the template's where they are left empty.
    Raises ``Refused`` where the person may not, the code is taken or the template is faulty.
    Source: plan, preamble (S1-0.1, S1-0.2).
    """
    if not works_for(by, Permission.CAMPAIGN_MANAGE, issuing_organisation):
        raise Refused(_("只能以本机关名义部署专项行动。"))
    content = template.parse(source.content)
    campaign = _write_campaign(
        code=code,
        name=name.strip() or content.name,
        template=source,
        issuing_organisation=issuing_organisation,
        parent=parent,
        document_number=document_number.strip(),
        issued_on=issued_on,
        full_text=full_text.strip() or _full_text(content),
        starts_on=content.starts_on,
        ends_on=content.ends_on,
        created_at=now,
        reminder_digest=content.ladder.digest,
        letters_per_day=content.ladder.letters_per_day,
    )
    _write_phases(campaign, content)
    nodes = _write_objectives(campaign, content)
    _write_definitions(campaign, content, nodes)
    scheduling.check(scheduling.spans(campaign), on=clock.day_of(now))
    _write_ladder(campaign, content)
    _write_groups(campaign, content)
    write_executors(campaign, executors)
    audit.record(
        "campaign.create",
        campaign,
        by=by,
        now=now,
        organisation=issuing_organisation,
        template=source.code,
        version=source.version,
    )
    return campaign


def _write_campaign(*, code: str, **values: Any) -> Campaign:
    """The campaign's row; the database decides who of two got the code. Raises ``Refused``."""
    try:
        with transaction.atomic():
            return Campaign.objects.create(code=code, **values)
    except IntegrityError as taken:
        if not Campaign.objects.filter(code=code).exists():
            raise
        raise Refused(_("代码“%(code)s”已被使用。") % {"code": code}) from taken


def _full_text(content: template.Content) -> str:
    """The plan's text in Markdown-like headings, from the template's sections."""
    blocks = ["\n".join([f"## {section.heading}", *section.paragraphs]) for section in content.text]
    return "\n\n".join(blocks)


def _write_phases(campaign: Campaign, content: template.Content) -> None:
    for plan in content.phases:
        phase = Phase.objects.create(
            campaign=campaign,
            number=plan.number,
            name=plan.name,
            starts_on=plan.starts_on,
            ends_on=plan.ends_on,
        )
        PhaseCheck.objects.bulk_create(
            PhaseCheck(phase=phase, order=order, text=item.text, clause=item.clause)
            for order, item in enumerate(plan.checks, start=1)
        )


def _write_objectives(campaign: Campaign, content: template.Content) -> dict[str, Objective]:
    written: dict[str, Objective] = {}

    def write(nodes: Iterable[template.ObjectiveNode], parent: Objective | None) -> None:
        for node in nodes:
            written[node.code] = Objective.objects.create(
                campaign=campaign,
                code=node.code,
                kind=node.kind,
                name=node.name,
                clause=node.clause,
                parent=parent,
                order=len(written) + 1,
            )
            write(node.children, written[node.code])

    write(content.objectives, None)
    return written


def _write_definitions(
    campaign: Campaign, content: template.Content, nodes: Mapping[str, Objective]
) -> None:
    phases = {phase.number: phase for phase in campaign.phases.all()}
    for order, plan in enumerate(content.duties, start=1):
        served = [nodes[code] for code in plan.objectives]
        definition = DutyDefinition.objects.create(
            campaign=campaign,
            phase=phases[plan.phase],
            code=plan.code,
            title=plan.title,
            short_title=plan.short_title,
            clauses=list(plan.clauses),
            kind=plan.kind,
            parts=list(plan.parts),
            opens_on=plan.opens_on,
            due_on=plan.due.date,
            due_source=_("方案%(place)s：%(wording)s")
            % {"place": plan.due.source, "wording": plan.due.wording},
            party=plan.party,
            recipient_rule=plan.recipient,
            copy_rule=plan.copy,
            certified_by=plan.certified_by,
            livelihood=plan.livelihood or any(node.is_livelihood for node in served),
            order=order,
        )
        definition.objectives.set(served)


def _write_ladder(campaign: Campaign, content: template.Content) -> None:
    LadderStep.objects.bulk_create(
        LadderStep(
            campaign=campaign,
            code=step.code,
            offset=step.offset,
            hour=step.hour,
            audience=step.audience,
            text=step.text,
        )
        for step in content.ladder.steps
    )


def _write_groups(campaign: Campaign, content: template.Content) -> None:
    for plan in content.groups:
        duties = plan.duties
        if plan.office_duties:
            duties = _("%(duties)s\n办公室职责：%(office)s") % {
                "duties": plan.duties,
                "office": plan.office_duties,
            }
        Group.objects.create(
            campaign=campaign,
            kind=plan.kind,
            organisation=campaign.issuing_organisation,
            name=plan.name,
            duties=duties,
            office_department=plan.office_department,
        )


def write_executors(campaign: Campaign, executors: Iterable[Organisation]) -> None:
    chosen = {organisation.pk: organisation for organisation in executors}.values()
    for organisation in chosen:
        if not organisation.is_company or organisation.closed_on:
            raise Refused(
                _("%(name)s不是在册的供电企业，不能作为实施单位。") % {"name": organisation.name}
            )
    Participant.objects.bulk_create(
        Participant(campaign=campaign, organisation=one, part=Participant.Part.EXECUTOR)
        for one in chosen
    )
