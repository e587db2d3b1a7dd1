"""Organisations, regions, people and what ties them together."""

from accounts.models.organisation import (
    Organisation,
    OrganisationName,
    OrganisationQuerySet,
    TerritoryRule,
)
from accounts.models.people import Membership, User
from accounts.models.region import Region

__all__ = [
    "Membership",
    "Organisation",
    "OrganisationName",
    "OrganisationQuerySet",
    "Region",
    "TerritoryRule",
    "User",
]
