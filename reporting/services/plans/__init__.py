"""Every write on ordered-use plans."""

from reporting.services.plans.checking import check, start_check
from reporting.services.plans.drafting import (
    change_row,
    collector_of,
    put_rows,
    remove_row,
    save_figures,
    save_quotas,
    start,
)
from reporting.services.plans.explaining import explain, explain_all
from reporting.services.plans.moving import (
    accept,
    approve,
    certify,
    file,
    receive,
    reopen,
    return_plan,
    revise,
)

__all__ = [
    "accept",
    "approve",
    "certify",
    "change_row",
    "check",
    "collector_of",
    "explain",
    "explain_all",
    "file",
    "put_rows",
    "receive",
    "remove_row",
    "reopen",
    "return_plan",
    "revise",
    "save_figures",
    "save_quotas",
    "start",
    "start_check",
]
