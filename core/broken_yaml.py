"""What is wrong with a text that is no YAML, in words for people: where, what, how to write it.

Two readers say the same in different words: libyaml, and PyYAML's own where it is missing. What
neither table entry knows is told in general words, never in the reader's English.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

L = gettext_lazy
SAMPLE = L("请以下载的文件为样本，检查这一行的缩进、冒号和引号。")
QUOTES = L("值以引号开头的，末尾补上相同的引号；值中有冒号、井号的，整个值加引号。")
# Parts of what a reader says; the first that fits counts.
SAID: tuple[tuple[tuple[str, ...], Any, Any], ...] = (
    (
        ("mapping values are not allowed",),
        L("这里不能再出现冒号"),
        L("核对上一行是否少了引号或者缩进不齐；值中有冒号的，整个值加引号。"),
    ),
    (
        ("found character '\\t'", "tab character"),
        L("用了制表符"),
        L("缩进请用空格，不用制表符（Tab）。"),
    ),
    (
        ("could not find expected ':'",),
        L("缺少冒号"),
        L("每一项写成“名称: 值”，冒号后空一格。"),
    ),
    (
        ("expected ',' or", "expected the node content", "did not find expected node content"),
        L("花括号或方括号没有写完"),
        L("各项之间用英文逗号，末尾补上 } 或 ]。"),
    ),
    (
        ("expected <block end>", "did not find expected key", "expected '-' indicator"),
        L("缩进不齐"),
        L("同一层的各项左边对齐；列表项以“- ”开头。"),
    ),
    (
        ("sequence entries are not allowed", "mapping keys are not allowed"),
        L("这里不能写列表项"),
        L("列表项以“- ”开头，另起一行，与同一层的各项左边对齐。"),
    ),
    (("unexpected end of stream", "unexpected document"), L("引号没有写完"), QUOTES),
    (("unknown escape", "escape sequence"), L("双引号中的反斜线写法不对"), L("改用单引号。")),
    (
        ("cannot start any token",),
        L("值不能以这个符号开头"),
        L("以 @、`、% 等符号开头的值，整个值加引号。"),
    ),
    (("duplicate key",), L("名称重复"), L("同一层的名称只能出现一次。")),
    (
        ("alias", "anchor", "alphabetic or numeric"),
        L("使用了引用（& 和 *）"),
        L("把引用的内容直接写出；值以这些符号开头的加引号。"),
    ),
    (
        ("tag", "constructor", "character '!'"),
        L("使用了类型标记（!）"),
        L("删去以 ! 开头的标记；值以 ! 开头的，整个值加引号。"),
    ),
    (("unhashable key",), L("名称须为文字"), L("每一项写成“名称: 值”，名称不用花括号或方括号。")),
    (
        ("single document", "<document start>", "another document"),
        L("一个文件只能有一份内容"),
        L("删去分隔线“---”及其后的内容。"),
    ),
    (
        ("unacceptable character", "control characters", "special characters", "invalid"),
        L("含有无法识别的字符"),
        L("删去不可见的控制字符，文件另存为UTF-8。"),
    ),
)


@dataclass(frozen=True)
class Told:
    """Line and column as people count them; 0 where the reader named none."""

    line: int
    column: int
    message: str
    remedy: str

    @property
    def place(self) -> str:
        if not self.line:
            return _("文件")
        words = {"line": self.line, "column": self.column}
        return _("第 %(line)d 行第 %(column)d 列") % words


def told(error: yaml.YAMLError) -> Told:
    """What a reader of YAML could not read."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    said = str(getattr(error, "problem", "") or getattr(error, "reason", "") or error)
    if not said[:1].isascii():
        # Raised by us, in words for people already.
        return Told(line, column, said, str(SAMPLE))
    for parts, message, remedy in SAID:
        if any(part in said for part in parts):
            return Told(line, column, str(message), str(remedy))
    message, remedy = (
        _("这里的写法不合YAML格式"),
        _("核对缩进（用空格）、冒号后的空格和成对的引号、括号。"),
    )
    return Told(line, column, message, remedy)
