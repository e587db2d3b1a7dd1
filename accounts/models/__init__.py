"""Organisations, regions, people and what ties them together."""

from accounts.models.client import ApiClient, ApiUsage
from accounts.models.delegation import Delegation
from accounts.models.identity import PasswordHistory, SignInAttempt, SignInLink
from accounts.models.licence import Licence
from accounts.models.organisation import (
    Organisation,
    OrganisationName,
    OrganisationQuerySet,
    TerritoryRule,
)
from accounts.models.people import Membership, User
from accounts.models.privacy import AccessArchive, LeakEntry, LeakReport
from accounts.models.region import Region
from accounts.models.service_body import ResponsibilityMatrix, ServiceBody, ServiceSeat
from accounts.models.webhook import WebhookEndpoint

__all__ = [
    "AccessArchive",
    "ApiClient",
    "ApiUsage",
    "Delegation",
    "LeakEntry",
    "LeakReport",
    "Licence",
    "Membership",
    "Organisation",
    "OrganisationName",
    "OrganisationQuerySet",
    "PasswordHistory",
    "Region",
    "ResponsibilityMatrix",
    "ServiceBody",
    "ServiceSeat",
    "SignInAttempt",
    "SignInLink",
    "TerritoryRule",
    "User",
    "WebhookEndpoint",
]
