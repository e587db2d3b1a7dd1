"""One report over eleven companies: every number the same wherever somebody can read it."""

from __future__ import annotations

import io
import re
import subprocess
from html.parser import HTMLParser
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core import clock
from reporting import documents
from reporting.models import FigureSnapshot
from reporting.services import reports
from tests import servers
from tests.factories import reporting as filings
from tests.factories import reports as factory

NOW = factory.REPORT_DAY
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Sheet(HTMLParser):
    """What a page of the workshop shows: paragraphs, tables, links, counted rows."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.paragraphs: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.links: list[tuple[str, str]] = []
        self.rows = 0
        self._open: list[str] = []
        self.feed(content.decode())

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "p" and given.get("class") == "sheet-text":
            self.paragraphs.append("")
        elif tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
            self.rows += "data-row" in given
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        elif tag == "a":
            self.links.append((given.get("href", ""), ""))
        if tag in ("p", "td", "th", "a"):
            self._open.append(given.get("class") or tag if tag == "p" else tag)

    def handle_endtag(self, tag):
        if tag == "p" and self._open and self._open[-1] not in ("td", "th", "a"):
            self._open.pop()
        elif tag in self._open:
            self._open.remove(tag)

    def handle_data(self, data):
        if "sheet-text" in self._open:
            self.paragraphs[-1] += data
        if "td" in self._open or "th" in self._open:
            self.tables[-1][-1][-1] += data.strip()
        if "a" in self._open:
            address, text = self.links[-1]
            self.links[-1] = (address, text + data.strip())


def squeezed(text):
    return re.sub(r"\s", "", text)


def docx_paragraphs_and_tables(blob):
    with ZipFile(io.BytesIO(blob)) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml"))[0]
    paragraphs = ["".join(p.itertext()) for p in body.iter(f"{WORD}p")]
    tables = [
        [
            ["".join(cell.itertext()) for cell in row.iter(f"{WORD}tc")]
            for row in table.iter(f"{WORD}tr")
        ]
        for table in body.iter(f"{WORD}tbl")
    ]
    return paragraphs, tables


def pdf_text(blob):
    """The pages of the PDF line by line as they stand on the paper, columns apart."""
    command = [servers.needed("pdftotext"), "-layout", "-", "-"]
    return subprocess.run(command, input=blob, capture_output=True, check=True).stdout.decode()


NUMBER = re.compile(r"\d+(\.\d+)?%?")


def numbers_of(row):
    """The numbers of a line, in their order."""
    return [cell for cell in row if NUMBER.fullmatch(cell)]


def follow_each_other(rows, lines):
    """Whether the numbers of every row stand on a line of their own, in this order."""
    left = iter(lines)
    return all(any(line == row for line in left) for row in rows)


def figure_links(page):
    """Address and text of every number that opens a list; marks of the chart have no text."""
    return {a: text for a, text in page.links if "/figures/" in a and NUMBER.fullmatch(text)}


def key_of(address):
    return re.search(r"/figures/([\w.]+)/", address)[1]


PLACES = list(factory.ELEVEN)


def told(code, part):
    """Every company reports other numbers, so that no two figures are equal by chance."""
    place = PLACES.index(code)
    found = filings.rows_for(part)
    more = {
        "leading_group": [found[-1] | {"name": f"张某{n}"} for n in range(place)],
        "demonstration_points": [found[0] | {"name": f"示范点{n}"} for n in range(place)],
        "service_commitments": [found[0] | {"item": f"承诺{n}"} for n in range(place % 4)],
        "windows": [found[0] | {"name": f"营业厅{n}"} for n in range(place)],
    }
    found += more[part]
    if part == "windows" and place % 3 == 0:
        found[0]["shows_12398"] = "否"
    if part == "windows" and place % 2:
        found[0]["shows_95598"] = "否"
    return found


@pytest.fixture
def issued(catalogues):
    made = factory.played_campaign(factory.ELEVEN, executors=PLACES, rows=told)
    report = factory.at("issued", made)
    with clock.standing_at(NOW):
        yield report


# By hand. Reported: all but Guizhou and Nanning (silent) and the water group (exempted); late:
# Hainan and Shenzhen. Yunnan's list of the group is being corrected, so members are summed over the
# companies in places 0, 1, 2, 6, 7, 9 and 10, and all else over these and Yunnan in place 3.
BY_HAND = {
    "company.expected": "10",
    "company.filed": "8",
    "company.filed_rate": "80.00%",
    "company.on_time": "6",
    "company.late": "2",
    "company.missing": "2",
    "company.overdue": "2",
    "company.returned": "1",
    "company.accepted": "3",
    "company.exempted": "1",
    "company.copied": "3",
    "groups.members": str(7 * 3 + 35),
    "groups.correcting": "1",
    "groups.missing": "2",
    "points.total": str(8 * 2 + 38),
    "commitments.items": str(8 * 2 + 0 + 1 + 2 + 3 + 2 + 3 + 1 + 2),
    "windows.total": str(8 * 2 + 38),
    "windows.shows_12398": str(54 - 4),
    "windows.shows_95598": str(54 - 4),
}


def lines_of(sheet):
    return sheet.iter_rows(min_row=4, values_only=True)


class Reader:
    """Somebody of the bureau in front of the report's pages and with its three files."""

    def __init__(self, client, report):
        self.client = client
        client.force_login(factory.editor())
        self.page = self.sheet(reverse("reporting:report", args=[report.pk]))
        self.listed = self.sheet(reverse("reporting:report_figures", args=[report.pk]))
        files = [a for a, _text in self.page.links if a.startswith("/files/")][:3]
        self.docx, self.pdf, self.xlsx = (
            b"".join(self.opened(address).streaming_content) for address in files
        )

    def opened(self, address):
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        return answer

    def sheet(self, address):
        return Sheet(self.opened(address).content)

    def length(self, address):
        """How many rows the list behind a number has."""
        return self.sheet(address).rows


