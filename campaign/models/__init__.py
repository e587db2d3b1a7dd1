"""Campaigns, their phases, the duties they hand out, and who was reminded of what."""

from campaign.models.campaign import Campaign, CampaignTemplate, Participant, Phase, PhaseCheck
from campaign.models.duty import (
    Duty,
    DutyDefinition,
    DutyExemption,
    DutyExtension,
    Objective,
)
from campaign.models.group import (
    DocumentIssue,
    DocumentRecipient,
    Group,
    GroupMember,
    Meeting,
    MeetingInvitee,
)
from campaign.models.reminder import LadderStep, Reminder
from campaign.models.rules import RuleSheet
from campaign.models.steering import MeetingAction, SupervisionNote

__all__ = [
    "Campaign",
    "CampaignTemplate",
    "DocumentIssue",
    "DocumentRecipient",
    "Duty",
    "DutyDefinition",
    "DutyExemption",
    "DutyExtension",
    "Group",
    "GroupMember",
    "LadderStep",
    "Meeting",
    "MeetingAction",
    "MeetingInvitee",
    "Objective",
    "Participant",
    "Phase",
    "PhaseCheck",
    "Reminder",
    "RuleSheet",
    "SupervisionNote",
]
