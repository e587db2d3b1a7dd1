"""The workbook that goes with a stage report: all figures, tables, a chart, gaps and lists."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zipfile import ZIP_STORED

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter

from core.officialdoc import clean
from core.officialdoc.ooxml import fixed_archive
from core.workbooks import saved
from reporting.reading import Grid, Reading

HEAD = PatternFill("solid", fgColor="DCE6F2")
LINE = Border(*(Side(style="thin", color="9AA5B1"),) * 4)
TITLE, STRONG = Font(name="黑体", size=14), Font(name="黑体", size=11)
BODY = Font(name="宋体", size=11)
WIDTH_LIMIT, SHEET_NAME_LIMIT = 46, 31


def workbook(reading: Reading, title: str, number: str, day: date) -> bytes:
    """The annex as .xlsx; the same snapshot gives the same bytes."""
    book = Workbook()
    _figures(book.active, reading, title, number)
    for key in reading.tables:
        grid = reading.grid(key)
        sheet = book.create_sheet(sheet_name(book, grid.title))
        _grid(sheet, grid)
    for key in reading.template["charts"]:
        _chart(book, reading, key)
    _grid(book.create_sheet(sheet_name(book, "缺项清单")), reading.gap_grid())
    _lists(book, reading)
    instant = datetime.combine(day, time())  # noqa: DTZ001 (OOXML keeps UTC without zone)
    # By the name of that day: offices are renamed, and a report printed again stays the same.
    book.properties.title = title
    book.properties.creator = reading.snapshot.organisation.name_on(day)
    book.properties.created = instant
    return fixed_archive(saved(book, compression=ZIP_STORED), day, modified=instant)


def sheet_name(book: Workbook, wanted: str) -> str:
    """A name that a workbook takes: short, without its forbidden signs, and not twice."""
    name = "".join(c for c in clean(wanted) if c not in "[]:*?/\\")[: SHEET_NAME_LIMIT - 3]
    taken = set(book.sheetnames)
    if name not in taken:
        return name
    return next(f"{name}({n})" for n in range(2, 99) if f"{name}({n})" not in taken)


def put(sheet: Any, row: int, column: int, value: Any, font: Font = BODY) -> Any:
    """Write one cell; text stays text, whatever it begins with."""
    cell = sheet.cell(row=row, column=column)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number:
        cell.value = value
    else:
        cell.value = clean(value)
        cell.data_type = "s"
    cell.style = _look(sheet.parent, font, wrapped=not is_number)
    return cell


def _look(book: Workbook, font: Font, *, wrapped: bool) -> str:
    """The named style of such cells; setting fonts and borders on each takes ten times as long."""
    name = f"portal {font.name} {font.size:g}{' wrapped' if wrapped else ''}"
    if name not in book.named_styles:
        style = NamedStyle(name=name, font=font, border=LINE)
        if wrapped:
            style.alignment = Alignment(wrap_text=True, vertical="center")
        book.add_named_style(style)
    return name


def _figures(sheet: Any, reading: Reading, title: str, number: str) -> None:
    sheet.title = "数据"
    facts = reading.snapshot.facts["text"]
    sheet.cell(row=1, column=1, value=clean(title)).font = TITLE
    about = f"{number or '未编号'}　截至{facts['as_of']}　数据摘要 {reading.snapshot.digest}"
    sheet.cell(row=2, column=1, value=clean(about)).font = BODY
    rows: list[list[Any]] = []
    for key in reading.template["figures"]:
        figure = reading.snapshot.figures[key]
        if "part" in figure:
            rows.append([key, figure["label"], reading.text(key), ""])
        else:
            rows.append([key, figure["label"], figure["value"], figure["unit"]])
    fill(sheet, ["代码", "指标", "数值", "单位"], rows, top=4)


def _grid(sheet: Any, grid: Grid) -> None:
    sheet.cell(row=1, column=1, value=clean(grid.title)).font = TITLE
    if grid.unit:
        sheet.cell(row=2, column=1, value=f"单位：{grid.unit}").font = BODY
    fill(sheet, grid.columns, grid.values, top=4, has_total=grid.has_total)


def fill(
    sheet: Any, columns: list[str], rows: list[list[Any]], *, top: int, has_total: bool = False
) -> None:
    for place, label in enumerate(columns, start=1):
        put(sheet, top, place, label, STRONG).fill = HEAD
    for offset, row in enumerate(rows, start=1):
        strong = has_total and offset == len(rows)
        for place, value in enumerate(row, start=1):
            put(sheet, top + offset, place, value, STRONG if strong else BODY)
    for place in range(1, len(columns) + 1):
        texts = [str(columns[place - 1]), *(str(row[place - 1]) for row in rows)]
        width = min(max(_width(text) for text in texts) + 2, WIDTH_LIMIT)
        sheet.column_dimensions[get_column_letter(place)].width = max(width, 8)
    sheet.freeze_panes = sheet.cell(row=top + 1, column=1)


def _width(text: str) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in text)


def _chart(book: Workbook, reading: Reading, key: str) -> None:
    """A chart that the workbook draws itself, from cells on the same sheet."""
    definition, series = reading.template["charts"][key], reading.series(key)
    names = [name for _code, name in reading.groups(definition["by"])]
    sheet = book.create_sheet(sheet_name(book, f"图 {definition['title']}"))
    rows = [[name, *(values[p] for values in series.values())] for p, name in enumerate(names)]
    sheet.cell(row=1, column=1, value=definition["title"]).font = TITLE
    fill(sheet, ["", *series], rows, top=4)
    chart = BarChart()
    chart.type, chart.grouping, chart.overlap = "col", "stacked", 100
    chart.title, chart.y_axis.title = definition["title"], definition["unit"]
    last = 4 + len(rows)
    data = Reference(sheet, min_col=2, max_col=1 + len(series), min_row=4, max_row=last)
    chart.add_data(data, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=5, max_row=last))
    chart.x_axis.delete = chart.y_axis.delete = False
    sheet.add_chart(chart, f"A{last + 2}")


def _lists(book: Workbook, reading: Reading) -> None:
    """What each figure counts, so that anybody can count again."""
    for key in reading.template["figures"]:
        figure = reading.snapshot.figures[key]
        if "part" in figure or not figure["rows"]:
            continue
        rows = [[row["name"], *row["cells"]] for row in reading.rows(key)]
        sheet = book.create_sheet(sheet_name(book, f"清单 {figure['label']}"))
        grid_columns = ["单位", *figure["columns"]]
        sheet.cell(row=1, column=1, value=clean(figure["label"])).font = TITLE
        sheet.cell(row=2, column=1, value=f"{figure['value']}{figure['unit']}").font = BODY
        fill(sheet, grid_columns, rows, top=4)
