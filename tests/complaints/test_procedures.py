"""Which procedure a case follows, and that faulty ones are refused."""

from copy import deepcopy
from datetime import date, timedelta

import pytest

from accounts.models import Organisation
from complaints import catalogue, procedure_definition
from complaints.models import Procedure, Term
from complaints.procedure_definition import ProcedureRefused, check, digest, parse
from complaints.procedures import Book, choose
from core import clock
from core.errors import Refused
from core.models import AuditEvent
from tests.factories.accounts import organisation, unit

pytestmark = pytest.mark.django_db

# source, nature, organisation, day → procedure and version
CHOICES = [
    ("12398", "complaint", "CSG-GD-ZQ", date(2012, 10, 8), "12398-2011", 1),
    ("12398", "report", None, date(2016, 12, 31), "12398-2011", 1),
    ("12398", "complaint", "CSG-GD-ZQ", date(2017, 1, 1), "12398-2017", 1),
    ("letter", "report", None, date(2024, 12, 31), "12398-2017", 1),
    ("12398", "complaint", None, date(2025, 1, 1), "12398-2025", 1),
    ("12398", "report", None, date(2025, 1, 1), "12398-2025-report", 1),
    ("12398", "appeal", None, date(2025, 6, 1), "12398-2025-appeal", 1),
    ("12398", "enquiry", None, date(2012, 10, 8), "12398-answer", 1),
    ("web", "praise", None, date(2025, 10, 8), "12398-answer", 1),
    ("95598", "complaint", "CSG-GD-ZQ", date(2012, 10, 8), "95598-csg-complaint", 1),
    ("95598", "fault", "CSG-GD-ZQ-SH-01", date(2012, 10, 8), "95598-csg-fault", 1),
    ("95598", "praise", "CSG-GD", date(2012, 10, 8), "95598-csg-suggestion", 1),
    ("95598", "service_request", "CSG-GD", date(2023, 10, 8), "95598-csg-service", 1),
    ("95598", "fault", "GXSL-DB", date(2012, 10, 8), "95598-fault", 1),
    ("95598", "complaint", "GXSL", date(2012, 10, 8), "95598-order", 1),
    ("12345", "complaint", "CSG-GD", date(2021, 10, 8), "12345-order", 1),
    ("grid", "help", "CSG-GD", date(2023, 10, 8), "grid-order", 1),
]


@pytest.mark.parametrize(("source", "nature", "code", "day", "expected", "version"), CHOICES)
def test_the_procedure_follows_from_source_nature_place_and_day(
    catalogues, source, nature, code, day, expected, version
):
    place = organisation(code) if code else None
    found = choose(source, nature, place, on=day)
    assert (found.code, found.version) == (expected, version)


@pytest.mark.parametrize(
    ("nature", "day", "expected"),
    [
        ("complaint", date(2021, 12, 31), ("95598-sgcc-complaint", 1)),
        ("complaint", date(2022, 1, 1), ("95598-sgcc-complaint", 2)),
        ("fault", date(2021, 12, 31), ("95598-sgcc-fault", 1)),
        ("fault", date(2022, 1, 1), ("95598-sgcc-fault", 2)),
        ("query", date(2022, 1, 1), ("95598-sgcc-enquiry", 1)),
        ("opinion", date(2022, 1, 1), ("95598-sgcc-suggestion", 1)),
        ("service_request", date(2022, 1, 1), ("95598-sgcc-service", 1)),
        ("report", date(2022, 1, 1), ("95598-sgcc-report", 1)),
    ],
)
def test_state_grid_units_follow_the_rules_of_state_grid(catalogues, nature, day, expected):
    group = Organisation.objects.get(code="SGCC")
    below = unit("某供电公司", parent=group, kind="county_enterprise")
    found = choose("95598", nature, below, on=day)
    assert (found.code, found.version) == expected


def test_before_the_hotline_there_was_no_procedure(catalogues):
    with pytest.raises(Refused, match="没有适用"):
        choose("12398", "complaint", None, on=date(2006, 3, 31))


def test_every_nature_of_every_source_has_a_procedure_on_every_day(catalogues):
    book, day = Book(), date(2006, 4, 1)
    places = [organisation("CSG-GD"), organisation("GXSL"), None]
    days = [day, date(2012, 6, 1), date(2017, 1, 1), date(2022, 1, 1), date(2026, 1, 1)]
    for on in days:
        for nature in Term.objects.of("nature").on(on):
            for source in nature.sources or ("12398", "95598", "12345", "grid", "letter", "web"):
                for place in places:
                    assert book.choose(source, nature.code, place, on=on)


def test_a_narrower_scope_wins(catalogues):
    general = Procedure.objects.get(code="95598-csg-complaint")
    own = Procedure.objects.create(
        code="95598-zq",
        name="肇庆",
        name_en="Zhaoqing",
        basis="本局规定",
        sources=["95598"],
        scope="CSG-GD-ZQ",
        valid_from=date(2010, 1, 1),
        definition=general.definition,
        digest=general.digest,
    )
    assert choose("95598", "complaint", organisation("CSG-GD-ZQ-SH"), on=date(2012, 1, 1)) == own
    elsewhere = choose("95598", "complaint", organisation("CSG-GD-GZ"), on=date(2012, 1, 1))
    assert elsewhere == general


