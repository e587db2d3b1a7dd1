"""Business passed on by a government grid, for tests, by the real services."""

from datetime import datetime
from decimal import Decimal

from accounts.models import User
from core import clock
from grids.models import BusinessRequest
from grids.services import business
from grids.services.business import Asked
from tests.factories.accounts import member, organisation

GRID, UNIT = "GOV-441284", "CSG-GD-ZQ-SH"


def at(text):
    """11-24 09:00 of 2011 as an instant in Asia/Shanghai."""
    return datetime.strptime(f"2011-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=clock.ZONE)


NOW = at("11-24 09:30")


def standing(username, where, role):
    """The one person of a post: made when first asked for."""
    found = User.objects.filter(username=username).first()
    return found or member(where, role, username=username)


def officer():
    return standing("dongcheng-officer", GRID, "grid_officer")


def lead():
    return standing("sihui-lead", UNIT, "company_lead")


def filer():
    return standing("sihui-filer", UNIT, "company_filer")


def asked(kind="resident_new", **said):
    given = {
        "customer_name": "岑水清",
        "customer_phone": "13800001234",
        "address": "广东省四会市东城街道光明路18号",
        "materials": ("form", "identity"),
    }
    return Asked(type_code=kind, **{**given, **said})


def passed(kind="resident_new", *, now=NOW, to=UNIT, **said):
    """A request that the officer of Dongcheng passed on to the enterprise of Sihui."""
    made = business.pass_on(
        asked(kind, **said),
        source=organisation(GRID),
        organisation=organisation(to),
        by=officer(),
        now=now,
    )
    return BusinessRequest.objects.get(pk=made.pk)


def ended(kind="resident_new", *, begun, taken, steps, finished, fee=Decimal(0), **said):
    """A request taken, led through its steps at these times and finished."""
    from grids.services import business_steps

    request = passed(kind, now=at(begun), **said)
    business.take(request, by=lead(), now=at(taken))
    for code, moment in steps:
        step = request.steps.get(code=code)
        if step.joint:
            for by in (lead(), officer()):
                business_steps.sign(request, seen=code, by=by, now=at(moment))
        else:
            business_steps.complete_step(request, seen=code, by=lead(), now=at(moment))
    business.finish(request, result="已通电", fee=fee, by=lead(), now=at(finished))
    return BusinessRequest.objects.get(pk=request.pk)
