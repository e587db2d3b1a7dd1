"""Shapes of the registers of mixed lines, load control and demand response."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.widgets import Day
from reporting.models import ResponseResource
from reporting.supply_forms import UnitForm, load

MOST = 10**9


def count(label: Any, least: int = 0) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=MOST)


class MixedLineForm(UnitForm):
    """A line that enterprises share with residents."""

    prefix_id = "line"
    code = forms.CharField(label=_("线路编号"), max_length=40)
    name = forms.CharField(label=_("线路名称"), max_length=60)
    substation = forms.CharField(label=_("变电站"), max_length=60, required=False)
    residents = count(_("居民户数"), 1)
    enterprises = count(_("企业户数"), 1)
    separable = forms.BooleanField(label=_("可分离"), required=False)
    due_on = forms.DateField(
        label=_("断电设施加装期限"),
        widget=Day(),
        required=False,
        help_text=_("难以分离的必填。"),
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)


class DoneForm(forms.Form):
    """How and when it was done."""

    how = forms.ChoiceField(
        label=_("办理情况"),
        choices=[("fitted", _("断电设施已加装")), ("separated", _("企业已分离供电"))],
    )
    done_on = forms.DateField(label=_("完成日期"), widget=Day())


class LoadControlForm(UnitForm):
    """What a unit can watch and control."""

    prefix_id = "control"
    counted_on = forms.DateField(label=_("统计日期"), widget=Day())
    peak_mw = load(_("最大用电负荷（兆瓦）"), least="0.01")
    monitored_mw = load(_("可监测负荷（兆瓦）"))
    controlled_mw = load(_("可控制负荷（兆瓦）"))
    users = count(_("应纳入管理用户数"))
    managed_users = count(_("已纳入管理用户数"))
    basis = forms.CharField(label=_("数据来源"), max_length=200)
    correction = forms.CharField(
        label=_("更正原因"),
        max_length=200,
        required=False,
        help_text=_("同一统计日期再次登记时填写。"),
    )


class ResponseForm(UnitForm):
    """A user who yields load when asked."""

    prefix_id = "response"
    grid = forms.CharField(label=_("网格"), max_length=60)
    user_no = forms.CharField(label=_("户号"), max_length=40)
    user_name = forms.CharField(label=_("用户名称"), max_length=80)
    kind = forms.ChoiceField(label=_("资源类别"), choices=ResponseResource.Kind.choices)
    capacity_kw = load(_("可响应负荷（千瓦）"), least="0.01")
    notice_minutes = count(_("提前通知（分钟）"))
    agreed_on = forms.DateField(label=_("签约日期"), widget=Day())


class EndForm(forms.Form):
    """From when on a user takes no part."""

    ended_on = forms.DateField(label=_("退出日期"), widget=Day())
