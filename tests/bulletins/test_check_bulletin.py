"""The command that reads a published bulletin and says what is wrong in it."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.bulletins import published
from tests.bulletins.test_published import built


def check(*arguments):
    out = io.StringIO()
    call_command("check_bulletin", *map(str, arguments), stdout=out)
    return out.getvalue()


def stored(name):
    return published.FOLDER / f"{name}.json"


@pytest.fixture
def july(tmp_path):
    """July 2024 as the portal builds it from cases that meet its counts."""
    file = tmp_path / "built.json"
    file.write_text(json.dumps(built("nea-2024-07")[1], ensure_ascii=False), encoding="utf-8")
    return file


def test_a_bulletin_without_mistakes_is_said_to_be_right():
    assert check(stored("henan-2022")).splitlines() == ["公布的数字前后一致。"]


def test_every_mistake_stands_on_its_line_with_what_is_right():
    assert check(stored("nea-2024-07")).splitlines() == [
        "公布的数字有3处自相矛盾：",
        "- target.供电企业：1167／1222＝95.50%，印为95.49%。（按分项之和计）",
        "- target.供电企业.南方电网公司：132／1222＝10.80%，印为10.79%。",
        "- 总数的同比与各分项的变化不符：分项基数之和为1310至1310件。",
    ]


def test_a_balanced_share_is_told_from_a_slip():
    said = check(stored("nea-2022-02"))
    assert "nature.咨询：6832／8366＝81.66%，印为81.67%。（余数计入最大一项）" in said


def test_the_built_bulletin_beside_the_published_one_names_the_same_figures(july):
    found = json.loads(check(stored("nea-2024-07"), "--built", july, "--json"))
    assert [(d["path"], d["published"], d["recomputed"]) for d in found["differences"]] == [
        ("total.yoy.pct", "6.87", "6.72"),
        ("target.供电企业.share_pct", "95.49", "95.50"),
        ("target.供电企业.南方电网公司.share_pct", "10.79", "10.80"),
    ]
    named = {(c["kind"], c["path"], c["recomputed"]) for c in found["conflicts"]}
    assert ("change", "total.yoy", "6.72") in named
    assert check(july).splitlines() == ["公布的数字前后一致。"]


def test_a_cell_and_a_place_that_differ_are_named(july, tmp_path):
    mine = json.loads(july.read_text(encoding="utf-8"))
    mine["rankings"][0]["order"][:2] = ["黑龙江", "四川"]
    july.write_text(json.dumps(mine, ensure_ascii=False), encoding="utf-8")
    said = check(stored("nea-2024-07"), "--built", july)
    assert (
        "rankings.接收投诉举报：公布为四川、黑龙江、河南、辽宁、安徽，按诉求计算为黑龙江、四川"
        in said
    )
    mine = built("serc-2012-07")[1]
    mine["tables"][0]["rows"][1]["values"][0] = 2
    file = tmp_path / "july-2012.json"
    file.write_text(json.dumps(mine, ensure_ascii=False), encoding="utf-8")
    said = check(stored("serc-2012-07"), "--built", file)
    assert "tables.表一.传真.投诉：公布为1，按诉求计算为2。" in said


def test_what_is_no_bulletin_is_refused_with_the_reason(tmp_path):
    broken = tmp_path / "x.json"
    for content, reason in (
        ("{", "不是 JSON 文件"),
        ("[1]", "里没有通报"),
        ('{"stated": [{"count": 1}]}', "缺少或写错"),
    ):
        broken.write_text(content, encoding="utf-8")
        with pytest.raises(CommandError, match=reason):
            check(broken)
    with pytest.raises(CommandError, match="不能读取"):
        check(tmp_path / "none.json")