@pytest.mark.clause("S1-5.1.5", "S1-4.2j")
def test_every_figure_is_one_on_the_pages_in_the_files_and_in_its_list(issued, client, tmp_path):
    """One story for all, because playing eleven companies takes longer than reading about them."""
    reader = Reader(client, issued)
    figures_agree(reader, issued.snapshot.figures)
    words_and_tables_agree(reader)
    heads = reports.heads_of(issued, issued.snapshot)
    fresh = FigureSnapshot.objects.get(pk=issued.snapshot_id)
    again = documents.render(fresh, issued.current_version.chapters, heads)
    assert again == {"docx": reader.docx, "pdf": reader.pdf, "xlsx": reader.xlsx}
    opens_in_libreoffice(reader, tmp_path)


def figures_agree(reader, figures):
    """List of figures, workbook, links of the page, and the lists that they open."""
    lines = reader.listed.tables[0][1:]
    lists = [a for a, _text in reader.listed.links if "/figures/" in a][-len(lines) :]
    shown = {key_of(a): line[1] for a, line in zip(lists, lines, strict=True)}
    assert {key: shown[key] for key in BY_HAND} == BY_HAND
    assert set(shown) == set(figures)

    book = load_workbook(io.BytesIO(reader.xlsx))
    stated = {row[0]: row[2] for row in book["数据"].iter_rows(min_row=5, values_only=True)}
    assert {key: str(value) for key, value in stated.items()} == shown
    counted = {key_of(address): reader.length(address) for address in lists}
    for key, text in shown.items():
        if "part" in figures[key]:
            whole = counted[figures[key]["whole"]]
            assert text == (f"{100 * counted[key] / whole:.2f}%" if whole else "—")
        else:
            assert text == str(counted[key]) == str(figures[key]["value"])

    links = figure_links(reader.page)
    narrowed = [address for address in links if "?" in address]
    assert len(narrowed) > 100
    assert all(links[a] == shown[key_of(a)] for a in links if "?" not in a)
    # Opened are a third of the cells; in the story of six companies all are.
    assert all(links[a] == str(reader.length(a)) for a in narrowed[::3])


def words_and_tables_agree(reader):
    """Each sentence of the page in .docx and PDF, each table in the workbook as well."""
    paragraphs, tables = docx_paragraphs_and_tables(reader.docx)
    printed = pdf_text(reader.pdf)
    paper = [numbers_of(line.split()) for line in printed.splitlines()]
    book = load_workbook(io.BytesIO(reader.xlsx))
    sheets = [[["" if v is None else str(v) for v in row] for row in lines_of(s)] for s in book]
    assert len(reader.page.paragraphs) > 8
    for sentence in reader.page.paragraphs:
        assert sentence in paragraphs
        assert squeezed(sentence) in squeezed(printed)
    # Progress, own work, windows, provinces, ledger, measures, gaps; attached: companies,
    # demonstration points. No territory here has grids, so their table is left out.
    assert len(reader.page.tables) == 9
    for table in reader.page.tables:
        assert table in tables
        assert table in sheets
        numbers = [numbers_of(row) for row in table]
        assert follow_each_other([row for row in numbers if len(row) > 1], paper)


def opens_in_libreoffice(reader, folder):
    office = servers.needed("soffice")
    paths = [folder / "report.docx", folder / "annex.xlsx"]
    for path, content in zip(paths, (reader.docx, reader.xlsx), strict=True):
        path.write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, paths)], check=True, capture_output=True, timeout=240)
    shown = [squeezed(pdf_text(path.with_suffix(".pdf").read_bytes())) for path in paths]
    assert all(squeezed(sentence) in shown[0] for sentence in reader.page.paragraphs)
    assert all(one in shown[1] for one in ("company.filed_rate", "80.00%", "缺项清单"))
