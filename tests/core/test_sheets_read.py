"""The template goes out, is filled in, and comes back with every fault at its cell."""

import csv
import io
from datetime import date, datetime

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile

from core.sheets import reader
from tests.core.sheet_forms import GROUP, LEADER, MEMBER, group_form

SHEET = "领导小组名单"


def filled(cells=(), rows=(LEADER, MEMBER), form=None, change=lambda book: None):
    """The template with rows, some cells overwritten, as an upload."""
    book = openpyxl.load_workbook(io.BytesIO((form or group_form()).template(rows)))
    for cell, value in dict(cells).items():
        book[SHEET][cell] = value
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile("名单.xlsx", buffer.getvalue())


def as_csv(*rows, encoding="utf-8-sig", name="名单.csv"):
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return SimpleUploadedFile(name, buffer.getvalue().encode(encoding))


def places(read):
    return [(problem.cell, problem.rule) for problem in read.problems]


def test_the_template_filled_in_comes_back_accepted():
    read = group_form().read(filled())
    assert read.problems == []
    assert read.ok
    assert [row["name"] for row in read.rows] == ["甲一", "乙二"]
    assert read.rows[0]["households"] == 12
    assert read.rows[1]["share"] == "12.50"
    assert (read.seen, read.lines) == (2, [4, 5])


def test_what_excel_stores_as_dates_and_numbers_is_read_as_such():
    noon = datetime(2011, 11, 25, 12)  # noqa: DTZ001 (Excel knows no zones)
    cells = {"G4": date(2011, 11, 1), "H4": noon, "C4": 13800000001, "I4": True}
    read = group_form().read(filled(cells))
    assert read.problems == []
    row = read.rows[0]
    assert (row["from_on"], row["to_on"]) == ("2011-11-01", "2011-11-25")
    assert (row["phone"], row["shown"]) == ("13800000001", True)


def test_every_fault_is_told_at_its_own_cell():
    read = group_form().read(filled({"B5": "组员", "E4": "十二", "F5": 120, "A7": "丙三"}))
    assert places(read) == [
        ("E4", "type_int"),
        ("B5", "type_choice"),
        ("F5", "max"),
        ("B7", "required"),
        ("C7", "any_of"),
    ]
    assert not read.ok


def test_columns_may_stand_in_any_order_and_the_cells_are_still_right():
    def swap(book):
        sheet = book[SHEET]
        for row in range(3, 6):
            sheet[f"A{row}"], sheet[f"E{row}"] = sheet[f"E{row}"].value, sheet[f"A{row}"].value
        sheet["A5"] = "许多"

    read = group_form().read(filled(change=swap))
    assert places(read) == [("A5", "type_int")]
    assert read.problems[0].column == "联系户数"


def test_an_unknown_column_names_the_nearest_and_a_missing_one_itself():
    read = group_form().read(filled({"A3": "姓名全称", "D3": "传真"}))
    found = {(problem.cell, problem.rule): problem for problem in read.problems}
    assert set(found) == {
        ("A3", "unknown_column"),
        ("D3", "unknown_column"),
        ("", "missing_column"),
    }
    assert "是否为“姓名”？" in found["A3", "unknown_column"].remedy
    assert found["", "missing_column"].message == "缺少必填列“姓名”"
    assert read.rows == []


def test_the_same_column_twice_is_refused():
    read = group_form().read(filled({"D3": "姓名*"}))
    assert places(read) == [("D3", "duplicate_column")]


def test_a_sheet_without_the_header_says_which_header_is_wanted():
    read = group_form().read(
        filled(change=lambda book: book[SHEET].delete_rows(3)),
    )
    (problem,) = read.problems
    assert problem.rule == "no_header"
    assert "姓名、组内职务、联系电话" in problem.remedy


def test_the_template_of_another_form_and_of_an_old_version_are_told_apart():
    other = group_form(code="points", title="示范点名单", sheet=SHEET)
    (problem,) = group_form().read(filled(form=other)).problems
    assert problem.message == "这是“示范点名单”的模板，此处要报的是“领导小组名单”"
    old = group_form(version=1)
    (problem,) = group_form().read(filled(form=old)).problems
    assert (problem.rule, problem.message) == ("wrong_version", "模板是第 1 版，现行第 2 版")


def test_a_workbook_made_by_hand_is_read_by_its_header():
    book = openpyxl.Workbook()
    book.active.append(["组内职务", "姓 名", "联系户数(户)", "联系电话"])
    book.active.append(["组长", "甲一", 3, 13800000001])
    book.active.append(["成员", "乙二", None, 13800000002])
    buffer = io.BytesIO()
    book.save(buffer)
    read = group_form().read(SimpleUploadedFile("a.xlsx", buffer.getvalue()))
    assert read.problems == []
    assert read.rows[0]["households"] == 3


def test_formulas_give_their_stored_value_and_bare_ones_are_told():
    read = group_form().read(filled({"E4": "=6*2", "A9": "=NOW()"}))
    assert ("E4", "formula") in places(read)
    assert ("A9", "formula") in places(read)
    # What is kept of such a cell says what it is, and is refused for the same reason again.
    cells = dict(read.raw)[4]
    assert "=（没有计算结果）" in cells
    wrong = group_form().check([{"households": "=（没有计算结果）"}])
    assert "单元格是公式，没有保存计算结果" in {one.message for one in wrong}


def test_error_values_and_merged_cells_are_told_instead_of_read_as_empty():
    def merge(book):
        book[SHEET].merge_cells("J4:J5")

    read = group_form().read(filled({"E5": "#DIV/0!"}, change=merge))
    assert places(read) == [("J4", "merged"), ("E5", "error_value")]
    assert read.problems[1].message == "单元格是公式错误值“#DIV/0!”"


