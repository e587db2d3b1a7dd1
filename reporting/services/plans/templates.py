"""The official table of a plan, filled in with what stands in it or with last year's rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from core import watermark
from core.sheets import long_template
from reporting.models import OrderedUsePlan, PlanRow
from reporting.plans import reading
from reporting.services.plans.drafting import ROW_FIELDS, rules_of

if TYPE_CHECKING:
    from accounts.models import User

SEALED = ("contact", "phone")


def last_year(plan: OrderedUsePlan) -> OrderedUsePlan | None:
    """The plan of the same area that was in force the year before; else the last one before."""
    before = OrderedUsePlan.objects.in_force().filter(region=plan.region, year__lt=plan.year)
    return before.order_by("-year").first()


def source_of(plan: OrderedUsePlan) -> OrderedUsePlan | None:
    """Whose rows the template is filled in with: its own, or those of last year's plan."""
    return plan if plan.row_count else last_year(plan)


def rows_for(plan: OrderedUsePlan, *, contacts: bool = False) -> Iterator[dict[str, Any]]:
    """Those rows in order, with or without whom to call. Grades that today's rules do not know
    are left empty."""
    source = source_of(plan)
    if source is None:
        return
    known = rules_of(plan).by_grade
    fields = [name for name in ROW_FIELDS if contacts or name not in SEALED]
    rows = PlanRow.objects.filter(plan=source).order_by("line").values(*fields)
    for row in rows.iterator(chunk_size=2000):
        if row["grade"] not in known:
            row["grade"] = ""
        yield row


def write_template(
    plan: OrderedUsePlan,
    target: IO[bytes],
    *,
    now: datetime,
    contacts: bool = False,
    taken_by: User | None = None,
) -> None:
    """Write the workbook into a file opened for writing; may hold 100,000 rows.

    ``contacts``: with whom to call, for a stated purpose; ``taken_by`` stands on every page then.
    """
    mark = watermark.of(taken_by, now=now) if taken_by is not None else ""
    form, rows = reading.form_of(rules_of(plan)), rows_for(plan, contacts=contacts)
    long_template.write(form, rows, target, mark=mark, now=now)
