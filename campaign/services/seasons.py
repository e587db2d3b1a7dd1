"""A phase is combined with the supervision of a season (S1-5.3b)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Phase, PhaseSeason
from campaign.services.groups import manager
from campaign.workflow import CampaignState
from core import audit
from core.errors import Refused


@transaction.atomic
def combine(
    *,
    phase: Phase,
    name: str,
    starts_on: date,
    ends_on: date,
    focus: str,
    by: User,
    now: datetime,
    document_number: str = "",
) -> PhaseSeason:
    """Say with which season a phase goes together, or say it anew. Raises ``Refused``."""
    phase = (
        Phase.objects.select_for_update(of=("self",))
        .select_related("campaign__issuing_organisation")
        .get(pk=phase.pk)
    )
    manager(by, phase.campaign.issuing_organisation)
    if phase.campaign.state != CampaignState.LAUNCHED:
        raise Refused(_("专项行动不在实施中。"))
    if not name.strip() or not focus.strip():
        raise Refused(_("请填写名称和督导重点。"))
    if ends_on < starts_on:
        raise Refused(_("结束日期不能早于开始日期。"))
    if ends_on < phase.starts_on or starts_on > phase.ends_on:
        raise Refused(_("季节性督导的日期须与本阶段有重叠。"))
    season, new = PhaseSeason.objects.update_or_create(
        phase=phase,
        defaults={
            "name": name.strip(),
            "starts_on": starts_on,
            "ends_on": ends_on,
            "focus": focus.strip(),
            "document_number": document_number.strip(),
            "linked_at": now,
            "linked_by": by,
        },
    )
    audit.record(
        "season.combine" if new else "season.change",
        season,
        by=by,
        now=now,
        organisation=phase.campaign.issuing_organisation,
        phase=phase.number,
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
    )
    return season
