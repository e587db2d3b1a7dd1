"""A procedure drawn: states one below the other, every move a line in a lane of its own."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from complaints.procedure_definition import Definition
from complaints.workflow import DONE, State

BOX, STEP, GAP, LANE = 132, 22, 26, 16
LABEL = 150


@dataclass
class Node:
    """One state as a box; lines leave and arrive at its sides."""

    state: str
    label: str
    y: int = 0
    ports: dict[str, int] = field(default_factory=lambda: {"left": 0, "right": 0})

    @property
    def height(self) -> int:
        return max(36, STEP * max(self.ports.values()) + 10)

    @property
    def middle(self) -> int:
        return self.y + self.height // 2 + 5

    @property
    def over(self) -> bool:
        """Whether nobody has to act any more."""
        return self.state in DONE


@dataclass
class Edge:
    """One or more acts from a state to another: down on the right, back up on the left."""

    source: Node
    target: Node
    labels: list[str]
    side: str
    lane: int = 0
    out_port: int = 0
    in_port: int = 0

    @property
    def text(self) -> str:
        return "、".join(self.labels)


@dataclass(frozen=True)
class Line:
    """An edge as it is drawn."""

    path: str
    text: str
    x: int
    y: int
    anchor: str


@dataclass(frozen=True)
class Drawing:
    """Everything that the template needs: boxes, lines, and how large it is."""

    nodes: list[Node]
    lines: list[Line]
    width: int
    height: int
    left: int
    box: int = BOX


def drawn(rules: Definition) -> Drawing:
    """The drawing of a procedure."""
    open_first = sorted(rules.states, key=lambda state: state in DONE)
    nodes = {state: Node(state, str(State(state).label)) for state in open_first}
    edges = _edges(rules, nodes)
    order = list(nodes)
    lanes = {"left": 0, "right": 0}
    for edge in sorted(edges, key=lambda one: _span(one, order)):
        lanes[edge.side] += 1
        edge.lane = lanes[edge.side]
    for edge in edges:
        edge.out_port = _port(edge.source, edge.side)
        edge.in_port = _port(edge.target, edge.side)
    y = 10
    for node in nodes.values():
        node.y = y
        y += node.height + GAP
    left = (LABEL + LANE * lanes["left"] + 10) if lanes["left"] else 10
    width = left + BOX + LABEL + LANE * lanes["right"] + 16
    return Drawing(list(nodes.values()), [_line(one, left) for one in edges], width, y, left)


def _edges(rules: Definition, nodes: dict[str, Node]) -> list[Edge]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for move in rules.moves.values():
        for source in move.sources:
            if move.target is not None:
                found[source, move.target].append(move.label)
    order = list(nodes)
    return [
        Edge(
            nodes[source],
            nodes[target],
            labels,
            "right" if order.index(source) < order.index(target) else "left",
        )
        for (source, target), labels in sorted(
            found.items(), key=lambda item: (order.index(item[0][0]), order.index(item[0][1]))
        )
    ]


def _span(edge: Edge, order: list[str]) -> tuple[int, int]:
    """Short ways run near the boxes."""
    begin, end = order.index(edge.source.state), order.index(edge.target.state)
    return abs(end - begin), begin


def _port(node: Node, side: str) -> int:
    node.ports[side] += 1
    return node.ports[side]


def _line(edge: Edge, left: int) -> Line:
    sign = 1 if edge.side == "right" else -1
    edge_x = left + BOX if sign > 0 else left
    lane_x = edge_x + sign * (LABEL + LANE * edge.lane - 6)
    out_y = edge.source.y + 2 + STEP * edge.out_port - STEP // 4
    in_y = edge.target.y + 2 + STEP * edge.in_port - STEP // 4
    path = f"M{edge_x} {out_y}H{lane_x}V{in_y}H{edge_x + sign * 2}"
    anchor = "start" if sign > 0 else "end"
    return Line(path, edge.text, edge_x + sign * 8, out_y - 4, anchor)
