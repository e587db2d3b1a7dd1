"""What the description of the API says of cases: shapes only; reading and rules stand elsewhere."""

from __future__ import annotations

from rest_framework import serializers

from complaints.api.shape import PERSON, TEXTS
from complaints.services.repairing import MOST_HOUSEHOLDS
from complaints.services.telling import KINDS, LONGEST_ID, LONGEST_NAME
from complaints.workflow import ClockState, Source, State


def text(name: str, label: str, *, required: bool = False) -> serializers.CharField:
    """A text of a case that is handed in."""
    return serializers.CharField(
        max_length=TEXTS[name][1], required=required, allow_blank=not required, help_text=label
    )


class ComplainantIn(serializers.Serializer):  # type: ignore[type-arg]
    name = serializers.CharField(max_length=PERSON["name"][1], required=False, allow_blank=True)
    phone = serializers.CharField(max_length=PERSON["phone"][1], required=False, allow_blank=True)
    anonymous = serializers.BooleanField(required=False)
    confidential = serializers.BooleanField(required=False)


class CaseIn(serializers.Serializer):  # type: ignore[type-arg]
    """一件诉求。目录项填代码或受理当日的名称；单位、地区填代码或名称。"""

    number = text("number", "编号，同一首接单位内不重复", required=True)
    source = serializers.ChoiceField(Source.choices, required=False, help_text="来源，默认本方热线")
    received_at = serializers.DateTimeField(help_text="受理时间，须带时区")
    channel = text("channel", "反映渠道", required=True)
    nature = text("nature", "诉求性质", required=True)
    industry = text("industry", "行业，默认电力")
    category = text("category", "业务类别")
    content = text("content", "诉求内容")
    complainant = ComplainantIn(required=False, help_text="诉求人")
    account_no = text("account_no", "户号")
    address = text("address", "用电地址")
    region = text("region", "地区")
    organisation = text("organisation", "被反映单位")
    target = text("target", "被反映对象")
    feeder = text("feeder", "线路")
    transformer_area = text("transformer_area", "台区")
    area_type = text("area_type", "城乡类别")
    urgency = text("urgency", "紧急程度")
    linked = serializers.ListField(
        child=serializers.CharField(max_length=40, allow_blank=False),
        required=False,
        max_length=1,
        help_text="关联编号",
    )
    accepted = serializers.BooleanField(required=False, help_text="是否受理（已在对方办理的）")
    state = text("state", "状态（已在对方办理的）")
    closed_at = serializers.DateTimeField(required=False, help_text="办结时间，须带时区")
    outcome = text("outcome", "办理结论")
    satisfaction = text("satisfaction", "满意度")
    interrupted_at = serializers.DateTimeField(
        required=False, help_text="故障报修：停电开始时间，须带时区；不填从受理时间起算"
    )
    arrived_at = serializers.DateTimeField(
        required=False, help_text="故障报修：到达现场时间（已在对方办理的），须带时区"
    )
    restored_at = serializers.DateTimeField(
        required=False, help_text="故障报修：恢复供电时间（已在对方办理的），须带时区"
    )
    households = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_HOUSEHOLDS, help_text="故障报修：停电户数"
    )


class ComplainantOut(serializers.Serializer):  # type: ignore[type-arg]
    name = serializers.CharField(allow_blank=True, help_text="遮盖、隐藏或完整，视权限而定")
    phone = serializers.CharField(allow_blank=True)
    anonymous = serializers.BooleanField()
    confidential = serializers.BooleanField()


class ClockOut(serializers.Serializer):  # type: ignore[type-arg]
    name = serializers.CharField(help_text="时限名称")
    due_at = serializers.DateTimeField(help_text="截止时间")
    state = serializers.ChoiceField(ClockState.choices, help_text="计时状态")
    explanation_url = serializers.URLField(help_text="期限说明页")


