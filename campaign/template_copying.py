"""The content of a template from a campaign as it was carried out. Reads only."""

from __future__ import annotations

from typing import Any

from campaign.models import Campaign, DutyDefinition
from campaign.template_moving import anchored
from core import workdays


def content_of(campaign: Campaign) -> dict[str, Any]:
    """Plain content: the campaign's phases, duties, ladder and groups with their present dates;
    what a campaign does not keep (text, principles, goals) from the template it was made from."""
    base = dict(campaign.template.content)
    return {
        **base,
        "name": campaign.name,
        "starts_on": campaign.starts_on.isoformat(),
        "ends_on": campaign.ends_on.isoformat(),
        "phases": _phases(campaign, base),
        "duties": _duties(campaign, base),
        "ladder": {
            "digest": campaign.reminder_digest,
            "letters_per_day": campaign.letters_per_day,
            "steps": [
                {
                    "code": step.code,
                    "offset": step.offset,
                    "hour": f"{step.hour:%H:%M}",
                    "audience": step.audience,
                    "text": step.text,
                }
                for step in campaign.ladder.all()
            ],
        },
    }


def _phases(campaign: Campaign, base: dict[str, Any]) -> list[dict[str, Any]]:
    known = {row["number"]: row for row in base.get("phases", [])}
    found = []
    for phase in campaign.phases.order_by("number").prefetch_related("checks"):
        checks = [
            {"text": check.text, **({"clause": check.clause} if check.clause else {})}
            for check in phase.checks.all()
        ]
        found.append(
            {
                **known.get(phase.number, {}),
                "number": phase.number,
                "name": phase.name,
                "starts_on": phase.starts_on.isoformat(),
                "ends_on": phase.ends_on.isoformat(),
                "checks": checks,
            }
        )
    return found


def _duties(campaign: Campaign, base: dict[str, Any]) -> list[dict[str, Any]]:
    known = {row["code"]: row for row in base.get("duties", [])}
    rows = campaign.definitions.select_related("phase").prefetch_related("objectives")
    return [_duty(definition, known.get(definition.code, {})) for definition in rows]


def _duty(definition: DutyDefinition, known: dict[str, Any]) -> dict[str, Any]:
    row = {
        "code": definition.code,
        "phase": definition.phase.number,
        "title": definition.title,
        "short_title": definition.short_title,
        "clauses": definition.clauses,
        "kind": definition.kind,
        "party": definition.party,
        "recipient": definition.recipient_rule,
        "copy": definition.copy_rule,
        "opens_on": definition.opens_on.isoformat(),
        "due": _due(definition, known.get("due", {})),
        "parts": definition.parts,
        "objectives": [node.code for node in definition.objectives.all()],
        "livelihood": definition.livelihood,
    }
    if definition.certified_by:
        row["certified_by"] = definition.certified_by
    return row


def _due(definition: DutyDefinition, known: dict[str, Any]) -> dict[str, Any]:
    """The rule stays where it still gives the day; a day that was changed by hand is a day."""
    day = definition.due_on
    if not known:
        return {"date": day.isoformat(), "wording": f"{day}", "source": definition.due_source}
    due = {**known, "date": day.isoformat()}
    if due.get("anchor", "none") != "none":
        phase = {
            "starts_on": definition.phase.starts_on.isoformat(),
            "ends_on": definition.phase.ends_on.isoformat(),
        }
        if anchored(due, phase, workdays.calendar()) != day:
            due |= {
                "anchor": "none",
                "workdays": 0,
                "wording": f"{day:%Y}年{day.month}月{day.day}日前",
            }
    return due
