"""What the description of the API says of transfers, issues and reconciliation: shapes only."""

from __future__ import annotations

from rest_framework import serializers

from complaints.api.serializers import CaseOut
from complaints.models import HotIssue, HotIssueReport, Reconciliation, ReconciliationDifference
from complaints.services import telling
from complaints.workflow import State


class TransferOut(CaseOut):
    """一件转办的诉求。"""

    owner = serializers.CharField(help_text="首接单位代码")
    holder = serializers.CharField(help_text="承办单位代码")
    transferred_at = serializers.DateTimeField(allow_null=True, help_text="转办时间")
    digest = serializers.CharField(help_text="内容摘要，对账时原样返回")


class TransferPage(serializers.Serializer):  # type: ignore[type-arg]
    items = TransferOut(many=True)
    next = serializers.CharField(allow_blank=True, help_text="下一页的 cursor；空表示没有了")


class TransferReceive(serializers.Serializer):  # type: ignore[type-arg]
    id = serializers.CharField(
        max_length=telling.LONGEST_ID, required=False, help_text="对方的消息编号，重发不重复办理"
    )
    at = serializers.DateTimeField(required=False, help_text="发生时间，须带时区；默认现在")
    by = serializers.CharField(
        max_length=telling.LONGEST_NAME, required=False, allow_blank=True, help_text="对方经办人"
    )
    text = serializers.CharField(required=False, allow_blank=True, help_text="说明")


class TransferReply(TransferReceive):
    text = serializers.CharField(help_text="答复内容")
    outcome = serializers.CharField(
        required=False, allow_blank=True, help_text="核实结论（代码或名称）"
    )
    close = serializers.BooleanField(required=False, help_text="是否一并办结")


class TransferReturn(TransferReceive):
    text = serializers.CharField(help_text="退单说明")
    reason = serializers.CharField(help_text="退单原因（代码或名称）")


class PeriodIn(serializers.Serializer):  # type: ignore[type-arg]
    def get_fields(self) -> dict[str, serializers.Field]:  # "from" is a word of Python
        return {
            "from": serializers.DateField(help_text="起始日期"),
            "to": serializers.DateField(help_text="截止日期（含当日）"),
        }


COUNT = {"min_value": 0, "max_value": 2_147_483_647}


class IssueIn(serializers.Serializer):  # type: ignore[type-arg]
    title = serializers.CharField(max_length=80, help_text="问题")
    kind = serializers.ChoiceField(HotIssue.Kind.choices, required=False, help_text="焦点或难点")
    category = serializers.CharField(
        max_length=40, required=False, allow_blank=True, help_text="业务类别（代码或名称）"
    )
    region = serializers.CharField(
        max_length=60, required=False, allow_blank=True, help_text="地区（代码或名称）"
    )
    count = serializers.IntegerField(required=False, help_text="95598件数", **COUNT)
    description = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, help_text="情况和原因"
    )
    measures = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, help_text="解决措施"
    )
    due_on = serializers.DateField(required=False, allow_null=True, help_text="计划解决日期")
    solved = serializers.BooleanField(required=False, help_text="已解决")


class IssuesIn(serializers.Serializer):  # type: ignore[type-arg]
    """一期焦点、难点问题报告。"""

    period = PeriodIn(help_text="报告期：已结束的整月、季度、半年或年")
    received = serializers.IntegerField(
        required=False, allow_null=True, help_text="95598受理件数", **COUNT
    )
    complaints = serializers.IntegerField(
        required=False, allow_null=True, help_text="其中投诉件数", **COUNT
    )
    summary = serializers.CharField(
        max_length=4000, required=False, allow_blank=True, help_text="综合情况"
    )
    correction = serializers.CharField(
        max_length=300, required=False, allow_blank=True, help_text="更正原因（更正时必填）"
    )
    issues = IssueIn(many=True, required=False, help_text="问题，最多30个")


class IssuesOut(serializers.Serializer):  # type: ignore[type-arg]
    organisation = serializers.CharField(help_text="报送单位代码")
    period = PeriodIn()
    version = serializers.IntegerField(help_text="版本")
    state = serializers.ChoiceField(HotIssueReport.State.choices, help_text="状态")
    submitted_at = serializers.DateTimeField(help_text="报送时间")


class SumOut(serializers.Serializer):  # type: ignore[type-arg]
    count = serializers.IntegerField(help_text="件数", **COUNT)
    digest = serializers.CharField(max_length=64, help_text="摘要（SHA-256）")


class UnitIn(SumOut):
    unit = serializers.CharField(max_length=32, help_text="单位代码")


class LineIn(serializers.Serializer):  # type: ignore[type-arg]
    owner = serializers.CharField(
        max_length=32, required=False, allow_blank=True, help_text="首接单位代码，默认本单位"
    )
    number = serializers.CharField(max_length=40, help_text="编号")
    unit = serializers.CharField(max_length=32, help_text="单位代码")
    state = serializers.CharField(max_length=20, help_text="状态（代码）")
    digest = serializers.CharField(max_length=64, help_text="内容摘要")


class ReconciliationIn(serializers.Serializer):  # type: ignore[type-arg]
    """企业一天的件数和摘要；有差异的单位再送明细。"""

    units = UnitIn(many=True, help_text="各单位的件数和摘要")
    cases = LineIn(many=True, required=False, help_text="逐件明细，最多50,000件")


class UnitHere(SumOut):
    unit = serializers.CharField(help_text="单位代码")


class LineOut(serializers.Serializer):  # type: ignore[type-arg]
    owner = serializers.CharField(help_text="首接单位代码")
    number = serializers.CharField(help_text="编号")
    unit = serializers.CharField(help_text="单位代码")
    state = serializers.ChoiceField(State.choices, help_text="状态")
    digest = serializers.CharField(help_text="内容摘要")


class DayOut(serializers.Serializer):  # type: ignore[type-arg]
    date = serializers.DateField(help_text="受理日期")
    units = UnitHere(many=True, help_text="平台各单位的件数和摘要")
    cases = LineOut(many=True, help_text="unit 参数所指单位的明细")


class UnitOut(serializers.Serializer):  # type: ignore[type-arg]
    unit = serializers.CharField(help_text="单位代码")
    here = SumOut(help_text="平台")
    there = SumOut(help_text="企业")
    state = serializers.ChoiceField(Reconciliation.State.choices, help_text="结果")


class DifferenceOut(serializers.Serializer):  # type: ignore[type-arg]
    kind = serializers.ChoiceField(ReconciliationDifference.Kind.choices, help_text="差异")
    unit = serializers.CharField(help_text="单位代码")
    owner = serializers.CharField(help_text="首接单位代码")
    number = serializers.CharField(help_text="编号")
    here = serializers.CharField(allow_blank=True, help_text="平台的值")
    there = serializers.CharField(allow_blank=True, help_text="企业的值")


class ReconciliationOut(serializers.Serializer):  # type: ignore[type-arg]
    date = serializers.DateField(help_text="受理日期")
    at = serializers.DateTimeField(help_text="对账时间")
    state = serializers.ChoiceField(Reconciliation.State.choices, help_text="结果")
    units = UnitOut(many=True)
    asks = serializers.ListField(
        child=serializers.CharField(), help_text="请再送这些单位的明细（cases）"
    )
    differences_total = serializers.IntegerField(help_text="差异总数")
    differences = DifferenceOut(many=True, help_text="前1,000条差异")
