"""Every write on organisations, people, delegations, clients and their ways of signing in."""

from accounts.services.clients import (
    change_client,
    create_client,
    reinstate_client,
    rotate_client,
    suspend_client,
)
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
from accounts.services.sign_in import (
    choose_language,
    drop_calendar_token,
    drop_second_factor,
    kill_session,
    kill_sessions,
    renew_calendar_token,
    unlock,
)
from accounts.services.unused import look_after_unused

__all__ = [
    "appoint",
    "change_client",
    "change_password",
    "choose_language",
    "create_client",
    "delegate",
    "drop_second_factor",
    "end_membership",
    "end_sessions_of",
    "enrol",
    "found_organisation",
    "invite",
    "kill_session",
    "kill_sessions",
    "look_after_unused",
    "merge",
    "move",
    "redeem",
    "reinstate",
    "reinstate_client",
    "rename",
    "drop_calendar_token",
    "renew_calendar_token",
    "revoke",
    "rotate_client",
    "send_invitation",
    "send_reset",
    "show_names_in_force",
    "suspend",
    "suspend_client",
    "unlock",
]
