"""Requests as a workbook: what lists show, the customer masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from core import clock, masking
from core.sheets.writer import Out, write
from grids.models import BusinessRequest

MOMENTS = ("passed_at", "taken_at", "due_at", "finished_at")
PLAIN = ("number", "external_number", "capacity", "handovers", "days", "company_days")
PLAIN += ("in_time", "government_in_time", "fee", "reduction", "reduction_reason", "result")


def workbook(requests: Iterable[BusinessRequest], **taken: Any) -> bytes:
    """``taken``: ``taken_by`` and ``now``, for the mark on every page."""
    columns = [
        Out("number", _("编号"), 24),
        Out("external_number", _("政府平台编号"), 20),
        Out("type", _("业务类型"), 20),
        Out("source", _("转办的政府网格"), 24),
        Out("organisation", _("承办单位"), 20),
        Out("customer", _("客户名称")),
        Out("address", _("用电地址"), 24),
        Out("capacity", _("用电容量（千伏安）")),
        Out("state", _("状态")),
        Out("passed_at", _("转办时间"), 18),
        Out("taken_at", _("受理时间"), 18),
        Out("due_at", _("当前时限"), 18),
        Out("finished_at", _("办结时间"), 18),
        Out("days", _("全程工作日")),
        Out("company_days", _("供电企业工作日")),
        Out("in_time", _("按时办结")),
        Out("government_in_time", _("政府会签按时")),
        Out("fee", _("应收费用（元）")),
        Out("reduction", _("减免费用（元）")),
        Out("reduction_reason", _("减免依据"), 24),
        Out("handovers", _("移交次数")),
        Out("result", _("办理结果"), 30),
        Out("satisfaction", _("客户评价")),
    ]
    return write(columns, _lines(requests), sheet=_("涉电业务"), **taken)


def _lines(requests: Iterable[BusinessRequest]) -> Iterator[dict[str, Any]]:
    for one in requests:
        moments = {name: getattr(one, name) for name in MOMENTS}
        yield {
            **{name: getattr(one, name) for name in PLAIN},
            **{name: clock.written(moment) if moment else None for name, moment in moments.items()},
            "type": one.type.title,
            "source": one.source.name,
            "organisation": one.organisation.name,
            "customer": masking.mask("name", one.customer_name),
            "address": masking.mask("address", one.address),
            "state": one.get_state_display(),
            "satisfaction": one.get_satisfaction_display(),
        }
