"""Secrets of indicators: a concluded evaluation, an improvement task, a draft of targets."""

from datetime import date
from decimal import Decimal

from core import clock
from core.periods import Period
from grids.services.hazard_terms import HAZARD_KINDS
from reporting.models import (
    Evaluation,
    ImprovementTask,
    Indicator,
    IndicatorRelease,
    IndicatorValue,
)
from reporting.services import definitions, targets
from reporting.workflow.definition import Subject
from tests.factories import accounts
from tests.repository.sweep import Secret

OCTOBER = Period(date(2011, 10, 1), date(2011, 10, 31))
# Regulators in whose territory Guangdong lies, and the company itself.
HOMES = {"CSG-GD", "SERC-NF", "NEA-ROOT"}
TARGET_PAGES = ("target", "target_edit", "target_submit", "target_send_back", "target_approve")
TARGET_PAGES += ("target_issue", "target_publish", "public_target", "public_target_file")


def plant(world):
    made = [of_value(world), of_evaluation(world), of_task(world), of_targets(world)]
    return [*made, of_definition(world), of_kind(world), of_release(world)]


def _opens(*pages):
    return tuple(f"reporting:{page}" for page in pages)


def of_value(world):
    text = world.text()
    made = IndicatorValue.objects.create(
        indicator=Indicator.objects.get(code="conduct_complaints"),
        organisation=accounts.organisation("CSG-GD"),
        first_day=OCTOBER.first,
        last_day=OCTOBER.last,
        value=Decimal(7),
        inputs={"conduct": {"label": "件数", "value": "7", "url": "", "rows": []}},
        cause=text,
        computed_at=clock.now(),
    )

    def may_read(person):
        return person.home in HOMES and person.may("indicator.view")

    # What was not made public is not in the open tables either.
    keys = {"pk": made.pk, "slug": "indicators", "form": "csv"}
    return Secret(
        "indicator value",
        text,
        may_read,
        app="reporting",
        keys=keys,
        opens=_opens("indicator_value"),
    )


def of_evaluation(world):
    text = world.text()
    officer = world.person("SERC-NF", "regulator_officer").user
    made = Evaluation.objects.create(
        organisation=accounts.organisation("SERC-NF"),
        title=text,
        first_day=OCTOBER.first,
        last_day=OCTOBER.last,
        weights={"D4": 100},
        created_by=officer,
        created_at=clock.now(),
    )
    made.units.add(accounts.organisation("CSG-GD"))

    def may_read(person):
        return person.home in {"SERC-NF", "NEA-ROOT"} and person.may("indicator.view")

    keys = {"pk": made.pk}
    pages = _opens("evaluation", "conclude")
    return Secret("evaluation", text, may_read, app="reporting", keys=keys, opens=pages)


def of_task(world):
    text = world.text()
    officer = world.person("SERC-NF", "regulator_officer").user
    made = ImprovementTask.objects.create(
        office=accounts.organisation("SERC-NF"),
        organisation=accounts.organisation("CSG-GD"),
        indicator=Indicator.objects.get(code="conduct_complaints"),
        problem=text,
        demand="改进",
        due_on=date(2011, 12, 31),
        set_by=officer,
        set_at=clock.now(),
    )

    def may_read(person):
        return person.home in HOMES and person.may("indicator.view")

    keys = {"pk": made.pk}
    pages = _opens("improvement", "improvement_report", "improvement_check")
    return Secret("improvement task", text, may_read, app="reporting", keys=keys, opens=pages)


def of_targets(world):
    text = world.text()
    made = targets.draft(
        organisation=accounts.organisation("SERC-NF"),
        year=2012,
        title="年度目标",
        intro=text,
        demands="落实。",
        values={("440000", "rs1_rural"): Decimal(97)},
        occasion="canary",
        by=world.person("SERC-NF", "regulator_officer").user,
        now=clock.now(),
    )

    def may_read(person):
        return person.home in {"SERC-NF"} and person.may("report.view")

    keys = {"pk": made.pk}
    pages = _opens(*TARGET_PAGES)
    return Secret("draft of targets", text, may_read, app="reporting", keys=keys, opens=pages)


def of_release(world):
    """Values that wait for a second person: for those who maintain indicators of the office."""
    text = world.text()
    made = IndicatorRelease.objects.create(
        office=accounts.organisation("SERC-NF"),
        first_day=OCTOBER.first,
        last_day=OCTOBER.last,
        values=[],
        note=text,
        prepared_by=world.person("SERC-NF", "regulator_officer").user,
        prepared_at=clock.now(),
    )

    def may_read(person):
        return person.home in {"SERC-NF", "NEA-ROOT"} and person.may("indicator.manage")

    pages = ("", "_publish", "_send_back", "_withdraw")
    return Secret(
        "release of indicators",
        text,
        may_read,
        app="reporting",
        keys={"pk": made.pk},
        opens=_opens(*(f"indicator_release{page}" for page in pages)),
    )


def of_definition(world):
    """A change of an indicator that waits for a second person: for those who maintain them.

    The trail keeps its reason: whoever reads the trail of the whole house reads it there.
    """
    text = world.text()
    base = Indicator.objects.filter(code="conduct_complaints").latest("valid_from")
    change = definitions.draft(
        subject=Subject.INDICATOR,
        code=base.code,
        values={"note": text},
        valid_from=date(2030, 1, 1),
        reason=text,
        seen=base.pk,
        by=world.person("SERC-NF", "regulator_lead").user,
        now=clock.now(),
    )

    def may_read(person):
        trail = person.home == "NEA-ROOT" and person.may("audit.view")
        return person.may("rule.manage") or trail

    pages = ("change", "adopt", "send_back", "withdraw")
    return Secret(
        "definition change",
        text,
        may_read,
        app="reporting",
        keys={"pk": change.pk, "code": base.code},
        opens=_opens(*(f"definition_{page}" for page in pages)),
    )


def of_kind(world):
    """A change of a kind of hazards, in the same way."""
    text = world.text()
    base = HAZARD_KINDS.latest("equipment")
    said = {name: getattr(base, name) for name in HAZARD_KINDS.fields}
    change = definitions.draft(
        subject=Subject.HAZARD_KIND,
        code=base.code,
        values={**said, "note": text},
        valid_from=date(2030, 1, 1),
        reason=text,
        seen=base.pk,
        by=world.person("SERC-NF", "regulator_lead").user,
        now=clock.now(),
    )

    def may_read(person):
        trail = person.home == "NEA-ROOT" and person.may("audit.view")
        return person.may("rule.manage") or trail

    pages = ("change", "adopt", "send_back", "withdraw")
    return Secret(
        "change of a kind",
        text,
        may_read,
        app="reporting",
        keys={"pk": change.pk, "code": base.code, "subject": change.subject},
        opens=_opens(*(f"definition_{page}" for page in pages)),
    )
