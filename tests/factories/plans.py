"""Ordered-use plans for tests, drawn up by the real services."""

from accounts.models import Organisation
from reporting.services import plans
from tests.factories.accounts import member

# One row of a plan in which nothing is wrong.
ROW = {
    "region": "四会市",
    "supply_unit": "四会供电局",
    "substation": "110kV贞山站",
    "line_name": "10kV城东线",
    "line_code": "F01",
    "transformer": "城东1号变",
    "user_no": "0312000001",
    "user_name": "四会某水泥厂",
    "industry": "水泥制造",
    "user_class": "一般",
    "protected": "",
    "capacity_kva": 1250,
    "max_load_kw": 1000,
    "security_load_kw": 200,
    "reducible_kw": 600,
    "grade": "Ⅳ",
    "measure": "错峰",
    "time_from": "09:00",
    "time_to": "12:00",
    "rest_day": "",
    "control_means": "负控终端",
    "mixed_line": False,
    "separable": False,
    "cutoff_device": False,
    "contact": "赵某",
    "phone": "13800001234",
}


def begun(code="CSG-GD-ZQ", *, year=2011, now, **more):
    """A plan that a unit has begun to draw up."""
    return plans.start(
        organisation=Organisation.objects.get(code=code),
        year=year,
        by=member(code, "company_filer"),
        now=now,
        **more,
    )
