"""Two versions of a form's rows, compared by key or by likeness."""

from core.sheets import diff
from tests.core.sheet_forms import LEADER, MEMBER, group_form

THIRD = {**MEMBER, "name": "丙三"}


def states(old, new, **changes):
    return [
        (line.state, line.old_number, line.new_number)
        for line in diff.compare(group_form(**changes), old, new).lines
    ]


def test_equal_versions_have_no_difference():
    found = diff.compare(group_form(), [LEADER, MEMBER], [LEADER, MEMBER])
    assert found.is_empty
    assert found.counts == {"added": 0, "removed": 0, "changed": 0, "same": 2}


def test_rows_are_matched_by_key_wherever_they_stand():
    changed = {**MEMBER, "share": "20.00", "remark": "新"}
    found = diff.compare(group_form(), [LEADER, MEMBER, THIRD], [changed, LEADER])
    assert [(line.state, line.old_number, line.new_number) for line in found.lines] == [
        ("changed", 2, 1),
        ("same", 1, 2),
        ("removed", 3, 0),
    ]
    cells = [(cell.label, cell.old, cell.new) for cell in found.lines[0].changes]
    assert cells == [("占比", "12.50", "20.00"), ("备注", None, "新")]


def test_a_new_row_and_a_removed_one_are_told():
    assert states([LEADER, MEMBER], [LEADER, THIRD]) == [
        ("same", 1, 1),
        ("added", 0, 2),
        ("removed", 2, 0),
    ]
    assert states([], [LEADER]) == [("added", 0, 1)]
    assert states([LEADER], []) == [("removed", 1, 0)]


def test_without_a_key_rows_are_matched_by_likeness():
    changed = {**MEMBER, "phone": "95598"}
    found = states([LEADER, MEMBER, THIRD], [LEADER, changed, THIRD], key=None)
    assert found == [("same", 1, 1), ("changed", 2, 2), ("same", 3, 3)]


def test_a_key_that_repeats_falls_back_to_likeness():
    assert states([MEMBER, MEMBER], [MEMBER]) == [("same", 1, 1), ("removed", 2, 0)]
