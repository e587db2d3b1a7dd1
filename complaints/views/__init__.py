"""Pages of cases."""

from complaints.views.acts import act, merge, note, reveal, undo
from complaints.views.board import board, several, step
from complaints.views.cases import case, case_list, export
from complaints.views.files import attach
from complaints.views.files import withdraw as withdraw_file
from complaints.views.intake import hints, new

__all__ = [
    "act",
    "attach",
    "board",
    "case",
    "case_list",
    "export",
    "hints",
    "merge",
    "new",
    "note",
    "reveal",
    "several",
    "step",
    "undo",
    "withdraw_file",
]
