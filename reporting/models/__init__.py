"""Tables of reporting: filings and stage reports."""

from reporting.models.catalogue import PartDefinition, ReviewRule
from reporting.models.filing import Attachment, Filing, FilingCopy, FilingVersion, PartUpload
from reporting.models.receipt import Receipt, ReceiptCounter, Review

__all__ = [
    "Attachment",
    "Filing",
    "FilingCopy",
    "FilingVersion",
    "PartDefinition",
    "PartUpload",
    "Receipt",
    "ReceiptCounter",
    "Review",
    "ReviewRule",
]
