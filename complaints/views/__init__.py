"""Pages of cases."""

from complaints.views.acts import act, merge, note, reveal, undo
from complaints.views.board import board, several, step
from complaints.views.cases import case, case_list, export
from complaints.views.catalogue import add as add_term
from complaints.views.catalogue import end as end_term
from complaints.views.catalogue import procedure, procedures, terms
from complaints.views.files import attach
from complaints.views.files import withdraw as withdraw_file
from complaints.views.importing import import_file, import_template, imported
from complaints.views.intake import hints, new
from complaints.views.reruling import effect, follow
from complaints.views.supervision import export as supervision_export
from complaints.views.supervision import supervision
from complaints.views.visits import export as visits_export
from complaints.views.visits import share as visit_share
from complaints.views.visits import visit, visits
from complaints.views.workload import load

__all__ = [
    "act",
    "add_term",
    "attach",
    "board",
    "case",
    "case_list",
    "effect",
    "end_term",
    "export",
    "follow",
    "hints",
    "load",
    "import_file",
    "import_template",
    "imported",
    "merge",
    "new",
    "note",
    "procedure",
    "procedures",
    "reveal",
    "several",
    "step",
    "supervision",
    "supervision_export",
    "terms",
    "undo",
    "visit",
    "visit_share",
    "visits",
    "visits_export",
    "withdraw_file",
]
