"""Invented values that show every component on /gallery/."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from core import components as c
from core.clock import at

DAY = date(2011, 11, 24)


def samples() -> dict[str, Any]:
    """Context of the gallery page."""
    return {
        "stats": STATS,
        "today": DAY,
        "moment": at(DAY, 9, 30),
        "phases": PHASES,
        "board": BOARD,
        "clocks": clocks(),
        "events": EVENTS,
        "steps": STEPS,
        "tabs": TABS,
        "changes": CHANGES,
        "problems": PROBLEMS,
        "columns": COLUMNS,
        "rows": ROWS,
        "lamps": c.LAMPS,
    }


STATS = [
    c.Stat("本阶段应报", 30, "#", "6 家单位 × 5 项", icon="file-text"),
    c.Stat("已受理", 12, "#", "40.0%", "done", "circle-check"),
    c.Stat("审核中", 5, "#", "最早 11-21 收到", "ok", "eye"),
    c.Stat("临近到期", 9, "#", "明日 24:00 截止", "near", "clock-hour-4"),
    c.Stat("逾期", 1, "#", "已提醒 2 级", "late", "alert-triangle", delta="较上周 +1"),
]
PHASES = [
    c.RailPhase("一", "启动部署", date(2011, 10, 25), date(2011, 11, 30), "#", "", 12, 30),
    c.RailPhase("二", "企业自查、整改", date(2011, 12, 1), date(2012, 5, 31)),
    c.RailPhase("三", "集中检查，督促整改", date(2012, 6, 1), date(2012, 10, 31)),
    c.RailPhase("四", "总结提高，健全机制", date(2012, 11, 1), date(2012, 12, 31)),
]


def cell(lamp: str, text: str, note: str = "") -> c.Cell:
    return c.Cell(lamp, text, note, "#")


BOARD = c.Board(
    "单位",
    [
        c.BoardColumn("启动部署报告", "11-25 到期 · 方案五(一)3"),
        c.BoardColumn("领导小组名单", "11-25 · 报告第 1 部分"),
        c.BoardColumn("专项实施方案", "11-24 · 报告第 3 部分"),
        c.BoardColumn("公开服务承诺", "已发布 / 应发布"),
    ],
    [
        c.BoardGroup(
            "广西",
            [
                c.BoardRow(
                    "广西电网公司",
                    [
                        cell("near", "待复核", "企业二人认证中"),
                        cell("done", "已受理", "11-23"),
                        cell("near", "在办", "剩 1 个工作日"),
                        cell("ok", "12 / 14"),
                    ],
                    "省级 · 14 个地市局",
                    "#",
                ),
                c.BoardRow(
                    "广西水利电业集团",
                    [
                        cell("late", "退回补正", "缺“服务承诺”一项"),
                        cell("near", "待报", "明日到期"),
                        cell("late", "逾期 1 个工作日", "已提醒主管领导"),
                        c.Cell(),
                    ],
                    "集团 · 40 个县级公司",
                    "#",
                ),
            ],
            "南方电监局直接负责",
        ),
        c.BoardGroup(
            "贵州",
            [
                c.BoardRow(
                    "贵州电网公司",
                    [
                        cell("pause", "暂停", "延期 3 日"),
                        cell("ok", "已报送"),
                        cell("ok", "在办"),
                        cell("done", "9 / 9"),
                    ],
                    "抄送 · 9 个地市局",
                    "#",
                )
            ],
            "当地派出机构负责，抄送南方电监局",
        ),
    ],
    "各单位各项任务的办理情况",
)
EXPLANATION = [
    {"text": "规则", "value": "投诉举报 7 日内作出受理决定", "source": "办理程序第八条"},
    {"text": "起算", "value": "2011-11-21 10:12 收到", "source": "登记时间"},
    {"text": "工作日历", "value": "2011 年第 1 版", "source": "国办发明电〔2010〕40 号"},
]


def clocks() -> list[dict[str, Any]]:
    start = at(date(2011, 11, 21), 10, 12)
    pause: list[tuple[datetime, datetime | None]] = [(at(date(2011, 11, 23)), None)]
    return [
        {"title": "受理决定", "due": at(date(2011, 11, 28), 23, 59), "lamp": "ok"}
        | {"text": "剩 2 个工作日", "start": start, "pauses": (), "lines": EXPLANATION},
        {"title": "企业答复", "due": at(date(2011, 11, 23), 23, 59), "lamp": "late"}
        | {"text": "逾期 1 个工作日", "start": start, "pauses": (), "lines": EXPLANATION},
        {"title": "办结", "due": at(date(2011, 12, 1), 23, 59), "lamp": "pause"}
        | {"text": "暂停 1 日", "start": start, "pauses": pause, "lines": ()}
        | {"provisional": True},
    ]


EVENTS = [
    c.Event(at(DAY, 9, 2), "系统提醒承办人：剩 2 个工作日", "提醒阶梯第 1 步 · 已送达"),
    c.Event(
        at(date(2011, 11, 23), 15, 40), "退回补正", "缺“服务承诺”一项", "监管专员", "#", "late"
    ),
    c.Event(at(date(2011, 11, 22), 10, 20), "报送第 1 版", "附件 3 份", "企业负责人", "#", "ok"),
]
STEPS = [
    c.Step("下载模板", "done"),
    c.Step("上传", "done"),
    c.Step("逐格检查", "wrong", note="3 处错误"),
    c.Step("预览", "now"),
    c.Step("二人认证"),
    c.Step("回执"),
]
TABS = [c.Tab("待审", "#", True, 5), c.Tab("已退回", "#", False, 1), c.Tab("已受理", "#")]
CHANGES = [
    c.Change("changed", "领导小组 · 组长", "总经理", "董事长"),
    c.Change("added", "对外服务窗口 · 第 22 行", "", "城东供电所营业厅"),
    c.Change("removed", "示范点 · 第 3 行", "城西示范点", ""),
    c.Change("same", "实施方案 · 标题", "专项行动实施方案", "专项行动实施方案"),
]
PROBLEMS = [
    {"sheet": "服务窗口", "column": "是否公示12398", "cell": "E7", "severity": "hard"}
    | {"message": "只能填“是”或“否”，现为“有”", "rule": "取值范围", "remedy": "改为“是”或“否”"},
    {"sheet": "领导小组名单", "column": "联系电话", "cell": "D4", "severity": "soft"}
    | {"message": "号码少一位", "rule": "电话格式", "remedy": "核对号码；确属如此的说明原因"},
]
COLUMNS = [
    c.Column("单位", sort="name"),
    c.Column("状态"),
    c.Column("窗口数", sort="windows", numeric=True),
    c.Column("完成"),
]
ROWS = [
    ("广东电网公司", "done", 21, 21),
    ("广西电网公司", "ok", 12, 14),
    ("海南电网公司", "late", 4, 18),
]
