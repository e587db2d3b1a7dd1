"""The sentences for files of which nothing was read: what is wrong, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.filetypes import refusal_text
from core.sheets.gate import Refusal


def sentence(code: str, facts: Mapping[str, Any], *, title: str) -> tuple[str, str]:
    """Message and remedy for a code of the gate, of the child or of the reader."""
    use_template = _("请使用“%(title)s”模板，填写后直接保存为 .xlsx。") % {"title": title}
    megabytes = int(facts.get("limit", 0)) // (1024 * 1024)
    texts = {
        "extension": (
            _("不支持“.%(extension)s”文件") % {"extension": facts.get("extension", "")},
            _("只接受 .xlsx 或 .csv；旧版 .xls 和含宏的 .xlsm 请另存为 .xlsx。"),
        ),
        "empty": (_("文件是空的"), _("请重新选择文件。")),
        "upload_size": (
            _("文件超过 %(limit)d MB") % {"limit": megabytes},
            _("请删去图片和多余的格式，或拆分后分次上传。"),
        ),
        "not_workbook": (_("文件不是 Excel 工作簿"), use_template),
        "binary": (_("文件是二进制工作簿（.xlsb）"), _("请另存为 .xlsx 后再上传。")),
        "no_sheet": (
            _("没有找到工作表“%(sheet)s”，文件里有：%(found)s")
            % {"sheet": facts.get("sheet", ""), "found": "、".join(facts.get("found", [])) or "—"},
            _("请把数据填在模板的“%(sheet)s”工作表里。") % {"sheet": facts.get("sheet", "")},
        ),
        "extent": (
            _("工作表“%(sheet)s”的数据一直延伸到单元格 %(cell)s，范围过大")
            % {"sheet": facts.get("sheet", ""), "cell": facts.get("cell", "")},
            _("请删除表格以外多余的内容，再保存上传。"),
        ),
        "too_much_text": (
            _("文字过多，只读到第 %(rows)d 行") % {"rows": facts.get("rows", 0)},
            _("请删减文字或分次填报。"),
        ),
        "not_text": (
            _("CSV 文件不是 UTF-8 或 GB 18030 编码的文本"),
            _("请用 Excel 或 WPS 另存为 .xlsx 后再上传。"),
        ),
        "csv": (
            _("CSV 第 %(row)d 行格式有误（引号没有配对，或单元格过长）")
            % {"row": facts.get("row", 0)},
            _("请改正该行，或改用 .xlsx 上传。"),
        ),
        "too_many_keys": (
            _("第 %(row)d 行起，不同的键超过 %(limit)d 个")
            % {"row": facts.get("row", 0), "limit": facts.get("limit", 0)},
            _("请按模板的列名书写每行的键。"),
        ),
        "busy": (_("正在读取的文件较多"), _("请稍后重新上传，文件本身没有问题。")),
        "resources": (
            _("文件过大或结构异常，在规定的时间和内存内没有读完"),
            use_template,
        ),
    }
    if code in texts:
        return texts[code]
    message, _stop, remedy = refusal_text(Refusal(code, **facts)).partition("。")
    return message, remedy or use_template
