"""What the description of the API says of business passed on: shapes; rules stand elsewhere."""

from __future__ import annotations

from rest_framework import serializers

from grids.business.moves import State
from grids.business_records import PERSON, TEXTS
from grids.models import BusinessRequest

EVENTS = [
    ("materials", "补交材料"),
    ("signed", "会签同意"),
    ("objected", "会签不同意"),
    ("informed", "已告知客户"),
    ("withdrawn", "撤回"),
]


def text(name: str, label: str, *, required: bool = False) -> serializers.CharField:
    return serializers.CharField(
        max_length=TEXTS[name], required=required, allow_blank=not required, help_text=label
    )


class CustomerIn(serializers.Serializer):  # type: ignore[type-arg]
    name = serializers.CharField(max_length=PERSON["name"], help_text="客户名称")
    phone = serializers.CharField(max_length=PERSON["phone"], help_text="联系电话")


class BusinessIn(serializers.Serializer):  # type: ignore[type-arg]
    """一件转办的涉电业务。"""

    number = text("number", "政府平台编号，同一网格内不重复", required=True)
    type = text("type", "业务类型代码，见办理流程", required=True)
    customer = CustomerIn(help_text="客户；加密保存，不在答复中返回")
    address = text("address", "用电地址", required=True)
    account_no = text("account_no", "户号；新装不填")
    capacity = serializers.DecimalField(
        max_digits=10, decimal_places=2, required=False, help_text="用电容量（千伏安）"
    )
    materials = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, help_text="已收材料代码"
    )
    note = text("note", "说明，不得填写客户姓名、电话、户号")
    grid = text("grid", "政府网格编码")
    organisation = text("organisation", "承办供电单位代码；不填按网格对接关系确定")
    signer = text("signer", "会签部门代码；不填为转办的网格")


class BusinessEventIn(serializers.Serializer):  # type: ignore[type-arg]
    """办理进展。"""

    kind = serializers.ChoiceField(EVENTS, help_text="事项")
    materials = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, help_text="补交的材料代码"
    )
    step = serializers.CharField(max_length=40, required=False, help_text="会签的环节代码")
    satisfaction = serializers.ChoiceField(
        BusinessRequest.Satisfaction.choices, required=False, help_text="客户评价"
    )
    text = serializers.CharField(max_length=300, required=False, help_text="说明、原因")


class StepOut(serializers.Serializer):  # type: ignore[type-arg]
    code = serializers.CharField(help_text="环节代码")
    title = serializers.CharField(help_text="环节")
    actor = serializers.CharField(help_text="办理方")
    joint = serializers.BooleanField(help_text="是否会签")
    started_at = serializers.DateTimeField(allow_null=True, help_text="开始时间")
    due_at = serializers.DateTimeField(allow_null=True, help_text="时限")
    done_at = serializers.DateTimeField(allow_null=True, help_text="完成时间")


class BusinessOut(serializers.Serializer):  # type: ignore[type-arg]
    number = serializers.CharField(allow_blank=True, help_text="政府平台编号")
    portal_number = serializers.CharField(help_text="本平台编号")
    type = serializers.CharField(help_text="业务类型代码")
    version = serializers.IntegerField(help_text="办理流程版本")
    source = serializers.CharField(help_text="转办的政府网格代码")
    organisation = serializers.CharField(help_text="承办供电单位代码")
    signer = serializers.CharField(help_text="会签部门代码")
    state = serializers.ChoiceField(State.choices, help_text="状态")
    missing = serializers.ListField(child=serializers.CharField(), help_text="应补材料代码")
    due_at = serializers.DateTimeField(allow_null=True, help_text="当前时限")
    steps = StepOut(many=True, help_text="环节")
    result = serializers.CharField(allow_blank=True, help_text="办理结果")
    days = serializers.IntegerField(allow_null=True, help_text="全程工作日")
    fee = serializers.CharField(allow_null=True, help_text="应收费用（元）")
    reduction = serializers.CharField(allow_null=True, help_text="减免费用（元）")
    updated_at = serializers.DateTimeField(help_text="更新时间")


class BusinessPage(serializers.Serializer):  # type: ignore[type-arg]
    items = BusinessOut(many=True)
    next = serializers.CharField(allow_blank=True, help_text="下一页；空为没有更多")
