"""Forms of the decisions about a filing: certify, send back, look closer, return, accept.

A wrong entry comes back with what was typed, named at its field with the rule and the way out;
whether the move may be made at all is the service's to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from reporting.parts import Part

LONGEST_PURPOSE = 200
LONGEST_REASON = 500
# A remark on one part goes into the letter of return, where it must stay readable.
LONGEST_REMARK = 500
LONGEST_RULE = 200
LONGEST_COMMENT = 2000
ACCEPT, RETURN = "accept", "return"


class Words(forms.CharField):
    """Text of limited length; a line break counts as one character, as it does in the browser."""

    def __init__(self, *, most: int, rows: int = 0, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
        told = gettext_lazy("最多%(limit_value)d字，现有%(show_value)d字。请缩短后再提交。")
        # Browsers stop typing at the limit; what comes longer all the same is told, never cut.
        super().__init__(max_length=most, widget=widget, **kwargs)
        self.error_messages["max_length"] = told

    def to_python(self, value: Any) -> str:
        text = value.replace("\r\n", "\n") if isinstance(value, str) else value
        return str(super().to_python(text) or "")


class CertifyForm(forms.Form):
    """The statement under which the second person puts the organisation's name."""

    confirm = forms.BooleanField(
        label=gettext_lazy("认证声明"),
        error_messages={"required": gettext_lazy("请先逐项核对，勾选认证声明后再报送。")},
    )


class SendBackForm(forms.Form):
    """Why the certifier hands the version back to the filer."""

    reason = Words(
        label=gettext_lazy("退回填报人修改，理由"),
        most=LONGEST_REASON,
        rows=2,
        error_messages={
            "required": gettext_lazy("退回填报人须写明理由。请写清哪份材料、要改什么。")
        },
    )


class RevealForm(forms.Form):
    """What names and telephones are looked at for."""

    purpose = Words(
        label=gettext_lazy("用途（记入审计）"),
        most=LONGEST_PURPOSE,
        error_messages={
            "required": gettext_lazy("查看个人信息须写明用途。请填写，例如“电话核实名单”。")
        },
    )


class ReviewForm(forms.Form):
    """The decision of the review: which parts are deficient, why, by which rule; or all is well."""

    comment = Words(
        label=gettext_lazy("总体意见（可不填）"), most=LONGEST_COMMENT, rows=2, required=False
    )

    def __init__(self, *args: Any, parts: Sequence[Part], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = list(parts)
        for part in self.parts:
            self._add_part(part)
        # The remark on the whole stands below the parts, and so do its errors.
        self.order_fields([*(name for name in self.fields if name != "comment"), "comment"])

    def _add_part(self, part: Part) -> None:
        title = part.title
        self.fields[f"deficient-{part.code}"] = forms.BooleanField(label=title, required=False)
        self.fields[f"problem-{part.code}"] = Words(
            label=_("%(part)s的问题") % {"part": title},
            most=LONGEST_REMARK,
            rows=1,
            required=False,
        )
        self.fields[f"rule-{part.code}"] = Words(
            label=_("%(part)s的依据") % {"part": title},
            most=LONGEST_RULE,
            initial=part.basis,
            required=False,
        )

    @property
    def by_part(self) -> list[tuple[Part, BoundField, BoundField, BoundField]]:
        """Each part with its tick, its problem and its rule."""
        return [
            (p, self[f"deficient-{p.code}"], self[f"problem-{p.code}"], self[f"rule-{p.code}"])
            for p in self.parts
        ]

    @property
    def decision(self) -> str:
        """accept, return, or nothing that is known."""
        sent = str(self.data.get("decision", ""))
        return sent if sent in (ACCEPT, RETURN) else ""

    @property
    def deficient(self) -> list[dict[str, str]]:
        """The marked parts as the service takes them; after the form was found sound."""
        asked = self.cleaned_data
        return [
            {
                "part": part.code,
                "problem": asked[f"problem-{part.code}"],
                "rule": asked[f"rule-{part.code}"],
            }
            for part in self.parts
            if asked[f"deficient-{part.code}"]
        ]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        if not self.decision:
            self.add_error(None, _("请选择审核通过或者退回补正。"))
            return asked
        if self.decision == ACCEPT:
            self._check_clear(asked)
        else:
            self._check_marks(asked)
        return asked

    def _check_clear(self, asked: dict[str, Any]) -> None:
        """What was marked or written about a part must not vanish in an acceptance."""
        for part in self.parts:
            tick = f"deficient-{part.code}"
            if asked.get(tick) or asked.get(f"problem-{part.code}"):
                told = _(
                    "审核通过的报送不能有待补正的材料。请取消勾选并清空问题，或者改为“退回补正”。"
                )
                self.add_error(tick, told)

    def _check_marks(self, asked: dict[str, Any]) -> None:
        """A return names parts, problems and rules (campaign plan 二(二)1)."""
        marked = [part for part in self.parts if asked.get(f"deficient-{part.code}")]
        for part in self.parts:
            tick, problem, rule = (f"{n}-{part.code}" for n in ("deficient", "problem", "rule"))
            if part in marked:
                if asked.get(problem) == "":
                    self.add_error(problem, _("退回的材料须写明问题。请写清缺什么、错在哪里。"))
                if asked.get(rule) == "":
                    self.add_error(
                        rule, _("退回的材料须写明依据。请填写方案条款，例如“五（一）3”。")
                    )
            elif asked.get(problem):
                self.add_error(
                    tick, _("写了问题但没有勾选。需要补正的请勾选，不需要的请清空问题。")
                )
        if not marked and not self.errors and self.parts:
            self.add_error(
                f"deficient-{self.parts[0].code}",
                _("退回补正至少要标出一项材料。请勾选需要补正的材料，写明问题和依据。"),
            )
