"""Importing files of cases: three formats, every error at once, all or nothing."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from complaints import imports, services
from complaints.models import Case
from core import audit
from core.errors import Refused
from tests.complaints import files
from tests.complaints.files import COLUMNS, row
from tests.factories.accounts import organisation
from tests.factories.complaints import at, handler, regulator_officer

pytestmark = pytest.mark.django_db
NOW = at("2018-06-01 09:00")


def imported(upload, *, source="12398", owner="SERC-NF", by=None, now=NOW, **options):
    return services.import_cases(
        upload,
        name=upload.name,
        source=source,
        owner=organisation(owner),
        by=by,
        now=now,
        **options,
    )


def told(outcome):
    return [(one.row, one.column, one.cell, one.rule) for one in outcome.listed()]


FULL = row(
    "20180305000123",
    来源="12398热线",
    被反映对象="南方电网公司",
    地区="441200",
    诉求人="赵某某",
    联系电话="13800001234",
    匿名="否",
    要求保密="是",
    用电地址="肇庆市四会市贞山街道光明路8号",
    户号="0301234567890123",
    线路="10kV城东线",
    台区="光明路2台区",
    城乡类别="城市",
    诉求内容="家中频繁停电，电话13800001234",
    是否受理="是",
    状态="办结",
    办结时间="2018-03-20 16:30",
    办理结论="部分属实",
    满意度="基本满意",
    关联编号="95598-1",
)


@pytest.mark.parametrize("write", [files.xlsx, files.text, files.lines])
def test_every_column_arrives_from_every_format(catalogues, write):
    outcome = imported(write([FULL, row("2")]))
    assert (told(outcome), outcome.rows, outcome.created) == ([], 2, 2)
    case = Case.objects.get(number="20180305000123")
    assert case.received_at == at("2018-03-05 09:00")
    assert (case.channel, case.nature, case.industry, case.category, case.target) == (
        "phone",
        "complaint",
        "power",
        "supply_service",
        "csg",
    )
    assert (case.organisation.code, case.region_id, case.owner.code) == (
        "CSG-GD-ZQ",
        "441200",
        "SERC-NF",
    )
    assert (case.complainant_name, case.complainant_phone) == ("赵某某", "13800001234")
    assert (case.address, case.account_no) == ("肇庆市四会市贞山街道光明路8号", "0301234567890123")
    assert (case.anonymous, case.confidential, case.accepted) == (False, True, True)
    assert (case.feeder, case.transformer_area, case.area_type) == (
        "10kV城东线",
        "光明路2台区",
        "urban",
    )
    assert (case.state, case.outcome, case.satisfaction) == ("closed", "partly", "fairly")
    assert case.closed_at == at("2018-03-20 16:30")
    assert case.linked_number == "95598-1"
    assert case.content_full == "家中频繁停电，电话13800001234"
    assert not case.clocks.exists()
    other = Case.objects.get(number="2")
    assert (other.state, other.accepted, other.clocks.count()) == ("registered", None, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_files_of_every_encoding_are_read(catalogues, encoding):
    outcome = imported(files.text([row("1", 诉求内容="㐂村停电")], encoding=encoding))
    assert outcome.created == 1
    assert Case.objects.get().content == "㐂村停电"


def test_the_order_of_columns_is_free_and_optional_ones_may_be_left_out(catalogues):
    columns = ["行业", "诉求性质", "编号", "反映渠道", "受理时间"]
    assert imported(files.xlsx([row("1")], columns=columns)).created == 1


def test_an_unknown_column_is_an_error_that_names_the_nearest(catalogues):
    outcome = imported(files.xlsx([{**row("1"), "反应渠道": "x"}], columns=[*COLUMNS, "反应渠道"]))
    (problem,) = outcome.listed()
    assert (problem.cell, problem.message) == ("AE1", "模板中没有“反应渠道”这一列")
    assert problem.remedy == "是否为“反映渠道”？请改正表头或删除此列。"
    (key,) = imported(files.lines([{**row("1"), "反应渠道": "x"}])).listed()
    assert key.remedy == problem.remedy
    missing = imported(files.text([row("1")], columns=["编号", "受理时间", "行业"]))
    assert [one.column for one in missing.listed()] == ["反映渠道", "诉求性质"]
    assert not Case.objects.exists()


def test_every_error_of_every_row_is_told_with_its_cell(catalogues):
    services.receive(
        services.Record("9", received_at=at("2018-03-05 09:00"), channel="phone", nature="enquiry"),
        source="12398",
        owner=organisation("SERC-NF"),
        by=None,
        now=NOW,
    )
    rows = [
        row("1"),
        row("", 受理时间="上周一", 匿名="也许", 业务类别="种茶", 城乡类别="城区"),
        row("3", 反映渠道="鸽子", 诉求性质="故障报修", 被反映单位="无此单位", 地区="无此地"),
        row("4", 来源="95598", 状态="睡着了", 办结时间="2018-03-06", 行业="茶"),
        row("1", 诉求内容="又一次"),
        row("6", 状态="已办结"),
        row("7", 受理时间="2019-01-01", 线路="线" * 61),
        row("8", 户号=3.0112345678901234e17),
        row("9"),
        row("10", 办结时间="2018-03-04"),
    ]
    outcome = imported(files.xlsx(rows))
    assert told(outcome) == [
        (3, "编号", "A3", "required"),
        (3, "受理时间", "C3", "type_instant"),
        (3, "业务类别", "G3", "record"),
        (3, "匿名", "M3", "type_bool"),
        (4, "反映渠道", "D4", "record"),
        (4, "诉求性质", "E4", "record"),
        (4, "被反映单位", "H4", "organisation"),
        (4, "地区", "J4", "region"),
        (5, "来源", "B5", "type_text"),
        (5, "行业", "F5", "record"),
        (5, "状态", "V5", "type_text"),
        (6, "编号", "A6", "duplicate"),
        (7, "办结时间", "W7", "record"),
        (8, "受理时间", "C8", "record"),
        (8, "线路", "Q8", "type_text"),
        (9, "户号", "P9", "type_text"),
        (10, "编号", "A10", "unique"),
        (11, "办结时间", "W11", "record"),
    ]
    assert all(one.message and one.remedy for one in outcome.listed())
    assert (outcome.rows, outcome.created) == (10, 0)
    assert list(Case.objects.values_list("number", flat=True)) == ["9"]


def test_the_marked_copy_shows_each_error_at_its_cell(catalogues):
    outcome = imported(
        files.text([row("1"), row("2", 反映渠道="鸽子", 联系电话="13800001234")]), with_copy=True
    )
    book = load_workbook(io.BytesIO(outcome.copy))
    sheet = book["诉求记录"]
    assert (sheet["A2"].value, sheet["D3"].value) == ("1", "鸽子")
    assert "不在当时的目录中" in sheet["D3"].comment.text
    assert book.sheetnames[0] == "问题清单"
    # Put right, it can be imported as it is.
    sheet["D3"].value = "12398电话"
    target = io.BytesIO()
    book.save(target)
    assert imported(files.named(target.getvalue(), "cases.xlsx")).created == 2


def test_a_long_file_gives_back_only_the_rows_with_an_error(catalogues, monkeypatch):
    monkeypatch.setattr("complaints.services.importing.COPY_ROWS", 3)
    rows = [row(str(n), 反映渠道="鸽子" if n == 4 else "传真") for n in range(1, 6)]
    outcome = imported(files.xlsx(rows), with_copy=True)
    sheet = load_workbook(io.BytesIO(outcome.copy))["诉求记录"]
    assert [cell.value for cell in sheet["A"]] == ["编号", None, None, None, "4"]


def test_the_template_can_be_filled_in_and_imported(catalogues):
    content = imports.form().template([{"number": "1", "channel": "传真"}])
    sheet = load_workbook(io.BytesIO(content))["诉求记录"]
    assert [cell.value.rstrip("*") for cell in sheet[3]] == COLUMNS
    book = load_workbook(io.BytesIO(content))
    book["诉求记录"]["C4"].value = "2018/3/5 9:00"
    book["诉求记录"]["E4"].value = "咨询"
    book["诉求记录"]["F4"].value = "电力"
    target = io.BytesIO()
    book.save(target)
    outcome = imported(files.named(target.getvalue(), "模板.xlsx"))
    assert (told(outcome), outcome.created) == ([], 1)


@pytest.mark.parametrize(
    ("content", "name", "rule"),
    [
        (b"", "a.csv", "empty"),
        (b"x", "a.txt", "extension"),
        (b"PK\x03\x04broken", "a.xlsx", "damaged"),
        ("编号,受理时间,反映渠道,诉求性质,行业\n".encode(), "a.csv", "min_rows"),
        (b'{"a": 1}\n', "a.ndjson", "unknown_column"),
        (b"[1]\n", "a.ndjson", "json"),
        (b"\n\n", "a.ndjson", "no_header"),
        ("你好".encode("utf-16-le") + b"\xff", "a.csv", "not_text"),
    ],
)
def test_a_file_that_is_none_is_explained(catalogues, content, name, rule):
    outcome = imported(files.named(content, name))
    assert not outcome.ok
    assert rule in [one.rule for one in outcome.listed()]


def test_broken_lines_are_named_with_the_errors_of_the_others(catalogues):
    content = files.lines([row("1"), row("2", 反映渠道="鸽子")]).getvalue() + b"{oops\n"
    outcome = imported(files.named(content, "a.ndjson"))
    assert [(one.row, one.column, one.rule) for one in outcome.listed()] == [
        (3, "", "json"),
        (2, "反映渠道", "record"),
    ]


def test_every_wrong_line_is_named_with_its_reason_at_once(catalogues):
    content = (
        b'{"a":1}\n[1]\n{bad\n{"a":2,"b":1}\n{"a":1,"a":2}\n{"' + "编号".encode() + b'":"1"}\n'
    )
    outcome = imported(files.named(content, "a.ndjson"))
    named = [(one.row, one.rule, one.message) for one in outcome.listed()]
    assert named[:5] == [
        (1, "unknown_column", "第 1 行的键“a”不是模板的列名"),
        (2, "json", "第 2 行不是 JSON 对象"),
        (3, "json", "第 3 行不是有效的 JSON（第 2 个字符处有误）"),
        (4, "unknown_column", "第 4 行的键“b”不是模板的列名"),
        (5, "json", "第 5 行的键“a”出现了两次"),
    ]
    assert {rule for _row, rule, _message in named[5:]} == {"missing_column"}


def test_a_key_that_stands_twice_in_a_line_is_refused(catalogues):
    good = files.lines([row("1")]).getvalue()
    content = good + good.replace(b"{", '{"编号": "2", '.encode(), 1)
    outcome = imported(files.named(content, "a.ndjson"))
    assert [one.message for one in outcome.listed()] == ["第 2 行的键“编号”出现了两次"]
    assert not Case.objects.exists()


def test_imported_again_nothing_changes(catalogues):
    rows = [row("1"), row("2")]
    imported(files.xlsx(rows))
    outcome = imported(files.text([*rows, row("3")]))
    assert (outcome.rows, outcome.created, outcome.unchanged) == (3, 1, 2)
    assert Case.objects.count() == 3
    assert audit.verify() == []


def test_only_those_who_register_cases_import_them(catalogues):
    with pytest.raises(Refused, match="没有在"):
        imported(files.xlsx([row("1")]), by=handler())
    assert imported(files.xlsx([row("1")]), by=regulator_officer()).created == 1


def run(path, *options):
    out, err = io.StringIO(), io.StringIO()
    code = 0
    try:
        call_command("import_cases", str(path), *options, stdout=out, stderr=err)
    except SystemExit as stopped:
        code = stopped.code
    return code, out.getvalue(), err.getvalue()


def test_the_command_checks_imports_and_tells(catalogues, tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.xlsx"
    good.write_bytes(files.text([row("1"), row("2")]).getvalue())
    bad.write_bytes(files.xlsx([row("3"), row("4", 行业="茶")]).getvalue())
    options = ("--source=12398", "--organisation=SERC-NF")
    assert run(good, *options, "--dry-run") == (
        0,
        "共 2 行，全部正确，可以导入（其中 0 行已经在系统中）。\n",
        "",
    )
    assert not Case.objects.exists()
    assert run(good, *options)[:2] == (0, "共 2 行，新登记 2 件，0 件已经在系统中。\n")
    code, out, err = run(bad, *options, f"--errors={tmp_path / 'copy.xlsx'}")
    assert (code, out) == (1, "共 2 行，有 1 处错误，没有导入任何记录。\n")
    assert err.startswith("工作表“Sheet1”第 3 行 F3“行业”：行业“茶”不在当时的目录中。请按")
    assert (tmp_path / "copy.xlsx").exists()
    code, out, _err = run(bad, *options, "--json")
    answer = json.loads(out)
    assert (code, answer["ok"], answer["rows"], answer["created"]) == (1, False, 2, 0)
    assert [(one["cell"], one["column"], one["value"]) for one in answer["errors"]] == [
        ("F3", "行业", "茶")
    ]
    assert Case.objects.count() == 2


def test_the_command_says_what_it_cannot_do(catalogues, tmp_path):
    with pytest.raises(CommandError, match="不能读取"):
        run(tmp_path / "nothing.csv", "--source=12398")
    (tmp_path / "a.csv").write_bytes(b"x")
    with pytest.raises(CommandError, match="没有代码为“NOBODY”的单位"):
        run(tmp_path / "a.csv", "--source=12398", "--organisation=NOBODY")


def test_what_somebody_enters_between_check_and_import_is_told(catalogues, monkeypatch):
    """Everything is taken back, checked again, and the number is named."""
    real = services.importing.Import.write
    late = []

    def write(self):
        if not late:
            late.append(1)
            other = services.Record(
                "2", received_at=at("2018-03-05 08:00"), channel="fax", nature="enquiry"
            )
            owner = organisation("SERC-NF")
            services.receive(other, source="12398", owner=owner, by=None, now=NOW)
        return real(self)

    monkeypatch.setattr(services.importing.Import, "write", write)
    outcome = imported(files.xlsx([row("1"), row("2")]))
    assert told(outcome) == [(3, "编号", "A3", "unique")]
    assert list(Case.objects.values_list("number", flat=True)) == ["2"]


def test_progress_is_told_along_the_way(catalogues):
    seen = []
    imported(files.xlsx([row("1"), row("2")]), progress=lambda *told: seen.append(told))
    assert seen[-1] == (4, 4)


def test_instants_are_understood_as_people_and_programs_write_them(catalogues):
    written = {
        "1": "2018-03-05T09:00:00+08:00",
        "2": "2018-03-05T01:00:00Z",
        "3": "2018年3月5日 9时00分",
        "4": "2018/03/05 9:00:00",
        "5": at("2018-03-05 09:00"),
    }
    outcome = imported(files.xlsx([row(n, 受理时间=when) for n, when in written.items()]))
    # A spreadsheet has one format for a column: texts and dates side by side are both read.
    assert told(outcome) == []
    assert set(Case.objects.values_list("received_at", flat=True)) == {at("2018-03-05 09:00")}
    day = imported(files.text([row("6", 受理时间="2018-03-05")]))
    assert (day.created, Case.objects.get(number="6").received_at) == (
        1,
        at("2018-03-05 09:00") - timedelta(hours=9),
    )
