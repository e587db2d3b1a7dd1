"""Organisations, regions, people and what ties them together."""

from accounts.models.client import ApiClient, ApiUsage
from accounts.models.delegation import Delegation
from accounts.models.identity import PasswordHistory, SignInAttempt, SignInLink
from accounts.models.organisation import (
    Organisation,
    OrganisationName,
    OrganisationQuerySet,
    TerritoryRule,
)
from accounts.models.people import Membership, User
from accounts.models.region import Region
from accounts.models.webhook import WebhookEndpoint

__all__ = [
    "ApiClient",
    "ApiUsage",
    "Delegation",
    "Membership",
    "Organisation",
    "OrganisationName",
    "OrganisationQuerySet",
    "PasswordHistory",
    "Region",
    "SignInAttempt",
    "SignInLink",
    "TerritoryRule",
    "User",
    "WebhookEndpoint",
]
