"""What a replay tells of grids beside the campaign: claims, hazards, special groups. Invented.

The first autumn is that of the demo, entered on one morning; what comes later is told step by step.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from accounts.models import Organisation, User
from accounts.permissions import Permission
from complaints.models import Claim
from complaints.services import claim_acts
from complaints.services import claims as claim_services
from complaints.services.claims import Whistle
from config.replay import claims, grids, hazards, special
from core import clock
from grids import special_terms as terms
from grids.models import Hazard, HolidayVisit, SafetyCheck
from grids.services import special_care

if TYPE_CHECKING:
    from config.replay.player import Player
    from config.replay.script import Act

# What the claimant says in the end, unless the script says otherwise.
ENDED = {"visited": True, "solved": True, "satisfaction": "content", "fault": "none"}
SOON = timedelta(days=45)


def ground(player: Player, act: Act) -> None:
    """The grids of one county with their people, and what the first autumn brought."""
    somebody = player.casework.somebody
    grids.plant(somebody, until=act.at)
    claims.plant(until=act.at)
    if (play := hazards.cast(somebody)) is not None:
        play.stories()
    special.plant(somebody, until=act.at)


def claim(player: Player, act: Act) -> None:
    """A step of one claim, by the officer of its grid or whoever answers for it."""
    told, step = act.details, act.details["step"]
    officer = User.objects.get(username="dongcheng-grid")
    department = Organisation.objects.get(code=act.organisation)
    if step == "whistle":
        asked = Whistle(
            told["kind"],
            told["content"],
            name="冼女士",
            phone="13800000000",
            address=f"广东省四会市东城街道{told['place']}",
        )
        given = {"origin": Claim.Origin.OFFICER, "department": department}
        made, _new = claim_services.whistle(asked, **given, by=officer, now=act.at)
        player.kept[f"claim {act.subject}"] = made.pk
        return
    related = ("case__responsible", "case__procedure", "department")
    standing = Claim.objects.select_related(*related).get(pk=player.kept[f"claim {act.subject}"])
    if step == "close":
        ended: dict[str, Any] = ENDED | told.get("ended", {})
        claim_acts.confirm(standing, **ended, by=officer, now=act.at)
        return
    story = claims.Story(told["kind"], told["content"], told["place"], ())
    claims.step_of(standing, story, step.split()[0], act.at, officer, department)


def hazard(player: Player, act: Act) -> None:
    """A step of one hazard."""
    told, step = act.details, act.details["step"]
    play = hazards.cast(player.casework.somebody)
    assert play is not None
    story = hazards.Story(
        *(told["kind"], told["content"], told["area"], told["grid"], ()),
        officer=told.get("officer", True),
        place=told.get("place", ""),
    )
    key = f"hazard {act.subject}"
    if step == "report":
        player.kept[key] = play.report(story, act.at).pk
        return
    play.step(Hazard.objects.get(pk=player.kept[key]), step, story, act.at)


def care(player: Player, act: Act) -> None:
    """Visits of a holiday planned or made, or the checks that are due soon."""
    unit = Organisation.objects.get(code=act.organisation)
    by = player.casework.somebody(unit, Permission.SPECIAL_KEEP)
    assert by is not None
    today = clock.day_of(act.at)
    if act.subject == "check":
        items = {one.code: "fit" for one in terms.terms("items", on=today)}
        due = SafetyCheck.objects.filter(
            state="planned", due_on__lte=today + SOON, household__state="standing"
        )
        for one in due.select_related("household").order_by("pk"):
            given = {"done_on": today, "results": items, "finding": ""}
            special_care.check(one.household, **given, by=by, now=act.at)
        return
    holiday, year = act.details["holiday"], act.details["year"]
    if act.subject == "plan":
        special_care.plan_visits(holiday=holiday, year=year, by=by, now=act.at)
        return
    found = HolidayVisit.objects.filter(
        holiday=holiday, year=year, state="planned", household__state="standing"
    )
    # Somebody was not at home and is visited no more.
    for visit in list(found.select_related("household").order_by("pk"))[1:]:
        given = {"visited_on": today, "outcome": "visited", "goods": "米、油"}
        special_care.visit(visit, **given, by=by, now=act.at)


ACTS = {"ground": ground, "claim": claim, "hazard": hazard, "care": care}
