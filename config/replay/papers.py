"""Reports of the stages: built, worded, handed over, approved, issued and published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Organisation
from config.replay.content import Upload
from core import files
from reporting.models import StageReport
from reporting.services import reports

if TYPE_CHECKING:
    from config.replay.player import Player
    from config.replay.script import Act


def code_of(act: Act) -> str:
    """The kind of report that an act is about; without one that of the stage."""
    return str(act.details.get("code", f"stage-{act.subject}"))


def found(player: Player, act: Act) -> StageReport:
    return StageReport.objects.get(
        campaign=player.running, organisation__code=act.organisation, template__code=code_of(act)
    )


def build(player: Player, act: Act) -> None:
    reports.build(
        campaign=player.running,
        phase=player.running.phases.get(number=int(act.subject)),
        organisation=Organisation.objects.get(code=act.organisation),
        occasion=f"{player.running.code}/{code_of(act)}",
        code=code_of(act),
        by=player.officer(act),
        now=act.at,
    )


def edit(player: Player, act: Act) -> None:
    """Write the chapters that only people can write, behind what the template says."""
    report = found(player, act)
    version = report.current_version
    assert version is not None
    told = act.details["words"]
    words = [
        {**one, "text": "\n".join(filter(None, (one["text"].rstrip(), told.get(one["code"]))))}
        for one in version.chapters
    ]
    reports.edit_version(
        report=report, seen=version.number, words=words, by=player.officer(act), now=act.at
    )


def submit(player: Player, act: Act) -> None:
    reports.submit_for_approval(report=found(player, act), by=player.officer(act), now=act.at)


def approve(player: Player, act: Act) -> None:
    leader = player.someone(act.organisation, "regulator_lead")
    reports.approve(report=found(player, act), by=leader, now=act.at)


def issue(player: Player, act: Act) -> None:
    leader = player.someone(act.organisation, "regulator_lead")
    reports.issue(report=found(player, act), by=leader, now=act.at)


def publish(player: Player, act: Act) -> None:
    leader = player.someone(act.organisation, "regulator_lead")
    reports.publish(report=found(player, act), by=leader, now=act.at)


def issued(player: Player, code: str) -> Upload:
    """The PDF of an issued report, to be attached to the report upwards."""
    report = StageReport.objects.get(campaign=player.running, template__code=code)
    assert report.current_version is not None
    with files.open(report.current_version.pdf) as stream:
        return Upload(f"{report.title}.pdf", stream.read())


ACTS = {
    "build_report": build,
    "edit_report": edit,
    "submit_report": submit,
    "approve_report": approve,
    "issue_report": issue,
    "publish_report": publish,
}
