"""Files of cases as other systems write them."""

import csv
import io
import json

from core.sheets import writer

# The contract's section 2, word by word.
COLUMNS = [
    *("编号", "来源", "受理时间", "反映渠道", "诉求性质", "行业", "业务类别", "被反映单位"),
    *("被反映对象", "地区", "诉求人", "联系电话", "匿名", "要求保密", "用电地址", "户号"),
    *("线路", "台区", "城乡类别", "诉求内容", "是否受理", "状态", "办结时间", "办理结论"),
    *("满意度", "关联编号", "停电开始时间", "到达现场时间", "恢复供电时间", "停电户数"),
]


def row(number, **said):
    """A row with what most tests do not care about, in the contract's words."""
    usual = {
        "编号": number,
        "受理时间": "2018-03-05 09:00",
        "反映渠道": "12398电话",
        "诉求性质": "投诉",
        "行业": "电力",
        "业务类别": "供电服务",
        "被反映单位": "肇庆供电局",
    }
    return {**usual, **said}


def named(content, name):
    stream = io.BytesIO(content)
    stream.name = name
    return stream


def xlsx(rows, columns=COLUMNS):
    content = writer.write([(name, name) for name in columns], rows, sheet="Sheet1")
    return named(content, "cases.xlsx")


def text(rows, columns=COLUMNS, encoding="utf-8-sig"):
    target = io.StringIO()
    lines = csv.DictWriter(target, columns, extrasaction="ignore")
    lines.writeheader()
    lines.writerows(rows)
    return named(target.getvalue().encode(encoding), "cases.csv")


def lines(rows):
    content = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows)
    return named(content.encode(), "cases.ndjson")