def test_blank_rows_between_are_left_out_and_the_row_numbers_stay_true():
    read = group_form().read(filled({"A9": "丙三", "B9": "组长甲", "C9": "95598"}))
    assert read.lines == [4, 5, 9]
    assert places(read) == [("B9", "type_choice")]


def test_rows_beyond_the_limit_are_counted_and_told():
    rows = [LEADER] + [{**MEMBER, "name": f"乙{n}"} for n in range(1, 140)]
    read = group_form().read(filled(rows=rows))
    (problem,) = [p for p in read.problems if p.rule == "max_rows"]
    # 140 rows of data below title, guidance and header
    assert problem.message == ("共有 140 行数据（到第 143 行），超过上限 100 行，只读取了前 100 行")
    assert len(read.rows) == 100


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_the_encodings_that_offices_use(encoding):
    read = group_form().read(
        as_csv(
            ["姓名", "组内职务", "联系电话", "备注"],
            ["甲一", "组长", "13800000001", "'=1+1"],
            ["乙二", "成员", "13800000002", "多行\n文字"],
            encoding=encoding,
        )
    )
    assert read.problems == []
    assert read.rows[0]["remark"] == "=1+1"
    assert read.rows[1]["remark"] == "多行\n文字"


def test_a_tab_separated_csv_is_read_too():
    content = "姓名\t组内职务\t联系电话\n甲一\t组长\t95598\n乙二\t成员\t12398\n".encode()
    assert group_form().read(SimpleUploadedFile("a.csv", content)).problems == []


def test_a_fault_in_a_csv_is_told_by_row_and_column():
    read = group_form().read(
        as_csv(["姓名", "组内职务", "联系电话"], ["甲一", "组长", "1"], ["乙二", "成员", "95598"])
    )
    (problem,) = read.problems
    assert (problem.row, problem.column, problem.cell) == (2, "联系电话", "C2")


def test_an_upload_on_disk_is_read_and_left_as_it_was():
    content = filled().read()
    upload = TemporaryUploadedFile("名单.xlsx", "application/x", len(content), None)
    upload.write(content)
    upload.seek(0)
    assert upload.read(2) == b"PK"
    assert group_form().read(upload).problems == []
    upload.seek(0)
    assert upload.read() == content


def test_the_marked_copy_shows_each_problem_and_can_be_uploaded_again():
    upload = filled({"B5": "组员", "E4": "=1+1", "J4": "@SUM(1)", "F5": 120})
    form = group_form()
    read = form.read(upload)
    book = openpyxl.load_workbook(io.BytesIO(form.error_copy(read)))
    sheet = book[SHEET]
    assert sheet["B5"].value == "组员"
    assert sheet["B5"].fill.fgColor.rgb == "00F8C9C4"
    assert "是否为" in sheet["B5"].comment.text or "请从下列选项" in sheet["B5"].comment.text
    assert (sheet["J4"].value, sheet["J4"].data_type) == ("@SUM(1)", "s")
    assert not [c for row in sheet for c in row if c.data_type == "f"]
    listed = book["问题清单"]
    assert listed.max_row == 1 + len(read.problems)
    assert [listed[f"C{n}"].value for n in (2, 3, 4)] == ["E4", "B5", "F5"]
    again = form.read(SimpleUploadedFile("a.xlsx", form.error_copy(upload)))
    assert {p.cell for p in again.problems} == {"E4", "B5", "F5"}


def test_a_marked_copy_of_what_could_not_be_read_lists_the_reason():
    form = group_form()
    copy = form.error_copy(SimpleUploadedFile("a.xlsx", b"nonsense"))
    listed = openpyxl.load_workbook(io.BytesIO(copy))["问题清单"]
    assert listed["B2"].value == "整个文件"
    assert listed["D2"].value


def test_the_template_says_what_the_definition_says():
    book = openpyxl.load_workbook(io.BytesIO(group_form().template()))
    assert book.sheetnames == [SHEET, "_lists", "填报说明", "_meta"]
    assert [book[name].sheet_state for name in book.sheetnames] == [
        "visible",
        "hidden",
        "visible",
        "veryHidden",
    ]
    sheet = book[SHEET]
    assert sheet["A1"].value == "领导小组名单"
    assert [cell.value for cell in sheet[3]][:6] == [
        "姓名*", "组内职务*", "联系电话", "邮箱", "联系户数（户）", "占比（%）",
    ]  # fmt: skip
    assert "必填" in sheet["A3"].comment.text
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert lists["B4:B103"] == "_lists!$B$1:$B$3"
    assert [book["_lists"][f"B{n}"].value for n in (1, 2, 3)] == ["组长", "副组长", "成员"]
    told = "\n".join(str(cell.value) for row in book["填报说明"] for cell in row if cell.value)
    for words in ("组内职务=组长 的行数：不少于 1，不多于 1", "“起始日期”应不晚于“终止日期”"):
        assert words in told
    meta = dict(book["_meta"].iter_rows(values_only=True))
    assert meta == {"form": "group_list", "version": "2", "title": "领导小组名单"}


def test_long_option_lists_are_no_hindrance():
    columns = [
        {"key": "a", "label": "单位", "type": "choice", "choices": [f"单位{n}" for n in range(400)]}
    ]
    form = group_form(columns=columns, checks=None, key=None, min_rows=0)
    book = openpyxl.load_workbook(io.BytesIO(form.template([{"a": "单位7"}])))
    assert form.read(filled(rows=[{"a": "单位7"}], form=form)).rows == [{"a": "单位7"}]
    assert book["_lists"].max_row == 400


def test_the_limits_are_the_promised_ones():
    assert reader.SECONDS == 5
    assert reader.MEMORY == 300 * 1024 * 1024
    assert GROUP["max_rows"] == 100
