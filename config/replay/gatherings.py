"""Groups, the kick-off meeting and the plan that is issued, in a replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.models import Organisation
from campaign import services as campaign_services
from campaign.models import DocumentRecipient, Group
from config.replay.content import Writer
from config.replay.script import instant
from core import clock

if TYPE_CHECKING:
    from config.replay.player import Player
    from config.replay.script import Act


def set_up_groups(player: Player, act: Act) -> None:
    bureau = Organisation.objects.get(code=act.organisation)
    grid = Organisation.objects.get(code="CSG")
    writer = Writer(bureau, seed=player.seed, on=act.at.astimezone(clock.ZONE).date())
    # The head and the office hold accounts, so that they can act for the group.
    leader, officer = player.someone(act.organisation, "regulator_lead"), player.officer(act)
    names = {
        Group.Kind.LEADING: ("指导协调、督促开展专项行动。", bureau),
        Group.Kind.JOINT: ("负责相关工作的推动、沟通和协调，确保步调一致。", grid),
    }
    for kind, (duties, other) in names.items():
        seats = [
            campaign_services.Seat(leader.name, "主要负责人", bureau, "head", leader),
            campaign_services.Seat(writer.person(), "分管负责人", other, "deputy"),
            campaign_services.Seat(officer.name, "输供电监管处", bureau, "office", officer),
            campaign_services.Seat(writer.person(), "部门负责人", other, "member"),
        ]
        campaign_services.set_up_group(
            campaign=player.running,
            kind=kind,
            organisation=bureau,
            name=f"南方区域开展居民用电服务质量监管专项行动{kind.label}",
            duties=duties,
            office_department="输供电监管处",
            seats=seats,
            by=player.officer(act),
            now=act.at,
        )


def convene(player: Player, act: Act) -> None:
    plan = act.details
    campaign_services.convene(
        campaign=player.running,
        title=plan["title"],
        starts_at=instant(plan["starts"]),
        ends_at=instant(plan["ends"]),
        place=plan["place"],
        agenda=plan["agenda"],
        organiser=Organisation.objects.get(code=act.organisation),
        invitees=player.everybody(act),
        by=player.officer(act),
        now=act.at,
    )


def minutes(player: Player, act: Act) -> None:
    campaign_services.record_minutes(
        meeting=player.running.meetings.get(),
        minutes=act.details["text"],
        attended=player.everybody(act),
        by=player.officer(act),
        now=act.at,
    )


def issue_document(player: Player, act: Act) -> None:
    campaign_services.issue_document(
        campaign=player.running,
        title=act.details["title"],
        document_number=act.details["number"],
        body=player.running.full_text,
        recipients=player.everybody(act),
        by=player.officer(act),
        now=act.at,
    )


def sign_for(player: Player, act: Act) -> None:
    recipient = DocumentRecipient.objects.get(
        issue__campaign=player.running, organisation__code=act.organisation
    )
    reader = player.someone(act.organisation, "company_filer")
    campaign_services.sign_for(recipient=recipient, by=reader, now=act.at)


ACTS = {
    "set_up_groups": set_up_groups,
    "convene": convene,
    "minutes": minutes,
    "issue_document": issue_document,
    "sign_for": sign_for,
}
