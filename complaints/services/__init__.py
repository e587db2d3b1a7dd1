"""Every write on cases. Pages, imports, the API and ticks come through here."""

from complaints.services.acting import act
from complaints.services.escalating import tick
from complaints.services.linking import answer, link, merge, undo
from complaints.services.notes import note, reveal
from complaints.services.receiving import Desk, Faulty, Record, next_number, receive
from complaints.services.recomputing import recompute

__all__ = [
    "Desk",
    "Faulty",
    "Record",
    "act",
    "answer",
    "link",
    "merge",
    "next_number",
    "note",
    "receive",
    "recompute",
    "reveal",
    "tick",
    "undo",
]
