"""Every write on cases. Pages, imports, the API and ticks come through here."""

from complaints.services.acting import act
from complaints.services.escalating import tick
from complaints.services.importing import import_cases
from complaints.services.linking import answer, link, merge, take_back, undo
from complaints.services.notes import note, reveal
from complaints.services.receiving import enter, receive
from complaints.services.receiving_many import Result, receive_each, receive_many
from complaints.services.recomputing import recompute
from complaints.services.records import Desk, Faulty, Record
from complaints.services.registering import next_number, register

__all__ = [
    "Desk",
    "Faulty",
    "Record",
    "Result",
    "act",
    "answer",
    "enter",
    "import_cases",
    "link",
    "merge",
    "next_number",
    "note",
    "receive",
    "receive_each",
    "receive_many",
    "recompute",
    "register",
    "reveal",
    "take_back",
    "tick",
    "undo",
]
