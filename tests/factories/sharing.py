"""Agreements, archives and jobs for tests, by the real services."""

from datetime import date

from core import clock
from grids.services import archives
from grids.services import sharing as services
from grids.services.sharing import Terms
from grids.sharing.moves import AgreementMove
from tests.factories.accounts import organisation
from tests.factories.business import filer, lead
from tests.factories.grids import DEPARTMENT, ENTERPRISE

FIELDS = ("account_no", "name", "phone")


def terms(**said):
    given = {
        "company": organisation(ENTERPRISE),
        "government": organisation(DEPARTMENT),
        "direction": "both",
        "fields": FIELDS,
        "purpose": "网格服务对象档案核对",
        "starts_on": date(2011, 11, 1),
        "ends_on": date(2012, 10, 31),
    }
    return Terms(**{**given, **said})


def agreement(*, approved=True, drafter=None, approver=None, **said):
    """An agreement of the enterprise of Sihui with the grid office, approved by its lead."""
    made = services.propose(terms(**said), by=drafter or filer(), now=clock.now())
    if approved:
        given = {"move": AgreementMove.APPROVE, "by": approver or lead(), "now": clock.now()}
        made = services.decide(made, **given)
    return made


def archive(number, account="", *, enterprise=ENTERPRISE, checked_on=date(2011, 11, 1), **said):
    values = {"account_no": account, **said}
    given = {"checked_on": checked_on, "by": None, "now": clock.now()}
    return archives.enter(organisation(enterprise), number, values, **given)


def job(made, *, direction="in", by=None, title="档案核对", pairs=(), **more):
    pairs = pairs or (
        *(("序号", "number"), ("采集日期", "as_of"), ("电表户号", "account_no")),
        *(("户主", "name"), ("手机", "phone")),
    )
    given = {"title": title, "direction": direction, "pairs": pairs, "by": by or filer()}
    return services.set_up(made, **given, **more, now=clock.now())
