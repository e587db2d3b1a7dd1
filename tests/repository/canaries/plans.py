"""Secrets of ordered-use plans: a draft with its rows, an upload, and what was filed."""

from datetime import date

from core.clock import at
from reporting.models import OrderedUsePlan, PlanImport, PlanRow
from reporting.services import plans
from tests.factories import accounts
from tests.factories.plans import ROW, filed
from tests.repository.sweep import Secret

NOW = at(date(2011, 5, 11), 10)
PAGES = ("plan", "plan_figures", "plan_quotas", "plan_changes", "plan_rows", "plan_row")
PAGES += ("plan_row_remove", "plan_row_reveal", "plan_template", "plan_import", "plan_check")
PAGES += ("plan_explain", "plan_explain_all", "plan_certify", "plan_reopen", "plan_approve")
PAGES += ("plan_file", "plan_receive", "plan_return", "plan_accept", "plan_revise")
OPENS = tuple(f"reporting:{page}" for page in PAGES)


def plant(world):
    filer = world.person("CSG-GD", "company_filer").user
    return [*of_draft(world, filer), of_filed(world)]


def reader(*homes):
    return lambda person: person.home in homes and person.may("filing.view")


def of_draft(world, by):
    """A draft is the company's own; what came of a workbook is for whoever handed it in."""
    name, file = world.text(), world.text()
    plan = plans.start(organisation=accounts.organisation("CSG-GD"), year=2011, by=by, now=NOW)
    plans.put_rows(plan=plan, rows=[ROW | {"user_name": name}], by=by, now=NOW)
    made = PlanImport.objects.create(plan=plan, name=file, by=by, at=NOW, state="faulty")
    return [
        Secret(
            "a draft plan of Guangdong",
            name,
            reader("CSG-GD"),
            app="reporting",
            keys={"pk": plan.pk, "line": 1},
            opens=OPENS,
        ),
        Secret(
            "a workbook of a plan",
            file,
            lambda person: person.user == by,
            app="reporting",
            keys={"pk": made.pk},
            opens=("reporting:plan_imported",),
        ),
    ]


def of_filed(world):
    """What Zhaoqing filed with the province is read there and by the regulators above."""
    name = world.text()
    plan = filed(now=NOW)
    assert plan == OrderedUsePlan.objects.get(pk=plan.pk)
    PlanRow.objects.filter(plan=plan, line=1).update(user_name=name)
    return Secret(
        "a plan that Zhaoqing filed",
        name,
        reader("CSG-GD", "CSG-GD-ZQ", "SERC-NF", "NEA-ROOT", "CSG"),
        app="reporting",
        keys={"pk": plan.pk, "line": 1},
        opens=OPENS,
    )
