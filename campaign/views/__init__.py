"""Pages of campaigns. Find through ``visible_to``, call a service, render."""

from campaign.views.articles import articles, end_article
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
from campaign.views.inspection import (
    announce,
    cancel,
    conclude,
    inspection,
    paper,
    send_facts,
    set_team,
)
from campaign.views.inspections import (
    add_unit,
    close_round,
    drawn,
    end_inspector,
    inspections,
    roster,
)
from campaign.views.inspections import new as new_inspection
from campaign.views.inspections import round as inspection_round
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
from campaign.views.site_record import decide as decide_finding
from campaign.views.site_record import (
    drop_finding,
    enter,
    finding,
    new_finding,
    record,
    withdraw_entry,
)
from campaign.views.steering import carry_out, close_note, new_note, note, notes
from campaign.views.wizard import close, dates, launch, new, organisations, preview

__all__ = [
    "add_unit",
    "announce",
    "articles",
    "assign",
    "board",
    "board_export",
    "calendar_feed",
    "campaign_list",
    "cancel",
    "carry_out",
    "close",
    "close_note",
    "close_phase",
    "close_round",
    "conclude",
    "correct_extension",
    "dates",
    "decide",
    "decide_finding",
    "document",
    "documents",
    "drawn",
    "drop_finding",
    "duty",
    "edit_group",
    "end_article",
    "end_inspector",
    "enter",
    "exempt",
    "extend",
    "finding",
    "group",
    "groups",
    "home",
    "inspection",
    "inspection_round",
    "inspections",
    "launch",
    "meeting",
    "meetings",
    "new",
    "new_document",
    "new_finding",
    "new_inspection",
    "new_meeting",
    "new_note",
    "note",
    "notes",
    "objective",
    "open_phase",
    "organisations",
    "paper",
    "phase",
    "plan",
    "preview",
    "record",
    "reminders",
    "roster",
    "rules",
    "send_facts",
    "set_team",
    "sign",
    "tick_check",
    "tree",
    "withdraw",
    "withdraw_entry",
]
