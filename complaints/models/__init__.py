"""Cases, their clocks and all that happens to them; terms and procedures as data."""

from complaints.models.attachment import CaseAttachment
from complaints.models.case import Case
from complaints.models.catalogue import Procedure, Term
from complaints.models.claim import (
    Claim,
    ClaimNotice,
    ClaimPass,
    ClaimPhoto,
    ClaimSignature,
    ClaimTopic,
)
from complaints.models.clock import CaseClock, CaseReminder, ClockExtension, ClockPause
from complaints.models.happening import (
    CaseEvent,
    CaseLink,
    Handover,
    ReturnVisit,
    Supervision,
)
from complaints.models.hotline import (
    HotlineCounter,
    HotlineMessage,
    Reconciliation,
    ReconciliationDifference,
)
from complaints.models.importing import CaseImport
from complaints.models.inspection import CountingRule, InspectionProposal
from complaints.models.issues import HotIssue, HotIssueReport
from complaints.models.linkage import CaseMark, Incident, IncidentMember, LinkageRules
from complaints.models.meeting import JointMeeting, JointTask
from complaints.models.public import Intake, Rating, Submission
from complaints.models.repair import Repair, ResidentUsers
from complaints.models.retention import Disposal, DisposalItem, RetentionHold, RetentionRule
from complaints.models.saved_view import SavedView, ViewSubscription
from complaints.models.service_line import Hotline, HotlineReturn, HotlineStandard
from complaints.models.visiting import VisitShare

__all__ = [
    "SavedView",
    "ViewSubscription",
    "Case",
    "Claim",
    "ClaimNotice",
    "ClaimPass",
    "ClaimPhoto",
    "ClaimSignature",
    "ClaimTopic",
    "CaseAttachment",
    "CaseClock",
    "CaseEvent",
    "CaseImport",
    "CaseLink",
    "CaseMark",
    "CaseReminder",
    "CountingRule",
    "ClockExtension",
    "ClockPause",
    "Disposal",
    "DisposalItem",
    "Handover",
    "HotIssue",
    "HotIssueReport",
    "Hotline",
    "HotlineCounter",
    "HotlineMessage",
    "HotlineReturn",
    "HotlineStandard",
    "Incident",
    "InspectionProposal",
    "Intake",
    "IncidentMember",
    "JointMeeting",
    "JointTask",
    "LinkageRules",
    "Procedure",
    "Rating",
    "Reconciliation",
    "ReconciliationDifference",
    "Repair",
    "ResidentUsers",
    "RetentionHold",
    "RetentionRule",
    "ReturnVisit",
    "Submission",
    "Supervision",
    "Term",
    "VisitShare",
]
