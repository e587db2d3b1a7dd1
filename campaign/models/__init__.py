"""Campaigns, their phases, the duties they hand out, and who was reminded of what."""

from campaign.models.campaign import Campaign, CampaignTemplate, Participant, Phase, PhaseCheck
from campaign.models.checklist import Checklist, ChecklistItem
from campaign.models.demonstration import (
    Demonstration,
    DemonstrationCriteria,
    DemonstrationLeader,
    Evaluation,
    LeaderVisit,
    MonthlyCheck,
)
from campaign.models.duty import (
    Duty,
    DutyDefinition,
    DutyExemption,
    DutyExtension,
    Objective,
)
from campaign.models.enforcement import (
    EnforcementDisclosure,
    EnforcementMatter,
    EnforcementPaper,
    EnforcementRecall,
    EnforcementStep,
)
from campaign.models.enforcement_closing import EnforcementClosing
from campaign.models.group import (
    DocumentIssue,
    DocumentRecipient,
    Group,
    GroupMember,
    Meeting,
    MeetingInvitee,
)
from campaign.models.inspection import (
    Inspection,
    InspectionDraw,
    InspectionRound,
    Inspector,
    InspectorTie,
    TeamMember,
)
from campaign.models.law import LegalArticle
from campaign.models.livelihood import LivelihoodTag
from campaign.models.practice import GoodPractice, PracticeRecall, PracticeShare
from campaign.models.rectification import (
    RectificationEntry,
    RectificationExtension,
    RectificationItem,
)
from campaign.models.reminder import LadderStep, Reminder
from campaign.models.rules import RuleSheet
from campaign.models.safeguard import Safeguard, SafeguardVersion
from campaign.models.season import PhaseSeason
from campaign.models.site_record import Finding, RecordEntry
from campaign.models.steering import MeetingAction, SupervisionNote
from campaign.models.template_draft import TemplateDraft, TemplateEdition

__all__ = [
    "Campaign",
    "CampaignTemplate",
    "Checklist",
    "ChecklistItem",
    "Demonstration",
    "DemonstrationCriteria",
    "DemonstrationLeader",
    "DocumentIssue",
    "DocumentRecipient",
    "Duty",
    "DutyDefinition",
    "DutyExemption",
    "DutyExtension",
    "Finding",
    "EnforcementClosing",
    "EnforcementDisclosure",
    "EnforcementMatter",
    "EnforcementPaper",
    "EnforcementRecall",
    "EnforcementStep",
    "Evaluation",
    "GoodPractice",
    "Group",
    "GroupMember",
    "Inspection",
    "InspectionDraw",
    "InspectionRound",
    "Inspector",
    "InspectorTie",
    "LadderStep",
    "LegalArticle",
    "LivelihoodTag",
    "LeaderVisit",
    "Meeting",
    "MeetingAction",
    "MeetingInvitee",
    "MonthlyCheck",
    "Objective",
    "Participant",
    "Phase",
    "PhaseCheck",
    "PhaseSeason",
    "RecordEntry",
    "RectificationEntry",
    "RectificationExtension",
    "RectificationItem",
    "PracticeRecall",
    "PracticeShare",
    "Reminder",
    "RuleSheet",
    "Safeguard",
    "SafeguardVersion",
    "SupervisionNote",
    "TeamMember",
    "TemplateDraft",
    "TemplateEdition",
]
