"""Every workflow of the portal as a Mermaid state diagram, drawn from its table of moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation

from campaign import workflow as campaign
from reporting.workflow import filing, report

FOLDER = settings.BASE_DIR / "docs" / "diagrams"


@dataclass(frozen=True)
class Diagram:
    """One workflow: the file's name, its title, the first state, all states and the moves."""

    name: str
    title: str
    start: str
    states: Any
    moves: tuple[Any, ...]

    @property
    def path(self):  # type: ignore[no-untyped-def]
        return FOLDER / f"{self.name}.md"

    def text(self) -> str:
        """The file as it should be."""
        with translation.override("zh-hans"):
            body = "\n".join(self._lines())
        return (
            f"# {self.title}\n\n"
            "Drawn from the code by `manage.py draw_workflows`; do not edit.\n\n"
            f"```mermaid\n{body}\n```\n"
        )

    def _lines(self) -> list[str]:
        lines = ["stateDiagram-v2"]
        lines += [f"    {value}: {label}" for value, label in self.states.choices]
        lines.append(f"    [*] --> {self.start}")
        for move in self.moves:
            for source in move.sources:
                target = move.target if move.target is not None else source
                lines.append(f"    {_plain(source)} --> {_plain(target)}: {_words(move)}")
        moved_from = {_plain(source) for move in self.moves for source in move.sources}
        ends = [value for value in self.states.values if value not in moved_from]
        lines += [f"    {value} --> [*]" for value in ends]
        return lines


def _plain(state: Any) -> str:
    return str(getattr(state, "value", state))


def _words(move: Any) -> str:
    needs = getattr(move, "needs", None)
    return f"{move.label}（{needs.label}）" if needs else f"{move.label}（系统）"


DIAGRAMS = (
    Diagram("campaign", "专项行动", "draft", campaign.CampaignState, campaign.CAMPAIGN_MOVES),
    Diagram("phase", "阶段", "planned", campaign.PhaseState, campaign.PHASE_MOVES),
    Diagram("duty", "任务", "waiting", campaign.DutyState, campaign.DUTY_MOVES),
    Diagram("filing", "报送", "draft", filing.State, filing.MOVES),
    Diagram("report", "阶段报告", "building", report.State, report.MOVES),
)