class CaseOut(serializers.Serializer):  # type: ignore[type-arg]
    """一件诉求。"""

    number = serializers.CharField(help_text="编号")
    source = serializers.ChoiceField(Source.choices, help_text="来源")
    received_at = serializers.DateTimeField(help_text="受理时间")
    channel = serializers.CharField(help_text="反映渠道（代码）")
    nature = serializers.CharField(help_text="诉求性质（代码）")
    industry = serializers.CharField(help_text="行业（代码）")
    category = serializers.CharField(allow_blank=True, help_text="业务类别（代码）")
    content = serializers.CharField(allow_blank=True, help_text="诉求内容")
    complainant = ComplainantOut(help_text="诉求人")
    account_no = serializers.CharField(allow_blank=True, help_text="户号")
    address = serializers.CharField(allow_blank=True, help_text="用电地址")
    region = serializers.CharField(allow_blank=True, help_text="地区代码")
    organisation = serializers.CharField(allow_blank=True, help_text="被反映单位代码")
    feeder = serializers.CharField(allow_blank=True, help_text="线路")
    transformer_area = serializers.CharField(allow_blank=True, help_text="台区")
    area_type = serializers.CharField(allow_blank=True, help_text="城乡类别（代码）")
    urgency = serializers.CharField(allow_blank=True, help_text="紧急程度（代码）")
    linked = serializers.ListField(child=serializers.CharField(), help_text="关联编号")
    state = serializers.ChoiceField(State.choices, help_text="状态")
    clocks = ClockOut(many=True, help_text="时限")
    updated_at = serializers.DateTimeField(help_text="更新时间")


class CasePage(serializers.Serializer):  # type: ignore[type-arg]
    items = CaseOut(many=True)
    next = serializers.CharField(allow_blank=True, help_text="下一页的 cursor；空表示没有了")


class ChangeOut(serializers.Serializer):  # type: ignore[type-arg]
    kind = serializers.ChoiceField([("case", "诉求")])
    number = serializers.CharField(help_text="编号")
    updated_at = serializers.DateTimeField(help_text="更新时间")
    case = CaseOut(help_text="变更后的诉求")


class ChangePage(serializers.Serializer):  # type: ignore[type-arg]
    items = ChangeOut(many=True)
    next = serializers.CharField(allow_blank=True, help_text="请保存，下次从这里继续")
    more = serializers.BooleanField(help_text="现在是否还有更多")


class EventIn(serializers.Serializer):  # type: ignore[type-arg]
    """办理进展。不同事项需要的内容不同，见接入指南。"""

    kind = serializers.ChoiceField([(kind, kind) for kind in KINDS], help_text="事项")
    id = serializers.CharField(
        max_length=LONGEST_ID, required=False, help_text="对方的消息编号，重发不重复办理"
    )
    at = serializers.DateTimeField(required=False, help_text="发生时间，须带时区；默认现在")
    by = serializers.CharField(
        max_length=LONGEST_NAME, required=False, allow_blank=True, help_text="对方经办人"
    )
    text = serializers.CharField(required=False, allow_blank=True, help_text="说明")
    organisation = serializers.CharField(
        required=False, allow_blank=True, help_text="dispatched：承办单位"
    )
    reason = serializers.CharField(required=False, allow_blank=True, help_text="returned：退单原因")
    safety = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="restored：已落实的安全措施"
    )
    households = serializers.IntegerField(
        required=False, min_value=0, max_value=MOST_HOUSEHOLDS, help_text="restored：停电户数"
    )
    interrupted_at = serializers.DateTimeField(
        required=False, help_text="restored：停电开始时间，须带时区；不填从报修时间起算"
    )
    outcome = serializers.CharField(
        required=False, allow_blank=True, help_text="replied、closed：核实结论"
    )
    reached = serializers.BooleanField(required=False, help_text="visited：是否联系上")
    satisfaction = serializers.CharField(
        required=False, allow_blank=True, help_text="visited：满意度"
    )


class EventOut(serializers.Serializer):  # type: ignore[type-arg]
    number = serializers.CharField(help_text="诉求编号")
    sequence = serializers.IntegerField(help_text="办理记录序号")
    kind = serializers.CharField(help_text="事项")
    act = serializers.CharField(help_text="对应的办理环节")
    at = serializers.DateTimeField(help_text="发生时间")
    state = serializers.ChoiceField(State.choices, help_text="办理后的状态")
