"""What is saved in memory is what openpyxl saves by way of the disk."""

import io
import zipfile

from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.worksheet.datavalidation import DataValidation

from core.workbooks import saved


def book():
    made = Workbook()
    sheet = made.active
    for row in (["单位", "件数"], ["广东", 3], ["云南", 5]):
        sheet.append(row)
    sheet["A1"].comment = Comment("说明", "某")
    sheet["A2"].hyperlink = "https://portal.example/"
    choice = DataValidation(type="list", formula1='"是,否"')
    sheet.add_data_validation(choice)
    choice.add("C2:C9")
    sheet.merge_cells("A5:B5")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3), titles_from_data=True)
    second = made.create_sheet("图")
    second.add_chart(chart, "A1")
    second.freeze_panes = "A2"
    return made


def parts(blob):
    with zipfile.ZipFile(io.BytesIO(blob)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    # The instant of saving stands here.
    found.pop("docProps/core.xml")
    return found


def test_every_part_is_the_same_as_openpyxl_writes():
    usual = io.BytesIO()
    book().save(usual)
    assert parts(saved(book())) == parts(usual.getvalue())
    assert parts(saved(book(), compression=zipfile.ZIP_STORED)) == parts(usual.getvalue())


def test_it_opens_again_and_says_when_it_was_saved():
    again = load_workbook(io.BytesIO(saved(book())))
    assert again.sheetnames == ["Sheet", "图"]
    assert again["Sheet"]["B3"].value == 5
    assert again.properties.modified.year >= 2024
