"""Every form: its template, filled by a script, is accepted; every check finds exactly its mistake.

The rows stand as data in tests/workbooks/returns: a good set with the periods before it, and for
each check the one change that breaks it, with the cell, the check and the remedy to be expected.
"""

import copy
import io
import subprocess
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook, load_workbook

from core import catalogue_files
from core.sheets import child, reader
from core.sheets.definition import FIRST_DATA_ROW
from reporting.returns import definition, examining
from tests import servers

pytestmark = pytest.mark.django_db
HERE = Path(__file__).parent.parent / "workbooks" / "returns"
CATALOGUE = Path(definition.__file__).parent.parent / "catalogue" / "returns"
CODES = sorted(path.stem for path in CATALOGUE.glob("*.yaml"))


def booklet_of(code):
    return definition.load(catalogue_files.read(CATALOGUE / f"{code}.yaml")).booklet


def told(code):
    return yaml.safe_load((HERE / f"{code}.yaml").read_text(encoding="utf-8"))


def in_process(request, source):
    """What the child does, without a child: for templates of our own making."""
    answer = io.StringIO()
    source.seek(0)
    child.read_xlsx(source, request, child.Writer(answer, request.output))
    return reader.taken_apart(io.BytesIO(answer.getvalue().encode()))


@pytest.fixture
def without_children(monkeypatch):
    monkeypatch.setattr(reader, "run", in_process)


def filled_by_script(booklet, rows):
    """The empty official template with rows typed in, as a person would."""
    workbook = load_workbook(io.BytesIO(booklet.template()))
    for sheet in booklet.sheets:
        page = workbook[sheet.form.sheet_name]
        for number, row in enumerate(rows.get(sheet.name, ()), start=FIRST_DATA_ROW):
            for index, column in enumerate(sheet.form.columns, start=1):
                value = row.get(column.key)
                if isinstance(value, bool):
                    value = "是" if value else "否"
                page.cell(row=number, column=index).value = value
    return saved(workbook)


def bare(booklet, rows):
    """A workbook with the headings of the template and the rows, as another program writes it."""
    workbook = Workbook(write_only=True)
    for sheet in booklet.sheets:
        page = workbook.create_sheet(sheet.form.sheet_name)
        page.append([sheet.form.title])
        page.append([])
        page.append([column.heading for column in sheet.form.columns])
        for row in rows.get(sheet.name, ()):
            page.append([row.get(column.key) for column in sheet.form.columns])
    return saved(workbook)


def saved(workbook):
    content = io.BytesIO()
    workbook.save(content)
    content.seek(0)
    return content


def spoilt(data, change):
    """The good rows, and the periods before them, with one change."""
    rows = copy.deepcopy(data["good"])
    past = {name: copy.deepcopy(data[name]) for name in ("last", "last_year")}
    for place in sorted(change.get("drop", []), reverse=True):
        sheet, index = place.split(".")
        del rows[sheet][int(index)]
    for place, value in change.items():
        if place == "drop":
            continue
        names = place.split(".")
        where = past[names.pop(0)] if names[0] in past else rows
        sheet, index, column = names
        where[sheet][int(index)][column] = value
    return rows, past


def test_there_is_a_good_set_for_every_form_and_a_mistake_for_every_check():
    assert [path.stem for path in sorted(HERE.glob("*.yaml"))] == CODES
    for code in CODES:
        known = set(examining.waivable(booklet_of(code)))
        assert {bad["check"] for bad in told(code)["bad"]} == known, code


@pytest.mark.usefixtures("catalogues", "without_children")
def test_every_template_filled_by_a_script_comes_back_accepted():
    for code in CODES:
        booklet, data = booklet_of(code), told(code)
        upload = filled_by_script(booklet, data["good"])
        past = {"last": data["last"], "last_year": data["last_year"]}
        found = booklet.read(upload, name=f"{code}.xlsx", past=past)
        assert [(p.place, p.message) for p in found.problems] == [], code
        assert {name: len(rows) for name, rows in found.rows.items()} == {
            sheet.name: len(data["good"].get(sheet.name, ())) for sheet in booklet.sheets
        }


@pytest.mark.usefixtures("catalogues")
def test_libreoffice_saves_the_template_of_several_sheets_and_a_child_reads_it(tmp_path):
    """What another office program makes of the filled template comes back the same."""
    office = servers.needed("soffice")
    booklet, data = booklet_of("reliability"), told("reliability")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "r.xlsx").write_bytes(booklet.template(data["good"]))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path)]
    command.append(str(tmp_path / "in" / "r.xlsx"))
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    found = booklet.read(io.BytesIO((tmp_path / "r.xlsx").read_bytes()), name="r.xlsx")
    assert [(p.place, p.message) for p in found.problems] == []
    assert found.rows["reliability"][0]["rs1"] == "99.9000"
    assert [row["started_on"] for row in found.rows["events"]] == [
        "2011-11-03",
        "2011-11-08",
        "2011-11-15",
    ]


@pytest.mark.usefixtures("catalogues", "without_children")
def test_every_check_finds_its_mistake_at_its_cell_with_its_remedy():
    for code in CODES:
        booklet, data = booklet_of(code), told(code)
        for bad in data["bad"]:
            rows, past = spoilt(data, bad["change"])
            upload = bare(booklet, rows)
            found = booklet.read(upload, name=f"{code}.xlsx", past=past).problems
            by_check = [examining.check_key(booklet, problem) for problem in found]
            assert sorted(by_check) == sorted([bad["check"], *bad.get("also", [])]), code
            problem = found[by_check.index(bad["check"])]
            assert (problem.cell, problem.remedy, problem.severity) == (
                bad["cell"],
                bad["remedy"],
                bad["severity"],
            ), (code, bad["check"])
