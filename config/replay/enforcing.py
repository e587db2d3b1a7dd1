"""Enforcement in a replay: what is not put right in time is talked about, ordered, published."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from accounts.permissions import Permission
from campaign.models import EnforcementMatter, EnforcementStep, LegalArticle, RectificationItem
from campaign.services import enforcement, enforcement_closings
from core import clock

if TYPE_CHECKING:
    from config.replay.player import Player
    from config.replay.script import Act


def play(player: Player, act: Act) -> None:
    """The step of a matter that is due."""
    STEPS[act.details["step"].split()[0]](player, act)


def _matter(act: Act) -> EnforcementMatter:
    return EnforcementMatter.objects.select_related("enterprise", "regulator").get(
        title=act.details["title"], regulator__code=act.organisation
    )


def _step(act: Act) -> EnforcementStep:
    found = EnforcementStep.objects.filter(matter=_matter(act)).order_by("-pk").first()
    assert found is not None
    return found


def _open(player: Player, act: Act) -> None:
    item = RectificationItem.objects.get(source_key=f"replay:{act.subject}:stubborn")
    enforcement.open_matter(
        items=[item],
        title=act.details["title"],
        cause=act.details["cause"],
        by=player.officer(act),
        now=act.at,
    )


def _draft(player: Player, act: Act) -> None:
    """``draft talk``, ``draft order``: the measure stands behind the word."""
    measure = act.details["step"].split()[1]
    told = act.details["measures"][measure]
    day = act.at.astimezone(clock.ZONE).date()
    enforcement.draft_step(
        matter=_matter(act),
        measure=measure,
        facts=act.details["cause"],
        demands=told["demands"],
        articles=[
            LegalArticle.objects.in_force(on=day).get(code=code) for code in told["articles"]
        ],
        due_on=told["due"],
        skip_reason=told.get("skip", ""),
        by=player.officer(act),
        now=act.at,
    )


def _issue(player: Player, act: Act) -> None:
    lead = player.someone(act.organisation, "regulator_lead")
    enforcement.issue_step(step=_step(act), by=lead, now=act.at)


def _answer(player: Player, act: Act) -> None:
    step = _step(act)
    by = player.casework.somebody(step.matter.enterprise, Permission.RECTIFICATION_HANDLE)
    answer = act.details["measures"][step.measure]["answer"]
    enforcement.answer_step(step=step, answer=answer, by=by, now=act.at)


def _propose(player: Player, act: Act) -> None:
    enforcement.propose_disclosure(
        matter=_matter(act),
        title=act.details["title"],
        text=act.details["disclosure"],
        by=player.officer(act),
        now=act.at,
    )


def _publish(player: Player, act: Act) -> None:
    lead = player.someone(act.organisation, "regulator_lead")
    proposed = _matter(act).disclosures.order_by("-pk").first()
    assert proposed is not None
    enforcement.publish(disclosure=proposed, by=lead, now=act.at)


def _close(player: Player, act: Act) -> None:
    """Where something is not written off by then, the head agrees to end it all the same."""
    matter = enforcement_closings.close_matter(
        matter=_matter(act),
        conclusion=act.details["end"],
        why=act.details["end_why"],
        by=player.officer(act),
        now=act.at,
    )
    if (closing := enforcement_closings.waiting(matter)) is not None:
        lead = player.someone(act.organisation, "regulator_lead")
        enforcement_closings.approve(closing=closing, by=lead, now=act.at)


STEPS: dict[str, Callable[[Player, Act], None]] = {
    "open": _open,
    "draft": _draft,
    "issue": _issue,
    "answer": _answer,
    "propose": _propose,
    "publish": _publish,
    "close": _close,
}
ACTS = {"enforce": play}
