"""Everything that changes a campaign. Pages, commands, ticks and reporting come through here."""

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

__all__ = [
    "accept_duty",
    "assign",
    "exempt",
    "extend",
    "open_duty",
    "return_duty",
    "submit_duty",
    "withdraw",
]
