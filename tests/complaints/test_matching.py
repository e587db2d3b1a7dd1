"""Names, addresses and numbers as people write them; and pairs that a person judged by hand."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from complaints.matching import plain
from complaints.matching.alike import one_slip
from complaints.matching.rules import Rules, check
from complaints.matching.scoring import Facts, compare
from complaints.matching.sounds import sounded
from core import catalogue_files
from tests.factories.complaints import at

MONDAY = at("2018-03-05 09:00")
DATA = catalogue_files.read(Path("complaints/catalogue/linkage.yaml"))[0]["definition"]
RULES = Rules.of(DATA)


@pytest.mark.parametrize(
    ("one", "other"),
    [("张敏", "章闽"), ("程光明", "成广铭"), ("幸福花园", "杏富花园"), ("罗湖村", "罗胡村")],
)
def test_what_is_heard_alike_counts_as_one(one, other):
    assert sounded(one) == sounded(other)


@pytest.mark.parametrize(("one", "other"), [("张敏", "李敏"), ("光明路", "黑暗路"), ("王", "黄")])
def test_what_is_heard_otherwise_does_not(one, other):
    assert sounded(one) != sounded(other)


@pytest.mark.parametrize(
    ("text", "value"),
    [("三", 3), ("十", 10), ("十二", 12), ("三十二", 32), ("一百零五", 105), ("一〇二", 102)],
)
def test_chinese_numbers(text, value):
    assert plain.chinese_number(text) == value


def address(text):
    found = plain.Address.of(text)
    return found.words, found.numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("肇庆市四会市贞山街道光明路8号3栋201室", "光明路８号三幢201房"),
        ("四会市兴民路二十一号", "广东省肇庆市四会市东城街道兴民路21号"),
        ("幸福花园3号楼2单元501", "四会市幸福花园三栋二单元501室"),
        ("大沙镇大塘村三组12号", "大塘村3组12号"),
        ("光明路8号幸福花园3栋201室", "光明路8号幸福小区3幢201房"),
        ("四会市，大沙镇，大塘村委会12号", "大塘12号"),
        ("大滘镇塱下村5号", "大窖镇朗下村5号"),
    ],
)
def test_one_place_written_in_two_ways(one, other):
    assert address(one) == address(other)


def test_numbers_in_names_of_places_stay_names():
    assert address("三元里大道5号") == (sounded("三元里大道"), ("5",))
    assert address("四会市城市花园2栋")[1] == ("2",)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # The estate first or the street first; the whole address or a part of it.
        ("光明路8号幸福花园3栋201室", "幸福花园3栋201室（四会市光明路8号）", "address.same"),
        ("光明路8号幸福花园3栋201室", "光明路幸福小区3栋201", "address.partly"),
        ("光明路8号幸福花园201室", "光明路幸福花园3栋201室", "address.partly"),
        # Another number of the same thing is another door, whatever else is equal.
        ("光明路8号幸福花园3栋201室", "光明路8号幸福花园3栋202室", "address.neighbour"),
        ("光明路8号幸福花园3栋201室", "光明路3号幸福花园8栋201室", "address.neighbour"),
        ("大塘村12号", "大塘村13号", "address.neighbour"),
        ("大塘村", "大塘村13号", "address.street"),
    ],
)
def test_numbers_name_a_door_in_any_order(one, other, expected):
    a, b = (replace(COMPLAINT, address=plain.Address.of(text)) for text in (one, other))
    assert expected in compare(a, b, RULES).evidence


def test_what_people_add_to_the_name_of_a_line_or_leave_out():
    assert plain.place_name("10kV城东3号线") == plain.place_name("10KV 城东三号线路")
    assert plain.place_name("大塘2号公变台区") == plain.place_name("大塘二号公变")
    assert plain.place_name("大塘2号公变") != plain.place_name("大塘3号公变")


def test_one_slip_of_the_finger():
    assert one_slip("13800001234", "13800001235")
    assert one_slip("13800001234", "1380001234")
    assert one_slip("13800001234", "13800002134")
    assert not one_slip("13800001234", "13800001234")
    assert not one_slip("13800001234", "13900001235")


def test_names_with_a_title_and_numbers_of_other_cases():
    assert plain.Name.of("李女士") == plain.Name("李", surname_only=True)
    assert plain.Name.of(" 李 秀英 ") == plain.Name("李秀英")
    assert plain.codes("已报95598，工单号gd20180305-0007至今无人") == {"GD20180305-0007"}
    assert plain.digits("+86 138-0000-1234") == plain.digits("13800001234")


# --- Pairs judged by hand ------------------------------------------------------------------------

COMPLAINT = Facts(
    pk=1,
    number="N1",
    source="12398",
    received_at=MONDAY,
    account="301234567890",
    phone="13800001234",
    name=plain.Name.of("赵建国"),
    address=plain.Address.of("四会市贞山街道光明路8号3栋201室"),
    unit="0001",
    filed=frozenset({"outage"}),
    words=frozenset({"频繁", "停电", "电要", "要求"}),
)
# The order that 95598 took two days before.
ORDER = replace(
    COMPLAINT,
    pk=2,
    number="D1",
    source="95598",
    received_at=MONDAY - timedelta(days=2),
    unit="00010002",
    words=frozenset({"昨晚", "停电", "没来"}),
)


def judged(**changes):
    score = compare(COMPLAINT, replace(ORDER, **changes), RULES)
    return "certain" if score.certain else "proposed" if score.proposed else "nothing"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "certain"),
        # The 95598 side knows account or telephone only, or heard the name wrongly.
        ({"account": ""}, "certain"),
        ({"phone": "", "name": plain.Name.of("")}, "certain"),
        ({"account": "301234567809", "name": plain.Name.of("章建国")}, "certain"),
        # By name and door alone: likely, not certain.
        ({"account": "", "phone": ""}, "proposed"),
        ({"account": "", "phone": "", "name": plain.Name.of("照建锅")}, "proposed"),
        # Somebody else of the household calls from the same door.
        ({"account": "", "phone": "13955556666", "name": plain.Name.of("孙丽")}, "proposed"),
        # The door next to it, whose account is the next one; and the same with the name alone.
        (
            {
                "account": "301234567891",
                "phone": "13955556666",
                "name": plain.Name.of("赵秀兰"),
                "address": plain.Address.of("光明路8号3栋202室"),
            },
            "nothing",
        ),
        (
            {"account": "", "phone": "", "address": plain.Address.of("光明路8号3栋202室")},
            "nothing",
        ),
        # The same door said the other way round, without the number of the street.
        (
            {"phone": "", "address": plain.Address.of("3栋201室（光明路）")},
            "certain",
        ),
        # The neighbour in the same outage.
        (
            {
                "account": "301234567891",
                "phone": "13955556666",
                "name": plain.Name.of("孙丽"),
                "address": plain.Address.of("光明路8号3栋202室"),
            },
            "nothing",
        ),
        # The same person with another matter, and with the same one long ago.
        ({"filed": frozenset({"billing"})}, "nothing"),
        ({"received_at": MONDAY - timedelta(days=40)}, "proposed"),
        # A namesake in another street; the same account at a company that is not concerned.
        (
            {"account": "", "phone": "", "address": plain.Address.of("兴民路90号")},
            "nothing",
        ),
        ({"unit": "0009"}, "proposed"),
        # One side names the other's number: whatever else was written down.
        (
            {"cites": frozenset({"N1"}), "account": "", "phone": "", "filed": frozenset()},
            "certain",
        ),
    ],
)
def test_pairs_judged_by_hand(changes, expected):
    assert judged(**changes) == expected


def test_a_filing_that_the_texts_contradict_says_nothing():
    wrongly = {"filed": frozenset({"billing"}), "told": frozenset({"outage"})}
    score = compare(COMPLAINT, replace(ORDER, **wrongly), RULES)
    assert not {"matter.same", "matter.other"} & score.evidence.keys()


def test_a_wide_category_says_nothing_where_the_texts_tell_of_different_things():
    wide = {"filed": frozenset({"billing", "metering"})}
    bill = replace(COMPLAINT, **wide, told=frozenset({"billing"}))
    meter = replace(ORDER, **wide, told=frozenset({"metering"}))
    assert not {"matter.same", "matter.other"} & compare(bill, meter, RULES).evidence.keys()
    assert "matter.same" in compare(bill, replace(meter, told=frozenset()), RULES).evidence


def test_rules_are_checked_whole():
    assert list(check(DATA)) == []
    assert list(check({**DATA, "propose": {"who": 1, "what": "x"}}))
    assert list(check({**DATA, "weights": {}}))
    assert list(check({**DATA, "certain_alone": ["name.loud"]}))
    assert list(check({**DATA, "repeat": {**DATA["repeat"], "steps": [{"times": 3, "to": ["x"]}]}}))
    assert list(check({key: value for key, value in DATA.items() if key != "matters"}))
