"""Tables of reporting: filings and stage reports."""

from reporting.models.bulletin import Bulletin, BulletinVersion
from reporting.models.catalogue import PartDefinition, ReviewRule
from reporting.models.circular import Circular, CircularReceipt, CircularVersion
from reporting.models.filing import Attachment, Filing, FilingCopy, FilingVersion, PartUpload
from reporting.models.outage import (
    OutageFlag,
    OutageLead,
    OutageNotice,
    OutageRule,
    OutageVersion,
)
from reporting.models.proposal import FindingProposal
from reporting.models.receipt import Receipt, ReceiptCounter, Review
from reporting.models.report import (
    DocumentCounter,
    FigureSnapshot,
    ReportTemplate,
    ReportVersion,
    StageReport,
    Subscription,
)

__all__ = [
    "Attachment",
    "Bulletin",
    "BulletinVersion",
    "Circular",
    "CircularReceipt",
    "CircularVersion",
    "DocumentCounter",
    "FigureSnapshot",
    "Filing",
    "FilingCopy",
    "FilingVersion",
    "FindingProposal",
    "OutageFlag",
    "OutageLead",
    "OutageNotice",
    "OutageRule",
    "OutageVersion",
    "PartDefinition",
    "PartUpload",
    "Receipt",
    "ReceiptCounter",
    "ReportTemplate",
    "ReportVersion",
    "Review",
    "ReviewRule",
    "StageReport",
    "Subscription",
]
