"""Every workflow of the portal as a Mermaid state diagram, drawn from its table of moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import translation

from accounts import leak_workflow
from campaign import rectification_workflow as rectification
from campaign import template_workflow as template
from campaign import workflow as campaign
from complaints import procedure_definition
from complaints.workflow import Act, State
from grids.hazards import moves as hazards
from grids.sharing import moves as sharing
from reporting.workflow import bulletin, circular, filing, release, report

FOLDER = settings.BASE_DIR / "docs" / "diagrams"


@dataclass(frozen=True)
class Diagram:
    """One workflow: the file's name, its title, the first state, all states and the moves."""

    name: str
    title: str
    start: str
    states: Any
    moves: tuple[Any, ...]
    # Moves after which nothing is left of it.
    ending: tuple[Any, ...] = field(default=(), kw_only=True)

    @property
    def path(self):  # type: ignore[no-untyped-def]
        return FOLDER / f"{self.name}.md"

    def text(self) -> str:
        """The file as it should be."""
        with translation.override("zh-hans"):
            body, below = "\n".join(self._lines()), self._below()
        return (
            f"# {self.title}\n\n"
            "Drawn from the code by `manage.py draw_workflows`; do not edit.\n\n"
            f"```mermaid\n{body}\n```\n{below}"
        )

    def _below(self) -> str:
        return ""

    def _lines(self) -> list[str]:
        lines = ["stateDiagram-v2"]
        lines += [f"    {value}: {label}" for value, label in self.states.choices]
        lines.append(f"    [*] --> {self.start}")
        for move in self.moves:
            for source in move.sources:
                target = move.target if move.target is not None else source
                if move in self.ending:
                    target = "[*]"
                lines.append(f"    {_plain(source)} --> {_plain(target)}: {_words(move)}")
        moved_from = {_plain(source) for move in self.moves for source in move.sources}
        ends = [value for value in self.states.values if value not in moved_from]
        lines += [f"    {value} --> [*]" for value in ends]
        return lines


@dataclass(frozen=True)
class Words:
    """Some states with their labels, as a ``Diagram`` asks for them."""

    values: tuple[str, ...]

    @property
    def choices(self) -> list[tuple[str, Any]]:
        return [(value, State(value).label) for value in self.values]


@dataclass(frozen=True)
class ProcedureDiagram(Diagram):
    """A procedure of cases, with its clocks below the drawing."""

    clocks: tuple[procedure_definition.ClockRule, ...] = ()

    def _below(self) -> str:
        if not self.clocks:
            return ""
        rows = [
            f"| {one.label} | {_allowance(one)} | {_acts(one.starts_on)} | {_acts(one.stops_on)} "
            f"| {_acts(one.voids_on)} | {one.basis} |"
            for one in self.clocks
        ]
        head = "| 时限 | 长度 | 起算 | 停止 | 作废 | 依据 |\n| --- | --- | --- | --- | --- | --- |"
        return "\n".join(["", head, *rows, ""])


def _allowance(rule: procedure_definition.ClockRule) -> str:
    own = rule.allowance
    special = [f"{is_}: {value:g} {unit}" for _field, is_, value, unit in own.special]
    return "; ".join([f"{own.value:g} {own.unit}", *special])


def _acts(acts: tuple[str, ...]) -> str:
    return "、".join("登记" if act == "received" else str(Act(act).label) for act in acts)


def procedures() -> tuple[Diagram, ...]:
    """One drawing for every procedure of the catalogue."""
    found = []
    for data in procedure_definition.files():
        rules = procedure_definition.parse(data["definition"])
        found.append(
            ProcedureDiagram(
                f"case-{data['code']}-v{data['version']}",
                data["name"],
                rules.start,
                Words(tuple(rules.states)),
                tuple(rules.moves.values()),
                tuple(rules.clocks.values()),
            )
        )
    return tuple(found)


def _plain(state: Any) -> str:
    return str(getattr(state, "value", state))


def _words(move: Any) -> str:
    needs = getattr(move, "needs", None)
    return f"{move.label}（{needs.label}）" if needs else f"{move.label}（系统）"


DIAGRAMS = (
    Diagram("campaign", "专项行动", "draft", campaign.CampaignState, campaign.CAMPAIGN_MOVES),
    Diagram("campaign-template", "专项行动模板", "draft", template.DraftState, template.MOVES),
    Diagram("phase", "阶段", "planned", campaign.PhaseState, campaign.PHASE_MOVES),
    Diagram("duty", "任务", "waiting", campaign.DutyState, campaign.DUTY_MOVES),
    Diagram(
        "rectification",
        "整改事项",
        "open",
        rectification.ItemState,
        tuple(rectification.MOVES.values()),
    ),
    Diagram(
        "leak", "信息泄露报告", "reported", leak_workflow.State, tuple(leak_workflow.MOVES.values())
    ),
    Diagram("hazard", "隐患", "reported", hazards.State, tuple(hazards.TABLE.values())),
    Diagram("sharing", "数据共享协议", "asked", sharing.AgreementState, sharing.AGREEMENT),
    Diagram("filing", "报送", "draft", filing.State, filing.MOVES),
    Diagram("report", "阶段报告", "building", report.State, report.MOVES),
    Diagram("release", "指标值公开", "waiting", release.State, tuple(release.MOVES.values())),
    Diagram("bulletin", "12398通报", "draft", bulletin.State, bulletin.MOVES),
    Diagram(
        "circular", "案件通报", "draft", circular.State, circular.MOVES, ending=(circular.DROP,)
    ),
    *procedures(),
)
