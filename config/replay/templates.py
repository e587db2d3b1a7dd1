"""A draft of a template in the demo: next year's campaign, copied and half way edited. Invented."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime

from accounts.models import Organisation, User
from campaign.models import Campaign
from campaign.services import templating

Somebody = Callable[..., User]
OFFICE, OFFICER = "SERC-NF", "regulator_officer"


def plant(somebody: Somebody, *, now: datetime) -> None:
    """The running campaign copied to begin after the spring festival of the year after next."""
    officer = somebody(OFFICE, OFFICER)
    draft = templating.start_from_campaign(
        source=Campaign.objects.get(code="residential-2011"),
        organisation=Organisation.objects.get(code=OFFICE),
        code=f"residential-{now.year + 2}",
        name="南方区域居民用电服务质量提升专项行动",
        starts_on=date(now.year + 2, 3, 4),
        by=officer,
        now=now,
    )
    content = deepcopy(draft.content)
    report = next(duty for duty in content["duties"] if duty["code"] == "kickoff-report")
    report["due"] |= {"anchor": "phase_start", "workdays": 15}
    templating.save(
        draft=draft,
        content=content,
        summary="启动部署情况改为阶段启动后15个工作日内报告",
        seen=1,
        by=officer,
        now=now,
    )
