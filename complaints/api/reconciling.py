"""Doors by which a company holds its day against ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from django.http import Http404
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiClient
from accounts.scopes import Scope
from complaints.api.exchange_serializers import DayOut, ReconciliationIn, ReconciliationOut
from complaints.api.noting import Noted
from complaints.models import Reconciliation
from complaints.services import reconciling
from complaints.services.reconciling import Line, Sum
from complaints.services.records import UNSTORABLE, Faulty
from core import clock
from core.api.schema import ACT_PROBLEMS, IDEMPOTENCY_KEY, READ_PROBLEMS

MOST_UNITS, MOST_LINES, MOST_SHOWN = 2000, 50_000, 1000
DAY = OpenApiParameter("day", {"type": "string", "format": "date"}, OpenApiParameter.PATH)
UNIT = {"unit": 32}
LINE = {"number": 40, "unit": 32, "state": 20, "digest": 64}


class Day(Noted):
    """One day of the client's organisation, by the day on which cases were received."""

    scopes: ClassVar[dict[str, str]] = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}
    query: ClassVar[dict[str, tuple[str, ...]]] = {"GET": ("unit",)}
    message = "reconciliation"

    @extend_schema(
        operation_id="reconciliation_read",
        summary="对账：平台一天的件数和摘要",
        description="按受理日期，含本单位报送的诉求和监管机构转给本单位及下属单位的诉求。",
        tags=["对账"],
        parameters=[
            DAY,
            OpenApiParameter("unit", str, description="填写单位代码时，附该单位的逐件明细"),
        ],
        responses={200: DayOut, **READ_PROBLEMS},
    )
    def get(self, request: Request, day: str) -> Response:
        on, unit = _day(day), request.query_params.get("unit", "")
        units = reconciling.by_unit(reconciling.our_lines(request.user.organisation, on))
        told = [{"unit": one, **vars(reconciling.summed(rows))} for one, rows in units.items()]
        cases = [
            {
                "owner": line.owner,
                "number": line.number,
                "unit": line.unit,
                "state": line.state,
                "digest": line.digest,
            }
            for line in units.get(unit, [])
        ]
        return Response({"date": on.isoformat(), "units": told, "cases": cases})

    @extend_schema(
        operation_id="reconciliation_compare",
        summary="对账：报送企业一天的件数和摘要",
        description="先送各单位的件数和摘要；answer 的 asks 列出须再送明细的单位，"
        "连同 units 和这些单位的 cases 再送一次，得到逐件差异。同一天以最后一次为准。",
        tags=["对账"],
        parameters=[DAY, IDEMPOTENCY_KEY],
        request=ReconciliationIn,
        responses={
            200: ReconciliationOut,
            **ACT_PROBLEMS,
        },
    )
    def post(self, request: Request, day: str) -> Any:
        on = _day(day)
        value = self.object_of(request)
        return self.once(request, lambda: self._compared(request.user, on, value))

    def _compared(self, client: ApiClient, on: date, value: dict[str, Any]) -> Response:
        now = clock.now()
        if on > clock.day_of(now):
            raise Faulty({"date": _("不能核对今天以后的日期。")})
        errors: dict[str, str] = {}
        for name in value:
            if name not in ("units", "cases"):
                errors[name[:60]] = _("没有这个字段。")
        units = dict(_units(value.get("units"), errors))
        lines = _lines(value.get("cases"), client.organisation.code, errors)
        if errors:
            raise Faulty(dict(list(errors.items())[:100]))
        run = reconciling.reconcile(client.organisation, on, units=units, lines=lines, now=now)
        return Response(_told(run))

    def number_of(self, request: Request) -> str:
        return str(self.kwargs["day"])


def _day(text: str) -> date:
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None or not 1990 <= found.year < 2200 or found.isoformat() != text:
        raise Http404
    return found


def _units(given: Any, errors: dict[str, str]) -> Any:
    for place, row in _rows(given, "units", MOST_UNITS, errors, required=True):
        texts = _texts(row, {**UNIT, "digest": 64}, f"units.{place}", errors)
        count = row.get("count")
        if not isinstance(count, int) or isinstance(count, bool) or not 0 <= count < 2**31:
            errors[f"units.{place}.count"] = _("须为件数。")
        elif texts is not None:
            yield texts["unit"], Sum(count, texts["digest"])


def _lines(given: Any, own: str, errors: dict[str, str]) -> list[Line]:
    found = []
    for place, row in _rows(given, "cases", MOST_LINES, errors):
        owner = row.get("owner") or own
        texts = _texts({**row, "owner": owner}, {**LINE, "owner": 32}, f"cases.{place}", errors)
        if texts is not None:
            found.append(Line(**texts))
    return found


def _rows(
    given: Any, name: str, most: int, errors: dict[str, str], *, required: bool = False
) -> list[tuple[int, Mapping[str, Any]]]:
    if given is None and not required:
        return []
    if not isinstance(given, list):
        errors[name] = _("须为数组。")
        return []
    if len(given) > most:
        errors[name] = _("最多%(most)d条。") % {"most": most}
        return []
    wrong = [place for place, row in enumerate(given) if not isinstance(row, Mapping)]
    if wrong:
        errors[f"{name}.{wrong[0]}"] = _("须为对象。")
        return []
    return list(enumerate(given))


def _texts(
    row: Mapping[str, Any], limits: Mapping[str, int], where: str, errors: dict[str, str]
) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for name, most in limits.items():
        value = row.get(name)
        if not isinstance(value, str) or not value or UNSTORABLE.search(value):
            errors[f"{where}.{name}"] = _("必填，须为字符串。")
        elif len(value) > most:
            errors[f"{where}.{name}"] = _("内容过长（最多%(limit)d个字）。") % {"limit": most}
        else:
            found[name] = value
    return found if len(found) == len(limits) else None


def _told(run: Reconciliation) -> dict[str, Any]:
    rows = run.differences.order_by("unit", "number", "pk")
    names = ("kind", "unit", "owner", "number", "here", "there")
    return {
        "date": run.day.isoformat(),
        "at": clock.told(run.at),
        "state": run.state,
        "units": run.units,
        "asks": [row["unit"] for row in run.units if row["state"] == Reconciliation.State.OPEN],
        "differences_total": rows.count(),
        "differences": list(rows.values(*names)[:MOST_SHOWN]),
    }
