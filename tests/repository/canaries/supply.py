"""Secrets of shortage: an event with its rows, a forecast, a draft emergency plan, a briefing."""

from decimal import Decimal

from core.clock import at
from reporting.models import (
    Activation,
    EmergencyPlan,
    EmergencyPlanFile,
    ExecutionRow,
    GapForecast,
    SupplyBriefing,
)
from reporting.services import emergency, executions
from tests.factories import accounts, supply
from tests.factories.supply import DAY, NOW
from tests.repository.sweep import Secret

EVENT_PAGES = ("activation", "activation_start", "activation_adjust", "activation_release")
EVENT_PAGES += ("activation_report", "activation_reopen", "execution_new", "execution_import")
EVENT_PAGES += ("execution_template", "execution_edit")
PLAN_PAGES = ("emergency_plan", "emergency_edit", "emergency_file", "emergency_receive")
PLAN_PAGES += ("emergency_decide", "emergency_revise", "emergency_drill", "emergency_attach")
PLAN_PAGES += ("emergency_detach", "emergency_diff")


def plant(world):
    filer = world.person("CSG-GD", "company_filer").user
    guangdong = accounts.organisation("CSG-GD")
    return [
        *of_events(world, guangdong, filer),
        of_plan(world, guangdong, filer),
        of_briefing(world, guangdong, filer),
    ]


def seen_from(*homes):
    return lambda person: person.home in homes and person.may("filing.view")


def of_events(world, unit, by):
    """What a company enters of its events and forecasts is in sight of its regulators."""
    text, basis = world.text(), world.text()
    event = Activation.objects.create(
        organisation=unit,
        grade="Ⅱ",
        gap_mw=Decimal(150),
        peak_mw=Decimal(1000),
        state="active",
        reason=text,
        announced_at=at(DAY, 7),
        announced_body="省经信委",
        approval_body="省人民政府",
        started_at=at(DAY, 8),
        until=at(DAY, 22),
    )
    row = executions.add(event, values=supply.values(), by=by, now=NOW)
    assert isinstance(row, ExecutionRow)
    forecast = GapForecast.objects.create(
        organisation=unit,
        day=DAY,
        from_minute=0,
        to_minute=1440,
        gap_mw=Decimal(10),
        peak_mw=Decimal(1000),
        basis=basis,
        published_at=NOW,
        published_by=by,
    )
    readers = seen_from("CSG-GD", "SERC-NF", "NEA-ROOT")
    return [
        Secret(
            "an event of Guangdong",
            text,
            readers,
            app="reporting",
            keys={"pk": event.pk, "row_pk": row.pk},
            opens=tuple(f"reporting:{page}" for page in EVENT_PAGES),
        ),
        Secret(
            "a forecast of Guangdong",
            basis,
            readers,
            app="reporting",
            keys={"pk": forecast.pk},
            opens=tuple(f"reporting:forecast{end}" for end in ("", "_actual", "_report")),
        ),
    ]


def of_plan(world, unit, by):
    """A draft is the company's own."""
    text = world.text()
    plan = emergency.begin(unit, title="供电短缺应急预案", by=by, now=NOW)
    EmergencyPlan.objects.filter(pk=plan.pk).update(title=text)
    kept = EmergencyPlanFile.objects.create(
        version=plan.current_version, file=supply.stored(by), added_by=by, added_at=NOW
    )
    return Secret(
        "a draft emergency plan of Guangdong",
        text,
        seen_from("CSG-GD"),
        app="reporting",
        keys={"pk": plan.pk, "file_pk": kept.pk},
        opens=tuple(f"reporting:{page}" for page in PLAN_PAGES),
    )


def of_briefing(world, unit, by):
    """A draft is the company's own."""
    text = world.text()
    briefing = SupplyBriefing.objects.create(
        organisation=unit,
        first_day=DAY,
        last_day=DAY,
        addressee="省经信委",
        content={
            "forecasts": [],
            "accuracy": {"pairs": 0},
            "events": [],
            "control": None,
            "lines": {"all": 0, "lacking": 0, "overdue": 0},
        },
        advice=text,
        edited_by=by,
        edited_at=NOW,
    )
    return Secret(
        "a draft briefing of Guangdong",
        text,
        seen_from("CSG-GD"),
        app="reporting",
        keys={"pk": briefing.pk},
        opens=tuple(f"reporting:briefing{end}" for end in ("", "_issue", "_docx", "_pdf")),
    )