def test_loading_again_changes_nothing_and_a_changed_version_is_refused(catalogues):
    before = (Term.objects.count(), Procedure.objects.count())
    now = clock.at(date(2026, 1, 1))
    catalogue.load(now=now)
    assert (Term.objects.count(), Procedure.objects.count()) == before
    Procedure.objects.filter(code="12398-2017").update(digest="x")
    with pytest.raises(ProcedureRefused, match="12398-2017/1: stored with other content"):
        catalogue.load(now=now)


def test_an_act_that_may_be_done_in_more_states_reaches_cases_that_exist(catalogues):
    """As after an update: the version before knew no way out of a state."""
    now = clock.at(date(2026, 1, 1))
    stored = Procedure.objects.get(code="12398-2025")
    narrow = deepcopy(stored.definition)
    narrow["moves"]["urge"]["from"] = ["dispatched"]
    Procedure.objects.filter(pk=stored.pk).update(definition=narrow, digest=digest(narrow))
    catalogue.load(now=now)
    loaded = Procedure.objects.get(pk=stored.pk)
    assert (loaded.definition, loaded.digest) == (stored.definition, stored.digest)
    assert AuditEvent.objects.get(kind="procedure.widen").details["version"] == 1
    narrow["moves"]["urge"] = {**stored.definition["moves"]["urge"], "needs": "case.handle"}
    Procedure.objects.filter(pk=stored.pk).update(definition=narrow, digest=digest(narrow))
    with pytest.raises(ProcedureRefused, match="12398-2025/1: stored with other content"):
        catalogue.load(now=now)


def test_labels_follow_the_era(catalogues):
    def label(kind, code, day):
        return Term.objects.labels(kind, on=day)[code]

    assert label("channel", "phone", date(2024, 12, 31)) == "12398电话"
    assert label("channel", "phone", date(2025, 1, 1)) == "电话"
    assert label("category", "other", date(2012, 10, 1)) == "其它"
    assert label("category", "other", date(2016, 10, 1)) == "其他"
    of_2019 = Term.objects.labels("category", on=date(2019, 1, 1)).values()
    nine = (
        "规划和政策 审批事项取消和下放 项目建设 电力交易 电力安全 市场准入 供电服务 成本价格和收费"
    )
    assert set([*nine.split(), "其他"]) <= set(of_2019)


def test_no_two_terms_of_a_code_are_in_force_together(catalogues):
    terms = list(Term.objects.order_by("kind", "code", "valid_from"))
    for one, after in zip(terms, terms[1:], strict=False):
        if (one.kind, one.code) == (after.kind, after.code):
            assert one.valid_until is not None
            assert one.valid_until + timedelta(days=1) == after.valid_from


def broken(**changes):
    """The definition of 2017 with something in it changed."""
    data = next(d for d in procedure_definition.files() if d["code"] == "12398-2017")
    definition = deepcopy(data["definition"])
    for path, value in changes.items():
        place, *rest = path.split("__")
        target = definition[place]
        for key in rest[:-1]:
            target = target[int(key) if isinstance(target, list) else key]
        if value is None:
            del target[rest[-1]]
        else:
            target[rest[-1]] = value
    return definition


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"moves__accept__to": "nowhere"}, "unknown state nowhere"),
        ({"moves__accept__side": "nobody"}, "unknown side"),
        ({"moves__accept__needs": "case.everything"}, "unknown permission"),
        ({"moves__dance": {"from": ["registered"], "to": "accepted"}}, "unknown act dance"),
        ({"moves__urge__to": "closed"}, "must keep the state"),
        ({"moves__take": None, "moves__withdraw__from": ["registered"]}, "never reached"),
        ({"clocks__0__stops_on": []}, "never stops"),
        ({"clocks__0__starts_on": ["dance"]}, "unknown act dance"),
        ({"clocks__0__allowance": {"value": -1, "unit": "hours"}}, "时限不能为负数"),
        ({"clocks__0__allowance": {"value": 1, "unit": "moons"}}, "时限单位不正确"),
        ({"moves__extend": None}, "no act that extends"),
        ({"ladder__0__to": "the king"}, "unknown clock or audience"),
    ],
)
def test_a_faulty_procedure_is_refused(changes, problem):
    data = dict(changes)
    if "moves__dance" in data:
        data["moves__dance"] |= {"side": "owner", "needs": "case.decide"}
    with pytest.raises(ProcedureRefused, match=problem):
        parse(broken(**data))


def test_a_state_without_a_way_to_an_end_is_refused():
    dead_end = {
        "start": "registered",
        "accepted": False,
        "moves": {
            "accept": {"from": ["registered"], "to": "accepted", "side": "owner"},
            "close": {"from": ["registered"], "to": "closed", "side": "owner"},
        },
        "clocks": [],
        "ladder": [],
    }
    for move in dead_end["moves"].values():
        move["needs"] = "case.decide"
    assert list(check(dead_end)) == ["from state accepted no end is reached"]


def test_scope_is_a_code_of_an_organisation(catalogues):
    scopes = set(Procedure.objects.exclude(scope="").values_list("scope", flat=True))
    known = set(Organisation.objects.values_list("code", flat=True))
    assert "SGCC" in scopes
    assert scopes <= known
