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
        bads = told(code)["bad"]
        assert {bad["check"] for bad in bads} == known, code
        # Two checks of one kind on one column differ by what they say to do.
        sheets = booklet_of(code).sheets
        checks = [*booklet_of(code).checks, *(c for s in sheets for c in s.form.checks)]
        said = {check.remedy for check in checks if check.remedy}
        assert said <= {bad["remedy"] for bad in bads}, (code, said)


@pytest.mark.usefixtures("catalogues", "without_children")
def test_every_template_filled_by_a_script_comes_back_accepted():
    for code in CODES:
        read_with_past(code, filled_by_script(booklet_of(code), told(code)["good"]))


def saved_by_libreoffice(folder, books):
    """Each workbook opened and saved by LibreOffice; all in one run, since starting it is slow."""
    office = servers.needed("soffice")
    for name in ("in", "out"):
        (folder / name).mkdir()
    for code, content in books.items():
        (folder / "in" / f"{code}.xlsx").write_bytes(content.getvalue())
    command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", str(folder / "out")]
    command += [str(folder / "in" / f"{code}.xlsx") for code in books]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return {code: io.BytesIO((folder / "out" / f"{code}.xlsx").read_bytes()) for code in books}


@pytest.mark.usefixtures("catalogues")
def test_every_template_comes_back_accepted_and_unchanged_from_libreoffice(tmp_path, monkeypatch):
    """What another office program makes of the filled template says the same, cell by cell."""
    written = {c: filled_by_script(booklet_of(c), told(c)["good"]) for c in CODES}
    for code, upload in saved_by_libreoffice(tmp_path, written).items():
        # One form is read by real children; what they do is the same for all.
        if code == "reliability":
            found = read_with_past(code, upload)
            assert found.rows["reliability"][0]["rs1"] == "99.9000"
            continue
        with monkeypatch.context() as patch:
            patch.setattr(reader, "run", in_process)
            found = read_with_past(code, upload)
        assert found.rows == booklet_of(code).clean(told(code)["good"]).rows, code


def read_with_past(code, upload):
    """The upload of a good set, checked with the periods before it: nothing is wrong."""
    booklet, data = booklet_of(code), told(code)
    past = {"last": data["last"], "last_year": data["last_year"]}
    found = booklet.read(upload, name=f"{code}.xlsx", past=past, period=data.get("period"))
    assert [(p.place, p.message) for p in found.problems] == [], code
    counts = {sheet.name: len(data["good"].get(sheet.name, ())) for sheet in booklet.sheets}
    assert {name: len(rows) for name, rows in found.rows.items()} == counts, code
    return found


@pytest.mark.usefixtures("catalogues", "without_children")
def test_every_check_finds_its_mistake_at_its_cell_with_its_remedy():
    for code in CODES:
        booklet, data = booklet_of(code), told(code)
        for bad in data["bad"]:
            rows, past = spoilt(data, bad["change"])
            upload = bare(booklet, rows)
            read = booklet.read(upload, name=f"{code}.xlsx", past=past, period=data.get("period"))
            found = read.problems
            by_check = [examining.check_key(booklet, problem) for problem in found]
            assert sorted(by_check) == sorted([bad["check"], *bad.get("also", [])]), code
            problem = found[by_check.index(bad["check"])]
            assert (problem.cell, problem.remedy, problem.severity) == (
                bad["cell"],
                bad["remedy"],
                bad["severity"],
            ), (code, bad["check"])


def blank_or_odd(page, columns, odd):
    """Required cells left blank and words where numbers, days or choices belong, in turn."""
    row, expected = dict(page[0]), set()
    for place, column in enumerate(columns):
        cell, kind = f"{chr(65 + place)}4", column.get("type", "text")
        if place % 2 == odd:
            if not column.get("required"):
                continue
            row[column["key"]] = None
            expected.add((cell, "required", column.get("help") or "此项必填，请补填。"))
        elif kind in SAID:
            row[column["key"]] = "别的"
            options = "、".join(column.get("choices", ())[:12])
            said = SAID[kind].format(unit=column.get("unit"), options=options)
            if kind in ("int", "decimal") and not column.get("unit"):
                said = "只填数字，不写单位和说明。"
            expected.add((cell, f"type_{kind}", said))
    return [row, *page[1:]], expected


NUMBERS = "只填数字，单位为{unit}，不写单位和说明。"
SAID = {
    "int": NUMBERS,
    "decimal": NUMBERS,
    "date": "请按“2011-11-25”的样式填写日期。",
    "instant": "请按“2011-11-25 09:30”的样式填写日期和时间。",
    "choice": "请从下列选项中选择：{options}。",
    "bool": "请填写“是”或“否”。",
}


def beyond(page, columns, key):
    """Every number beyond its bound and every text too long; and the same row at the end again."""
    row, expected = dict(page[0]), set()
    middle = page[1:-1] if key else page[1:]
    lines = (4, 5 + len(middle)) if key else (4,)
    for place, column in enumerate(columns):
        letter, unit = chr(65 + place), column.get("unit", "")
        for name, step, words in (("max", 1, "大于"), ("min", -1, "小于")):
            if isinstance(column.get(name), (int, float)):
                row[column["key"]] = column[name] + step
                said = f"请核对数值，不应{words} {column[name]}{unit}。"
                broken = (name, said)
        if column.get("type", "text") == "text":
            longest = column.get("max_length", 200)
            row[column["key"]] = "长" * (longest + 1)
            broken = ("max_length", f"请压缩到 {longest} 字以内。")
        elif "min" not in column and "max" not in column:
            continue
        expected |= {(f"{letter}{line}", *broken) for line in lines}
    if not key:
        return [row, *middle], expected
    letter = chr(65 + [column["key"] for column in columns].index(key[0]))
    expected.add((f"{letter}{lines[1]}", "duplicate", "请删除重复的行，或更正其中一行。"))
    return [row, *middle, row], expected


def too_few(sheet):
    title = sheet["title"]
    return [], {("", "min_rows", f"请补充“{title}”。")} if sheet.get("min_rows") else set()


OF_COLUMNS = {"required", "max", "min", "max_length", "min_rows", "duplicate"}


@pytest.mark.usefixtures("catalogues", "without_children")
def test_every_column_of_every_form_says_what_is_missing_odd_too_much_or_twice():
    """What the definition says of each column, by hand out of its text, against what is found."""
    for code in CODES:
        booklet, good = booklet_of(code), told(code)["good"]
        plain = yaml.safe_load((CATALOGUE / f"{code}.yaml").read_text(encoding="utf-8"))
        sheets = {sheet["name"]: {"title": plain["title"], **sheet} for sheet in plain["sheets"]}
        assert all(good[name] for name in sheets), code
        for spoil in (
            lambda page, sheet: blank_or_odd(page, sheet["columns"], 0),
            lambda page, sheet: blank_or_odd(page, sheet["columns"], 1),
            lambda page, sheet: beyond(page, sheet["columns"], sheet.get("key")),
            lambda page, sheet: too_few(sheet),
        ):
            spoilt_ones = {name: spoil(good[name], sheets[name]) for name in sheets}
            rows = {name: page for name, (page, _expected) in spoilt_ones.items()}
            found = booklet.read(bare(booklet, rows), name=f"{code}.xlsx").problems
            for name, (_page, expected) in spoilt_ones.items():
                place = booklet.form(name).sheet_name
                seen = {
                    (problem.cell, problem.rule, problem.remedy)
                    for problem in found
                    if problem.sheet == place
                    and (problem.rule in OF_COLUMNS or problem.rule.startswith("type_"))
                }
                assert seen == expected, (code, name)
