"""Pages of campaigns. Find through ``visible_to``, call a service, render."""

from campaign.views.board import board, board_export
from campaign.views.convening import (
    document,
    documents,
    edit_group,
    group,
    groups,
    new_document,
    sign,
)
from campaign.views.duties import assign, correct_extension, duty, exempt, extend, withdraw
from campaign.views.feed import calendar_feed
from campaign.views.meetings import decide, meeting, meetings, new_meeting
from campaign.views.overview import (
    campaign_list,
    close_phase,
    home,
    objective,
    open_phase,
    phase,
    plan,
    reminders,
    tick_check,
    tree,
)
from campaign.views.rules import rules
from campaign.views.steering import carry_out, close_note, new_note, note, notes
from campaign.views.wizard import close, dates, launch, new, organisations, preview

__all__ = [
    "assign",
    "board",
    "board_export",
    "calendar_feed",
    "campaign_list",
    "carry_out",
    "close",
    "close_note",
    "close_phase",
    "correct_extension",
    "dates",
    "decide",
    "document",
    "documents",
    "duty",
    "edit_group",
    "exempt",
    "extend",
    "group",
    "groups",
    "home",
    "launch",
    "meeting",
    "meetings",
    "new",
    "new_document",
    "new_meeting",
    "new_note",
    "note",
    "notes",
    "objective",
    "open_phase",
    "organisations",
    "phase",
    "plan",
    "preview",
    "reminders",
    "rules",
    "sign",
    "tick_check",
    "tree",
    "withdraw",
]
