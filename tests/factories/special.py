"""Special groups for tests, made by the real services."""

from datetime import date

from core.clock import at
from grids import services as ground_services
from grids.services import special_care as care
from grids.services.special import Agreed, Particulars
from tests.factories import grids
from tests.factories.accounts import member

NOW = at(date(2011, 11, 24), 9)
TODAY = NOW.date()
ADDRESS = "广东省四会市东城街道光明路18号3栋201室"


class Ground:
    """Two grids of one station with their managers; the first one pairs with a government grid."""

    def __init__(self):
        self.grid = grids.grid()
        self.other = grids.grid("SH-02", "南街二网格", places=("南街社区",))
        self.manager = grids.member("柳清源", staff_number="ZQ0101")
        self.second = grids.member("温如许", staff_number="ZQ0102")
        grids.manager(self.grid, self.manager)
        grids.manager(self.other, self.second)
        self.government = grids.government()
        ground_services.pair(
            self.grid,
            self.government,
            share=100,
            valid_from=grids.FIRST,
            by=None,
            now=grids.START,
        )
        self.officer = grids.officer()
        grids.manager(self.government, self.officer, post=grids.Post.OFFICER)
        self.lead = member(grids.ENTERPRISE, "company_lead")

    def household(self, *, by=None, now=NOW, grid=None, shared=False, scan=None, **who):
        person = {"name": "张水生", "address": ADDRESS, "phone": "13800001234"}
        return care.enter(
            kind="lonely",
            grid=grid or self.grid,
            person=Particulars(**{**person, **who}),
            agreed=Agreed("self", TODAY, "written", shared, scan),
            by=by,
            now=now,
        )
