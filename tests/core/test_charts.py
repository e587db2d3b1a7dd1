"""Charts are drawn inside the process, the same each time, readable without colour and by ear."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from xml.etree import ElementTree

import pytest

from core import charts

SVG = "{http://www.w3.org/2000/svg}"


def example():
    series = {"按时": [3, 4, 2], "迟报": [1, 0, 2]}
    return charts.stacked(["广东", "广西", "海南"], series, unit="件")


def draw(option=None, **changes):
    return charts.svg(option or example(), title="报送情况", **changes)


@pytest.mark.parametrize(
    "option",
    [
        charts.bar(["甲", "乙"], {"数": [1, 2]}),
        charts.bar(["甲", "乙"], {"数": [1, 2]}, horizontal=True, unit="个"),
        charts.stacked(["甲", "乙"], {"一": [1, 2], "二": [3, 4]}),
        charts.line(["1月", "2月", "3月"], {"件数": [1, None, 3]}, unit="件"),
        charts.pie({"已报": 9, "未报": 2}),
        charts.radar({"质量": 100, "安全": 100, "公平": 100}, {"某局": [80, 60, 90]}),
    ],
)
def test_every_kind_of_chart_is_drawn_as_well_formed_svg(option):
    root = ElementTree.fromstring(draw(option))
    assert root.tag == f"{SVG}svg"
    assert list(root.iter(f"{SVG}path"))


def test_the_same_chart_is_the_same_text():
    first = draw()
    draw(charts.pie({"别的": 1}))
    assert draw() == first


def test_two_charts_on_one_page_share_no_identifier():
    ids = re.compile(r'id="([^"]+)"')
    other = charts.stacked(["广东"], {"按时": [3], "迟报": [1]})
    assert not set(ids.findall(draw())) & set(ids.findall(draw(other)))


def test_a_strict_content_policy_has_nothing_to_refuse():
    drawn = draw()
    assert "style=" not in drawn
    assert "<style" not in drawn
    assert "<script" not in drawn
    assert " on" not in re.sub(r">[^<]*<", "><", drawn)


def test_the_figures_have_a_name_and_a_description():
    root = ElementTree.fromstring(draw(description="广东按时三件"))
    assert root.get("role") == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"
    assert (title.text, description.text) == ("报送情况", "广东按时三件")


def test_marks_open_the_list_they_count():
    drawn = draw(links={(0, 1): ("/duties/?state=late&province=45", "广西按时4件")})
    root = ElementTree.fromstring(drawn)
    links = list(root.iter(f"{SVG}a"))
    assert [a.get("href") for a in links] == ["/duties/?state=late&province=45"]
    assert links[0].get("aria-label") == "广西按时4件"
    assert root.get("role") == "group"


def test_grey_print_can_tell_the_parts_by_their_patterns():
    root = ElementTree.fromstring(draw())
    assert len(list(root.iter(f"{SVG}pattern"))) == 2


def test_names_that_look_like_markup_stay_names():
    hostile = "</text><script>alert(1)</script>"
    root = ElementTree.fromstring(draw(charts.bar([hostile], {hostile: [1]}), description=hostile))
    assert not list(root.iter(f"{SVG}script"))
    assert any(hostile == text.text for text in root.iter(f"{SVG}text"))


def test_a_missing_value_is_a_gap_and_not_a_zero():
    with_gap = draw(charts.line(["1", "2", "3"], {"件": [5, None, 5]}))
    with_zero = draw(charts.line(["1", "2", "3"], {"件": [5, 0, 5]}))
    assert with_gap.count("ecmeta") == 0
    assert with_gap != with_zero


def test_the_picture_is_a_png_of_the_size_asked_for():
    made = charts.png(example(), 400, 200, scale=1.5)
    assert made.startswith(b"\x89PNG")
    width, height = int.from_bytes(made[16:20], "big"), int.from_bytes(made[20:24], "big")
    assert (width, height) == (600, 300)
    assert made == charts.png(example(), 400, 200, scale=1.5)


def test_threads_take_turns_at_the_one_context():
    options = [charts.bar(["甲"], {"数": [n]}) for n in range(1, 9)]
    wanted = [draw(option) for option in options]
    found: dict[int, str] = {}

    def work(number):
        found[number] = draw(options[number])

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[n] for n in range(8)] == wanted


def test_a_process_that_drew_a_chart_ends_in_peace():
    """V8 torn down together with the interpreter crashed the process after its work was done."""
    program = (
        "import django; django.setup()\n"
        "from core import charts\n"
        "print(len(charts.svg({'xAxis': {}, 'yAxis': {}, 'series': []}, 200, 100, title='t')))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert int(done.stdout) > 100
