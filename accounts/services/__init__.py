"""Every write on organisations, people, delegations, clients and their ways of signing in."""

from accounts.services.archives import lay_down_archive, let_go_archives
from accounts.services.clients import (
    change_client,
    create_client,
    reinstate_client,
    rotate_client,
    suspend_client,
)
from accounts.services.delegation import delegate, revoke
from accounts.services.leaks import handle_leak, report_leak, reveal_reporter
from accounts.services.licences import enter_licence
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
from accounts.services.responsibilities import lay_down_responsibilities
from accounts.services.service_bodies import dissolve_body, found_body, seat, unseat
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
    "dissolve_body",
    "drop_calendar_token",
    "drop_second_factor",
    "end_membership",
    "end_sessions_of",
    "enrol",
    "enter_licence",
    "found_body",
    "found_organisation",
    "handle_leak",
    "invite",
    "kill_session",
    "kill_sessions",
    "lay_down_archive",
    "let_go_archives",
    "lay_down_responsibilities",
    "look_after_unused",
    "merge",
    "move",
    "redeem",
    "reinstate",
    "reinstate_client",
    "rename",
    "renew_calendar_token",
    "report_leak",
    "reveal_reporter",
    "revoke",
    "rotate_client",
    "seat",
    "send_invitation",
    "send_reset",
    "show_names_in_force",
    "suspend",
    "suspend_client",
    "unlock",
    "unseat",
]
