"""What the description of the API says of returns: shapes only; rules stand in the definitions."""

from __future__ import annotations

from rest_framework import serializers

from reporting.workflow.returns import State


class PeriodOut(serializers.Serializer):  # type: ignore[type-arg]
    """报告期。"""

    to = serializers.DateField(help_text="止")

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        # "from" is a word of the language.
        return {"from": serializers.DateField(help_text="起"), **super().get_fields()}


class ReturnListed(serializers.Serializer):  # type: ignore[type-arg]
    """一张定期报表。"""

    id = serializers.IntegerField(help_text="编号")
    code = serializers.CharField(help_text="报表代码")
    title = serializers.CharField(help_text="名称")
    form_version = serializers.IntegerField(help_text="报表定义的版本")
    organisation = serializers.CharField(help_text="报送单位代码")
    recipient = serializers.CharField(help_text="受理单位代码")
    period = PeriodOut(help_text="报告期")
    due_at = serializers.DateTimeField(help_text="截止时间")
    state = serializers.ChoiceField(State.choices, help_text="状态")
    receipt_number = serializers.CharField(allow_blank=True, help_text="回执编号")
    submitted_at = serializers.DateTimeField(allow_null=True, help_text="报送时间")
    is_late = serializers.BooleanField(help_text="逾期报送")
    recheck = serializers.BooleanField(help_text="因前期更正需要核对")


class ProblemOut(serializers.Serializer):  # type: ignore[type-arg]
    """检查结果中的一处。"""

    sheet = serializers.CharField(help_text="工作表")
    cell = serializers.CharField(allow_blank=True, help_text="单元格（按模板）")
    column = serializers.CharField(allow_blank=True, help_text="列")
    rule = serializers.CharField(help_text="规则")
    message = serializers.CharField(help_text="问题")
    remedy = serializers.CharField(help_text="改法")
    severity = serializers.ChoiceField(["hard", "soft"], help_text="hard 须改正，soft 可说明理由")
    key = serializers.CharField(allow_blank=True, help_text="提示的键，说明理由时填写")
    reason = serializers.CharField(allow_blank=True, help_text="已说明的理由")


def rows(label: str) -> serializers.DictField:
    row = serializers.DictField(help_text="列的 key 和值")
    return serializers.DictField(child=serializers.ListField(child=row), help_text=label)


class ReturnOut(ReturnListed):
    version = serializers.IntegerField(allow_null=True, help_text="版本；尚未填报的为空")
    revision = serializers.IntegerField(help_text="版次，保存和提交时填写")
    digest = serializers.CharField(allow_blank=True, help_text="报送内容的 SHA-256")
    rows = rows("各工作表的行")
    problems = ProblemOut(many=True, help_text="检查结果")
    rechecks = serializers.ListField(
        child=serializers.DictField(), help_text="前期更正后需要核对的内容"
    )
    deficient = serializers.ListField(child=serializers.DictField(), help_text="退回补正的问题")


class ReturnPage(serializers.Serializer):  # type: ignore[type-arg]
    items = ReturnListed(many=True)
    next = serializers.CharField(allow_blank=True, help_text="下一页；空为没有更多")


class DefinitionOut(serializers.Serializer):  # type: ignore[type-arg]
    """报表定义。"""

    code = serializers.CharField(help_text="报表代码")
    version = serializers.IntegerField(help_text="版本")
    title = serializers.CharField(help_text="名称")
    content = serializers.DictField(help_text="定义全文，同“定义文件”")


class DraftIn(serializers.Serializer):  # type: ignore[type-arg]
    """草稿。"""

    revision = serializers.IntegerField(min_value=0, help_text="所依据的版次；还没有草稿的填0")
    rows = rows("要替换的工作表")
    reasons = serializers.DictField(
        child=serializers.CharField(max_length=200),
        required=False,
        help_text="对提示说明的理由，以提示的 key 为键",
    )
    reason = serializers.CharField(max_length=200, required=False, help_text="更正已通过报表的原因")


class SubmitIn(serializers.Serializer):  # type: ignore[type-arg]
    """提交复核。"""

    revision = serializers.IntegerField(min_value=0, help_text="所依据的版次")
