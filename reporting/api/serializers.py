"""What the description of the API says of outages: shapes only; rules stand elsewhere."""

from __future__ import annotations

from rest_framework import serializers

from reporting.models import OutageFlag, OutageNotice
from reporting.outage_records import CHANNELS, TEXTS


def text(name: str, label: str, *, required: bool = False) -> serializers.CharField:
    return serializers.CharField(
        max_length=TEXTS[name], required=required, allow_blank=not required, help_text=label
    )


def names(label: str) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=60), required=False, help_text=label
    )


def moment(label: str, *, required: bool = False) -> serializers.DateTimeField:
    told = f"{label}，须带时区"
    return serializers.DateTimeField(required=required, allow_null=not required, help_text=told)


def count(label: str) -> serializers.IntegerField:
    return serializers.IntegerField(required=False, min_value=0, help_text=label)


class OutageActualIn(serializers.Serializer):  # type: ignore[type-arg]
    """实际停复电情况。"""

    actual_start = moment("实际停电时间")
    actual_end = moment("实际复电时间")
    arrived_at = moment("抢修到场时间（故障停电）")
    cause_ended_at = moment("停电原因消除时间：工作结束、故障排除或者交清电费")


class OutageReportIn(OutageActualIn):
    """实际停复电情况；null 清除误报的时间。"""

    reason_of_change = serializers.CharField(
        max_length=200, required=False, help_text="更改、清除已报时间的原因"
    )


class OutageIn(OutageActualIn):
    """一件停限电信息。"""

    organisation = serializers.CharField(
        max_length=32, required=False, help_text="供电单位代码；不填为客户端所属单位"
    )
    number = text("number", "编号，同一供电单位内不重复", required=True)
    kind = serializers.ChoiceField(OutageNotice.Kind.choices, help_text="类型")
    reason = text("reason", "停电原因（代码，见规则页）")
    reason_text = text("reason_text", "原因说明")
    document = text("document", "依据文件：批准方案文号、催费通知编号")
    area = text("area", "停电区域，不得填写用户姓名、户号", required=True)
    area_type = serializers.ChoiceField(
        OutageNotice.AreaType.choices, required=False, help_text="城乡类别"
    )
    substation = text("substation", "变电站")
    lines = names("停电线路")
    transformer_areas = names("停电台区")
    households = count("居民户数")
    important_users = count("重要用户数")
    dedicated_users = count("专变用户数")
    sensitive_users = count("敏感用户数")
    planned_start = moment("计划停电时间", required=True)
    planned_end = moment("计划复电时间", required=True)
    published_at = moment("公告时间；欠费停电为通知送达时间")
    channels = serializers.ListField(
        child=serializers.ChoiceField(list(CHANNELS.items())), required=False, help_text="公告渠道"
    )
    important_told_at = moment("通知重要用户时间")
    important_record = text("important_record", "重要用户通知记录")
    method = serializers.ChoiceField(
        OutageNotice.Method.choices, required=False, help_text="作业方式"
    )
    avoided_hours = serializers.DecimalField(
        max_digits=6, decimal_places=2, required=False, help_text="减少停电时间（小时）"
    )
    avoided_households = count("减少停电户数")


class OutageChangeIn(OutageIn):
    """变更后的全部内容。"""

    reason_of_change = serializers.CharField(
        max_length=200, required=False, help_text="变更原因；公告后变更时间、区域的必填"
    )


class OutageCancelIn(serializers.Serializer):  # type: ignore[type-arg]
    reason_of_change = serializers.CharField(max_length=200, help_text="取消原因")
    proof = serializers.CharField(
        max_length=200, required=False, help_text="没有停电的依据；已过计划停电时间的必填"
    )


class OutageOut(OutageIn):
    state = serializers.ChoiceField(OutageNotice.State.choices, help_text="状态")
    change_reason = serializers.CharField(allow_blank=True, help_text="变更、取消原因")
    version = serializers.IntegerField(help_text="版本")
    lead_hours = serializers.FloatField(allow_null=True, help_text="公告提前量（小时）")
    lead_ok = serializers.BooleanField(
        allow_null=True, help_text="提前量是否符合规则；不适用或者尚未公告的为空"
    )
    flags = serializers.ListField(
        child=serializers.ChoiceField(OutageFlag.Code.choices), help_text="存在的问题"
    )
    updated_at = serializers.DateTimeField(help_text="更新时间")


class OutagePage(serializers.Serializer):  # type: ignore[type-arg]
    items = OutageOut(many=True)
    next = serializers.CharField(allow_blank=True, help_text="下一页；空为没有更多")
