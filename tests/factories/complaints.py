"""Cases for tests, made by the real services."""

from datetime import datetime, timedelta
from itertools import count

from complaints import services
from complaints.models import Case
from core.clock import ZONE
from tests.factories.accounts import member, organisation
from tests.factories.memory import remembered

_numbers = count(1)


def at(text):
    """2018-03-05 09:00 as an instant in Asia/Shanghai."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def record(number=None, *, received_at, **fields):
    """A record as it is handed in, with what most tests do not care about."""
    defaults = {
        "channel": "phone",
        "nature": "complaint",
        "category": "supply_service",
        "organisation": "CSG-GD-ZQ",
        "complainant_name": "赵某某",
        "complainant_phone": "13800001234",
        "address": "肇庆市四会市贞山街道光明路8号",
        "account_no": "0301234567890",
        "content": "家中频繁停电，要求尽快处理。",
    }
    number = number or f"N{next(_numbers):04d}"
    return services.Record(number=number, received_at=received_at, **{**defaults, **fields})


@remembered
def regulator_officer(office="SERC-NF"):
    return member(office, "regulator_officer")


@remembered
def regulator_lead(office="SERC-NF"):
    return member(office, "regulator_lead")


@remembered
def handler(company="CSG-GD-ZQ"):
    return member(company, "company_filer")


@remembered
def company_lead(company="CSG-GD-ZQ"):
    return member(company, "company_lead")


def received(*, source="12398", owner="SERC-NF", by=None, received_at, now=None, **fields):
    """A case as it stands after the receipt (by machine unless a person is named)."""
    case, _new = services.receive(
        record(received_at=received_at, **fields),
        source=source,
        owner=organisation(owner),
        by=by,
        now=now or received_at,
    )
    return Case.objects.get(pk=case.pk)


def played(case, *steps, start, step=timedelta(minutes=1)):
    """Do several acts one after another: (act, person, answers)."""
    now = start
    for what, person, answers in steps:
        case = services.act(case, what, by=person, now=now, **answers)
        now += step
    return Case.objects.get(pk=case.pk)
