"""What the reports contain: groups, points, plans, commitments, windows (S1-5.1.3c–g)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from reporting.figures.companies import companies, is_expected
from reporting.figures.scope import (
    DUTY_COLUMNS,
    Rate,
    Row,
    Scope,
    duty_row,
    enter_rate,
    figure,
    part_row,
)

if TYPE_CHECKING:
    from campaign.models import Duty
    from reporting.models import FilingVersion


Has = Callable[["FilingVersion"], bool]
# The part of a report that names the company's leading group.
GROUP = "leading_group"


def holders(scope: Scope, part: str, has: Has) -> list[Row]:
    """Companies whose filed part has something."""
    return [duty_row(duty) for duty, version in scope.content_of(part) if has(version)]


def lacking(scope: Scope, part: str, has: Has) -> list[Row]:
    """Companies that should have it and have not: silent, or filed without it.

    Whoever filed the part and has to correct it is not among them: see ``correcting``.
    """
    having = {duty.pk for duty, version in scope.content_of(part) if has(version)}
    having |= {duty.pk for duty in scope.correcting(part)}

    def wants(duty: Duty) -> bool:
        return is_expected(duty) and part in duty.definition.parts and duty.pk not in having

    return companies(scope, wants)


def correcting(scope: Scope, part: str) -> list[Row]:
    """Companies that filed the part and got it back to be corrected."""
    return [duty_row(duty) for duty in scope.correcting(part)]


def parts(
    scope: Scope,
    part: str,
    cells: Callable[[dict[str, Any]], tuple[Any, ...]],
    keep: Callable[[dict[str, Any]], bool] = lambda row: True,
) -> list[Row]:
    """Rows of a filed list over all companies."""
    return [
        part_row(duty, part, row.get("_key", str(place)), cells(row))
        for duty, version in scope.content_of(part)
        for place, row in enumerate(version.rows(part), start=1)
        if keep(row)
    ]


def has_head(version: FilingVersion) -> bool:
    return any(row.get("duty") == "组长" for row in version.rows(GROUP))


@figure("groups.companies", _("成立领导小组并明确组长的企业"), _("家"), DUTY_COLUMNS)
def _groups_companies(scope: Scope) -> list[Row]:
    return holders(scope, GROUP, has_head)


@figure("groups.missing", _("尚未报告领导小组名单的企业"), _("家"), DUTY_COLUMNS)
def _groups_missing(scope: Scope) -> list[Row]:
    return lacking(scope, GROUP, has_head)


# Names and telephones stay in the filing: the snapshot holds no personal data.
@figure("groups.members", _("领导小组成员"), _("人"), (_("小组职务"), _("职务"), _("部门")))
def _groups_members(scope: Scope) -> list[Row]:
    def cells(row: dict[str, Any]) -> tuple[Any, ...]:
        return (row.get("duty", ""), row.get("post", ""), row.get("department") or "—")

    return parts(scope, GROUP, cells)


POINT_COLUMNS = (_("名称"), _("类型"), _("所在地区"), _("负责同志职务"))


def _points(scope: Scope, *kinds: str) -> list[Row]:
    def cells(row: dict[str, Any]) -> tuple[Any, ...]:
        names = ("name", "kind", "region", "post")
        return tuple(row.get(name) or "—" for name in names)

    keep = (lambda row: row.get("kind") in kinds) if kinds else (lambda row: True)
    return parts(scope, "demonstration_points", cells, keep)


@figure("points.total", _("示范区县、示范点和示范营业窗口"), _("个"), POINT_COLUMNS)
def _points_total(scope: Scope) -> list[Row]:
    return _points(scope)


@figure("points.areas", _("示范区县"), _("个"), POINT_COLUMNS)
def _points_areas(scope: Scope) -> list[Row]:
    return _points(scope, "示范区县")


@figure("points.points", _("示范点"), _("个"), POINT_COLUMNS)
def _points_points(scope: Scope) -> list[Row]:
    return _points(scope, "示范点")


def has_points(version: FilingVersion) -> bool:
    return bool(version.rows("demonstration_points"))


@figure("points.companies", _("确定示范点的企业"), _("家"), DUTY_COLUMNS)
def _points_companies(scope: Scope) -> list[Row]:
    return holders(scope, "demonstration_points", has_points)


@figure("points.missing", _("尚未报告示范点的企业"), _("家"), DUTY_COLUMNS)
def _points_missing(scope: Scope) -> list[Row]:
    return lacking(scope, "demonstration_points", has_points)


def has_plan(scope: Scope) -> Callable[[FilingVersion], bool]:
    return lambda version: scope.files[(version.pk, "implementation_plan", "")] > 0


@figure("plans.companies", _("报送实施方案的企业"), _("家"), DUTY_COLUMNS)
def _plans_companies(scope: Scope) -> list[Row]:
    return holders(scope, "implementation_plan", has_plan(scope))


@figure("plans.missing", _("尚未报送实施方案的企业"), _("家"), DUTY_COLUMNS)
def _plans_missing(scope: Scope) -> list[Row]:
    return lacking(scope, "implementation_plan", has_plan(scope))


@figure(
    "commitments.items",
    _("公开服务承诺"),
    _("项"),
    (_("承诺事项"), _("发布渠道"), _("发布日期"), _("网址或版面")),
)
def _commitments_items(scope: Scope) -> list[Row]:
    def cells(row: dict[str, Any]) -> tuple[Any, ...]:
        names = ("item", "published_where", "published_on", "url")
        return tuple(row.get(name) or "—" for name in names)

    return parts(scope, "service_commitments", cells)


def has_commitments(version: FilingVersion) -> bool:
    return bool(version.rows("service_commitments"))


@figure("commitments.companies", _("发布公开服务承诺的企业"), _("家"), DUTY_COLUMNS)
def _commitments_companies(scope: Scope) -> list[Row]:
    return holders(scope, "service_commitments", has_commitments)


@figure("commitments.missing", _("尚未报告服务承诺的企业"), _("家"), DUTY_COLUMNS)
def _commitments_missing(scope: Scope) -> list[Row]:
    return lacking(scope, "service_commitments", has_commitments)


WINDOW_COLUMNS = (_("窗口名称"), _("地址"), "12398", "95598", _("照片"))
Window = tuple[bool, bool, int]


def _windows(scope: Scope, keep: Callable[[Window], bool] = lambda window: True) -> list[Row]:
    """Service windows by what they show: (12398, 95598, number of photos)."""
    found = []
    for duty, version in scope.content_of("windows"):
        for place, row in enumerate(version.rows("windows"), start=1):
            key = row.get("_key", str(place))
            photos = scope.files[(version.pk, "windows", key)]
            window = (row.get("shows_12398") is True, row.get("shows_95598") is True, photos)
            if keep(window):
                shown = ["是" if shows else "否" for shows in window[:2]]
                cells = (row.get("name") or "—", row.get("address") or "—", *shown, photos)
                found.append(part_row(duty, "windows", key, cells))
    return found


def _complete(window: Window) -> bool:
    return window[0] and window[1] and window[2] > 0


@figure("windows.total", _("对外服务窗口"), _("个"), WINDOW_COLUMNS)
def _windows_total(scope: Scope) -> list[Row]:
    return _windows(scope)


@figure("windows.shows_12398", _("公示12398监管热线的窗口"), _("个"), WINDOW_COLUMNS)
def _windows_12398(scope: Scope) -> list[Row]:
    return _windows(scope, lambda window: window[0])


@figure("windows.shows_95598", _("公示95598服务热线的窗口"), _("个"), WINDOW_COLUMNS)
def _windows_95598(scope: Scope) -> list[Row]:
    return _windows(scope, lambda window: window[1])


@figure("windows.both", _("两条热线均已公示的窗口"), _("个"), WINDOW_COLUMNS)
def _windows_both(scope: Scope) -> list[Row]:
    return _windows(scope, lambda window: window[0] and window[1])


@figure("windows.both_with_photo", _("均已公示并有照片的窗口"), _("个"), WINDOW_COLUMNS)
def _windows_complete(scope: Scope) -> list[Row]:
    return _windows(scope, _complete)


@figure("windows.incomplete", _("未公示齐全或者缺少照片的窗口"), _("个"), WINDOW_COLUMNS)
def incomplete_windows(scope: Scope) -> list[Row]:
    return _windows(scope, lambda window: not _complete(window))


for _key, _label, _part in (
    ("windows.rate_12398", _("12398公示率"), "windows.shows_12398"),
    ("windows.rate_95598", _("95598公示率"), "windows.shows_95598"),
    ("windows.rate_both_with_photo", _("公示齐全率"), "windows.both_with_photo"),
):
    enter_rate(Rate(_key, _label, _part, "windows.total"))


for _key, _label, _part in (
    ("groups.correcting", _("正在补正领导小组名单的企业"), GROUP),
    ("points.correcting", _("正在补正示范点名单的企业"), "demonstration_points"),
    ("plans.correcting", _("正在补正实施方案的企业"), "implementation_plan"),
    ("commitments.correcting", _("正在补正服务承诺的企业"), "service_commitments"),
    ("windows.correcting", _("正在补正窗口公示情况的企业"), "windows"),
):
    figure(_key, _label, _("家"), DUTY_COLUMNS)(partial(correcting, part=_part))
