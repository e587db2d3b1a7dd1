"""A text that is no YAML is told with line, column and reason in Chinese."""

import re

import pytest
import yaml

from core import broken_yaml

LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])]
# Text, line, and what is wrong there.
BROKEN = [
    ("a: 1\nb: 一: 二\n", 2, "不能再出现冒号"),
    ("a: 1\n\tb: 2\n", 2, "制表符"),
    ("a: 1\n甲乙\nb: 2\n", 2, "缺少冒号"),
    ("a: [1, 2\nb: 3\n", 2, "没有写完"),
    ("a: {b: 1\n", 2, "没有写完"),
    ("a:\n  - 1\n b: 2\n", 3, "缩进不齐"),
    ('a: "甲\nb: 2\n', 3, "引号没有写完"),
    ("a: - 1\n", 1, "不能写列表项"),
    ('a: "\\d"\n', 1, "反斜线"),
    ("a: @甲\n", 1, "不能以这个符号开头"),
    ("a: *甲\n", 1, "引用"),
    ("a: !!python/object:os.system x\n", 1, "类型标记"),
    ("a: 1\n---\nb: 2\n", 2, "一份内容"),
    ("a: \x01\n", 0, "无法识别的字符"),
]


@pytest.mark.parametrize("loader", LOADERS)
def test_what_a_reader_could_not_read_is_told_in_chinese(loader):
    for text, line, words in BROKEN:
        with pytest.raises(yaml.YAMLError) as caught:
            yaml.load(text, Loader=loader)
        found = broken_yaml.told(caught.value)
        said = f"{found.place} {found.message} {found.remedy}"
        assert words in found.message, (text, str(caught.value), said)
        assert abs(found.line - line) <= 1, (text, found)
        assert bool(found.column) == bool(found.line), (text, found)
        assert not re.search("[A-Za-z]{2,}", re.sub("UTF|YAML|Tab", "", said)), said
