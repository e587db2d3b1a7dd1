"""Everything that changes a campaign. Pages, commands, ticks and reporting come through here."""

from campaign.services.articles import article_refusal, cited, end_article, enter_article
from campaign.services.convening import (
    convene,
    issue_document,
    record_minutes,
    sign_for,
)
from campaign.services.creating import create
from campaign.services.deciding import carry_out, decide
from campaign.services.duties import (
    accept_duty,
    assign,
    exempt,
    open_duty,
    return_duty,
    submit_duty,
    withdraw,
)
from campaign.services.extending import correct_extension, extend
from campaign.services.groups import Seat, group_refusal, set_up_group
from campaign.services.launching import (
    choose_organisations,
    close_campaign,
    close_refusal,
    launch,
    preview,
    reschedule,
)
from campaign.services.phases import advance, close_phase, open_phase, tick_check
from campaign.services.recomputing import recompute
from campaign.services.reminding import remind, tick
from campaign.services.rulemaking import lay_down_refusal, lay_down_rules
from campaign.services.steering import (
    addressees,
    answer_note,
    close_note,
    issue_note,
    steering_refusal,
)

__all__ = [
    "Seat",
    "accept_duty",
    "addressees",
    "advance",
    "answer_note",
    "article_refusal",
    "assign",
    "carry_out",
    "choose_organisations",
    "cited",
    "close_campaign",
    "close_refusal",
    "close_note",
    "close_phase",
    "convene",
    "correct_extension",
    "create",
    "decide",
    "end_article",
    "enter_article",
    "exempt",
    "extend",
    "group_refusal",
    "issue_document",
    "issue_note",
    "launch",
    "lay_down_refusal",
    "lay_down_rules",
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
    "steering_refusal",
    "submit_duty",
    "tick",
    "tick_check",
    "withdraw",
]
