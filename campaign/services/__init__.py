"""Everything that changes a campaign. Pages, commands, ticks and reporting come through here."""

from campaign.services.convening import (
    Seat,
    convene,
    issue_document,
    record_minutes,
    set_up_group,
    sign_for,
)
from campaign.services.duties import (
    accept_duty,
    assign,
    exempt,
    extend,
    open_duty,
    return_duty,
    submit_duty,
    withdraw,
)
from campaign.services.launching import (
    choose_organisations,
    close_campaign,
    create,
    launch,
    preview,
    reschedule,
)
from campaign.services.phases import advance, close_phase, open_phase, tick_check
from campaign.services.recomputing import recompute
from campaign.services.reminding import remind, tick

__all__ = [
    "Seat",
    "accept_duty",
    "advance",
    "assign",
    "choose_organisations",
    "close_campaign",
    "close_phase",
    "convene",
    "create",
    "exempt",
    "extend",
    "issue_document",
    "launch",
    "open_duty",
    "open_phase",
    "preview",
    "recompute",
    "record_minutes",
    "remind",
    "reschedule",
    "return_duty",
    "set_up_group",
    "sign_for",
    "submit_duty",
    "tick",
    "tick_check",
    "withdraw",
]
