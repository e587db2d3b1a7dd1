"""One indicator as defined, and the pages that change indicators and rules on outages."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission
from core import arithmetic, clock, pages, policy
from reporting import outage_presenting
from reporting.models import Indicator, IndicatorValue, OutageFlag, OutageNotice, OutageRule
from reporting.models.indicator import NONE
from reporting.rule_forms import IndicatorForm, OutageRuleForm
from reporting.services import definitions, indicator_rules, outage_rules
from reporting.services.indicator_rules import INDICATORS
from reporting.services.outage_rules import OUTAGE_RULES
from reporting.views.further import changes_told, further
from reporting.views.indicators import section
from reporting.workflow.definition import Subject

READ = (Permission.INDICATOR_VIEW, Permission.RULE_MANAGE)
CHANGE = Permission.RULE_MANAGE
# Values and notices that a preview names; all are counted.
SHOWN = 200


def _versions(request: HttpRequest, code: str) -> list[Indicator]:
    seen = Indicator.objects.visible_to(request.user).filter(code=code)
    if not (found := list(seen.order_by("-valid_from"))):
        raise Http404
    return found


@policy.needs(*READ)
@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator: formula, where each number comes from or why nothing tells it, versions."""
    versions = _versions(request, code)
    today = clock.today()
    standing = next((one for one in versions if one.valid_from <= today), versions[-1])
    return pages.render(
        request,
        "reporting/indicators/indicator.html",
        context={
            "sections": section("indicator_catalogue"),
            "indicator": standing,
            "numbers": [
                {"name": name, **spec, "whence": _whence(spec)}
                for name, spec in standing.inputs.items()
            ],
            "versions": [(one, _limit(one)) for one in versions],
            "limit": _limit(standing),
            "may": (may := request.user.can(CHANGE)),
            "waiting": definitions.waiting(Subject.INDICATOR, code) if may else None,
        },
    )


def _limit(one: Indicator) -> str:
    return arithmetic.printed(one.threshold, decimals=one.decimals, strip_zeros=True)


def _whence(spec: dict[str, Any]) -> str:
    """In words where a number comes from."""
    names = {
        "returns": _("审核通过的报表"),
        "cases": _("诉求清单"),
        "repairs": _("抢修登记"),
        "notices": _("停限电信息"),
        "residents": _("登记的居民用户数"),
        "period": _("日历"),
        "licences": _("单位资料"),
        "emergency": _("应急预案和演练登记"),
        "plans": _("有序用电方案"),
        "business": _("政府网格转办的涉电业务"),
        "claims": _("网格涉电诉求"),
        "service_checks": _("规范服务检查"),
        "timely": _("报表的报送时间"),
        "grid_places": _("停限电信息和网格档案"),
        NONE: _("没有数据来源"),
    }
    return names.get(spec["source"], spec["source"])


@policy.needs(CHANGE)
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, code: str) -> HttpResponse:
    """A further version from a day on: first which values it moves, then it is made."""
    base = _versions(request, code)[0]
    form = IndicatorForm(request.POST or None, base=base)
    return further(
        request,
        Subject.INDICATOR,
        form,
        base=base,
        template="reporting/indicators/revise.html",
        preview=lambda made: indicator_preview(request, base, made, form),
        context={"sections": section("indicator_catalogue"), "indicator": base},
    )


def indicator_preview(
    request: HttpRequest, base: Indicator, made: Indicator, form: Any
) -> dict[str, Any]:
    """What a further version says otherwise, and which values in sight it moves."""
    found = indicator_rules.moved(base, made)
    mine = set(
        IndicatorValue.objects.visible_to(request.user)
        .filter(pk__in=[one.value.pk for one in found])
        .values_list("pk", flat=True)
    )
    return {
        "changes": changes_told(INDICATORS.changes(base, made), form),
        "count": len(found),
        "rows": [one for one in found if one.value.pk in mine][:SHOWN],
        "worse": sum(1 for one in found if one.met and one.meets is False),
        "better": sum(1 for one in found if one.met is False and one.meets),
    }


@policy.needs(CHANGE)
@require_http_methods(["GET", "POST"])
def revise_rule(request: HttpRequest, code: str) -> HttpResponse:
    """A further version of a rule on outages: first which notices it moves, then it is made."""
    base = OUTAGE_RULES.latest(code)
    if base is None:
        raise Http404
    form = OutageRuleForm(request.POST or None, base=base)
    return further(
        request,
        Subject.OUTAGE_RULE,
        form,
        base=base,
        template="reporting/outages/revise.html",
        preview=lambda made: rule_preview(request, base, made, form),
        context={
            "rule": base,
            "unit": outage_presenting.UNITS.get(base.unit, base.unit),
            "versions": OUTAGE_RULES.rows().filter(code=code).order_by("-valid_from"),
        },
    )


def rule_preview(
    request: HttpRequest, base: OutageRule, made: OutageRule, form: Any
) -> dict[str, Any]:
    """What a further version says otherwise, and which notices in sight it moves."""
    found, looked = outage_rules.moved(made, now=clock.now())
    labels = dict(OutageFlag.Code.choices)
    mine = set(
        OutageNotice.objects.visible_to(request.user)
        .filter(pk__in=[one.notice.pk for one in found])
        .values_list("pk", flat=True)
    )
    return {
        "changes": changes_told(OUTAGE_RULES.changes(base, made), form),
        "count": len(found),
        "looked": looked,
        "rows": [
            (one, [labels[code] for code in one.came], [labels[code] for code in one.went])
            for one in found
            if one.notice.pk in mine
        ][:SHOWN],
    }
