"""Every write on grids. Pages, imports and ticks come through here."""

from grids.services.areas import (
    account_index,
    assign_areas,
    assign_feeders,
    place_accounts,
    register_area,
    register_feeder,
    release_area,
)
from grids.services.ground import bound_grid, change_grid, close_grid, found_grid
from grids.services.handing import accept, carry_out, decline, propose, withdraw
from grids.services.pairing import (
    close_channel,
    end_pairing,
    found_government_grid,
    open_channel,
    pair,
)
from grids.services.people import appoint, cover, end_cover, enrol, leave, relieve

__all__ = [
    "accept",
    "account_index",
    "appoint",
    "assign_areas",
    "assign_feeders",
    "bound_grid",
    "carry_out",
    "change_grid",
    "close_channel",
    "close_grid",
    "cover",
    "decline",
    "end_cover",
    "end_pairing",
    "enrol",
    "found_government_grid",
    "found_grid",
    "leave",
    "open_channel",
    "pair",
    "place_accounts",
    "propose",
    "register_area",
    "register_feeder",
    "relieve",
    "release_area",
    "withdraw",
]
