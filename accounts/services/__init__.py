"""Every write on organisations, people, delegations and their ways of signing in."""

from accounts.services.delegation import delegate, revoke
from accounts.services.links import redeem, send_invitation, send_reset
from accounts.services.organisations import (
    found_organisation,
    merge,
    move,
    rename,
    show_names_in_force,
)
from accounts.services.passwords import change_password
from accounts.services.people import (
    appoint,
    end_membership,
    end_sessions_of,
    enrol,
    invite,
    reinstate,
    suspend,
)

__all__ = [
    "appoint",
    "change_password",
    "delegate",
    "end_membership",
    "end_sessions_of",
    "enrol",
    "found_organisation",
    "invite",
    "merge",
    "move",
    "redeem",
    "reinstate",
    "rename",
    "revoke",
    "send_invitation",
    "send_reset",
    "show_names_in_force",
    "suspend",
]
