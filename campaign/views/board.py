"""The duty board: companies × duties with lamps, and the same as a workbook."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation
from campaign import exports, inside, queries
from campaign.models import Campaign
from campaign.views.common import VIEW, find, livelihood_choice, page_context
from campaign.workflow import PhaseState
from core import clock, pages, policy, workdays
from core.components import Board, BoardColumn, BoardGroup, BoardRow, Cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def chosen(request: HttpRequest, campaign: Campaign) -> queries.BoardFilter:
    """The filter in the address; without a phase the one that is open."""
    asked = request.GET.get("phase")
    if asked is None:
        current = campaign.phases.filter(state=PhaseState.OPEN).order_by("-number").first()
        phase = current.number if current else None
    else:
        phase = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else None
    province = request.GET.get("province", "")
    state = request.GET.get("state", "")
    return queries.BoardFilter(
        phase,
        province if province.isascii() and province.isdigit() and len(province) == 6 else "",
        state if state in queries.BOARD_STATES else "",
        livelihood_choice(request),
    )


def _matrix(request: HttpRequest, pk: int) -> tuple[Campaign, queries.BoardFilter, queries.Matrix]:
    campaign = find(request, pk)
    picked = chosen(request, campaign)
    now = clock.now()
    duties = picked.on(queries.duties_of(campaign, request.user), now=now)
    matrix = queries.matrix(
        duties, now=now, calendar=workdays.calendar(), livelihood=picked.livelihood
    )
    if picked.phase is not None:
        # Of one phase only: over all phases the board would be too wide to be read.
        found = [duty for duty, _shown in matrix.cells.values()]
        matrix.inside = inside.columns(found, user=request.user, today=clock.today())
    return campaign, picked, matrix


@policy.needs(VIEW)
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """Companies × duties; every cell opens its duty."""
    campaign, picked, matrix = _matrix(request, pk)
    everything = queries.duties_of(campaign, request.user)
    context = page_context(
        campaign,
        "board",
        boards=_as_boards(matrix),
        total=matrix.count,
        picked=picked,
        phases=campaign.phases.all(),
        provinces=queries.provinces_of(everything),
        livelihood_choices=queries.LIVELIHOOD.items(),
        states=[(key, label) for key, label in queries.BOARD_STATES.items()],
        export_url=f"{reverse('campaign:board_export', args=[campaign.pk])}"
        f"?phase={picked.phase or ''}&province={picked.province}&state={picked.state}"
        f"&livelihood={picked.livelihood}",
        now=clock.now(),
    )
    return pages.render(request, "campaign/board.html", context=context)


@policy.needs(VIEW)
def board_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The board that the same address shows, as .xlsx."""
    campaign, _picked, matrix = _matrix(request, pk)
    response = HttpResponse(exports.board(matrix), content_type=XLSX)
    name = f"{campaign.code}-board-{clock.today():%Y%m%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _as_boards(matrix: queries.Matrix) -> list[Board]:
    """One board for the companies and one for the regulators: they have different duties."""
    rows = list(matrix.rows())
    companies = [row for row in rows if not row[1].is_regulator]
    regulators = [row for row in rows if row[1].is_regulator]
    boards = [
        _as_board(_("电网企业"), _("各企业各项任务的办理情况"), matrix, companies),
        _as_board(_("监管机构"), _("监管机构各项任务的办理情况"), matrix, regulators),
    ]
    return [board for board in boards if board.groups]


Row = tuple[str, Organisation, list[queries.Found | None]]


def _as_board(corner: str, caption: str, matrix: queries.Matrix, found: list[Row]) -> Board:
    """The given rows, with the columns in which any of them has a duty."""
    used = [n for n in range(len(matrix.definitions)) if any(cells[n] for _l, _o, cells in found)]
    definitions = [matrix.definitions[n] for n in used]
    within = {organisation.pk: matrix.inside_of(organisation) for _l, organisation, _c in found}
    shown = [n for n in range(len(matrix.inside)) if any(cells[n] for cells in within.values())]
    columns = [
        BoardColumn(
            definition.short_title,
            _("%(day)s 到期 · %(clause)s")
            % {"day": f"{definition.due_on:%m-%d}", "clause": definition.clauses[0]}
            if definition.clauses
            else f"{definition.due_on:%m-%d}",
            tag=_("民生") if definition.livelihood else "",
        )
        for definition in definitions
    ]
    columns += [BoardColumn(matrix.inside[n].label, matrix.inside[n].note) for n in shown]
    rows: dict[str, list[BoardRow]] = {}
    for label, organisation, cells in found:
        rows.setdefault(label, []).append(
            BoardRow(
                str(organisation),
                [
                    *(_cell(matrix.definitions[n].title, cells[n]) for n in used),
                    *(_cell(matrix.inside[n].label, within[organisation.pk][n]) for n in shown),
                ],
                organisation.get_kind_display(),
            )
        )
    groups = [
        BoardGroup("" if label == corner else label, members) for label, members in rows.items()
    ]
    return Board(corner, columns, groups, caption)


def _cell(title: str, found: queries.Found | None) -> Cell:
    if found is None:
        return Cell()
    duty, state = found
    url = reverse("campaign:duty", args=[duty.pk])
    heard = _("%(organisation)s：%(title)s") % {"organisation": duty.organisation, "title": title}
    return Cell(state.lamp, state.text, state.note, url, heard)
