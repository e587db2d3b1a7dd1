"""From figures to an issued document: build, edit, submit, approve, number and issue, correct.

Source: campaign plan 四, 五(一)5 (S1-4.2j, S1-5.1.5).
"""

from reporting.services.reports.building import (
    JOB,
    build,
    build_refusal,
    mark_failed,
    phase_refusal,
    retry,
    run_build,
    template_for,
    title_of,
)
from reporting.services.reports.common import heads_of
from reporting.services.reports.deciding import approve, recall, send_back, submit_for_approval
from reporting.services.reports.editing import edit_version
from reporting.services.reports.issuing import correct, issue, publish

__all__ = [
    "JOB",
    "approve",
    "build",
    "build_refusal",
    "correct",
    "edit_version",
    "heads_of",
    "issue",
    "mark_failed",
    "phase_refusal",
    "publish",
    "recall",
    "retry",
    "run_build",
    "send_back",
    "submit_for_approval",
    "template_for",
    "title_of",
]
