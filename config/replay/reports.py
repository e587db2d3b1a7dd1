"""Reports of the demo: the office is wording the report of the first stage its own way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from accounts.models import Organisation, User
from core import clock
from reporting.models import ReportTemplate
from reporting.services import report_templates

OFFICE, OFFICER = "SERC-NF", "regulator_officer"
NEXT = "四是区域联合行动工作领导小组每两周会商一次，通报各省（区）进展，协调解决跨省（区）问题。"


def plant(somebody: Callable[..., User], *, now: datetime) -> None:
    """A draft of the office's own words for the first stage, to be put into use by its head."""
    office = Organisation.objects.get(code=OFFICE)
    officer = somebody(OFFICE, OFFICER)
    day = now.astimezone(clock.ZONE).date()
    common = ReportTemplate.objects.current("stage-1", on=day, organisation=office)
    draft = report_templates.begin(template=common, organisation=office, by=officer, now=now)
    words = [dict(one) for one in draft.content["chapters"]]
    for one in words:
        if one["code"] == "next":
            one["text"] = f"{one['text'].rstrip()}\n{NEXT}"
    report_templates.save(
        template=draft,
        seen=draft.revision,
        title=draft.content["title"],
        words=words,
        by=officer,
        now=now,
    )
