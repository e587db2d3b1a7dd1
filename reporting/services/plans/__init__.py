"""Every write on ordered-use plans."""

from reporting.services.plans.drafting import (
    change_row,
    collector_of,
    put_rows,
    save_figures,
    save_quotas,
    start,
)

__all__ = ["change_row", "collector_of", "put_rows", "save_figures", "save_quotas", "start"]
