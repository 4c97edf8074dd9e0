"""Placing the labels of a scatter so that none covers another, a point or a leader.

Each label tries places around its point, near ones first, and takes the cheapest; a few rounds let
early labels move out of the way of late ones. No randomness: the same points give the same places.

    places = place_labels(points, sizes, bounds)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_ANGLES = 24
_RADII = (7, 11, 16, 22, 29, 37, 46, 56, 68, 82)
_ROUNDS = 12
_MARGIN = 2.5
Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A rectangle by its corners, in any one unit."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def centre(self) -> Point:
        return (self.left + self.right) / 2, (self.bottom + self.top) / 2

    def overlap(self, other: Box) -> float:
        """The area that the two share."""
        wide = min(self.right, other.right) - max(self.left, other.left)
        high = min(self.top, other.top) - max(self.bottom, other.bottom)
        return max(0.0, wide) * max(0.0, high)

    def holds(self, other: Box) -> bool:
        return (
            self.left <= other.left
            and self.right >= other.right
            and self.bottom <= other.bottom
            and self.top >= other.top
        )

    def grown(self, margin: float) -> Box:
        return Box(self.left - margin, self.bottom - margin, self.right + margin, self.top + margin)

    def nearest(self, point: Point) -> Point:
        """The place in the box that is nearest to `point`: where a leader ends."""
        return min(max(point[0], self.left), self.right), min(max(point[1], self.bottom), self.top)


def place_labels(
    points: Sequence[Point],
    sizes: Sequence[tuple[float, float]],
    bounds: Box,
    lines: Sequence[tuple[Point, Point]] = (),
    marker: float = 4.0,
) -> list[Box]:
    """A box for each label, inside `bounds` wherever one fits; all in typographic points.

    points: the markers' centres. sizes: the labels' (width, height). lines: drawn lines that labels
    keep off. marker: a marker's radius.
    """
    markers = [Box(x - marker, y - marker, x + marker, y + marker) for x, y in points]
    candidates = []
    for i, (point, size) in enumerate(zip(points, sizes, strict=True)):
        priced = [(_fixed_cost(i, box, points, markers, lines), box) for box in _around(point, size, bounds)]
        candidates.append(sorted(priced, key=lambda pair: pair[0]))
    chosen = [priced[0][1] for priced in candidates]
    # labels of crowded points choose first
    crowding = [sum(1 / (25 + math.dist(p, q)) for q in points) for p in points]
    order = sorted(range(len(points)), key=lambda i: (-crowding[i], i))
    for _ in range(_ROUNDS):
        before = list(chosen)
        for i in order:
            chosen[i] = _cheapest(i, candidates[i], chosen, points)
        if chosen == before:
            break
    return chosen


def _around(point: Point, size: tuple[float, float], bounds: Box) -> list[Box]:
    boxes = []
    for radius in _RADII:
        for step in range(_ANGLES):
            angle = 2 * math.pi * step / _ANGLES
            # the label's near edge, not its centre, stands at the radius
            x = point[0] + math.cos(angle) * (radius + size[0] / 2)
            y = point[1] + math.sin(angle) * (radius + size[1] / 2)
            boxes.append(Box(x - size[0] / 2, y - size[1] / 2, x + size[0] / 2, y + size[1] / 2))
    return [box for box in boxes if bounds.holds(box)] or boxes[:1]


def _fixed_cost(
    index: int, box: Box, points: Sequence[Point], markers: Sequence[Box], lines: Sequence[tuple[Point, Point]]
) -> float:
    """What a place costs wherever the other labels are: its distance, points and lines under it."""
    own, end, room = points[index], box.nearest(points[index]), box.grown(_MARGIN)
    cost = 0.6 * math.dist(own, end)
    cost += sum(4 * room.overlap(other) for other in markers)
    cost += sum(25 * _through(own, end, other) for i, other in enumerate(markers) if i != index)
    return cost + sum(14 * _through(*line, box) for line in lines)


def _cheapest(index: int, priced: Sequence[tuple[float, Box]], chosen: Sequence[Box], points: Sequence[Point]) -> Box:
    best, best_cost = priced[0][1], math.inf
    for fixed, box in priced:
        if fixed >= best_cost:
            break  # the rest have a fixed cost that is higher still
        cost = fixed + _cost_among(index, box, chosen, points)
        if cost < best_cost:
            best, best_cost = box, cost
    return best


def _cost_among(index: int, box: Box, chosen: Sequence[Box], points: Sequence[Point]) -> float:
    """What a place costs because of the other labels and their leaders."""
    own, end, room = points[index], box.nearest(points[index]), box.grown(_MARGIN)
    cost = 0.0
    for other, theirs in enumerate(chosen):
        if other != index:
            leader = points[other], theirs.nearest(points[other])
            cost += 8 * room.overlap(theirs)
            cost += 60 * _cross(own, end, *leader)
            cost += 40 * _through(own, end, theirs) + 40 * _through(*leader, box)
    return cost


def _through(start: Point, end: Point, box: Box) -> bool:
    """Whether the stretch from start to end passes through the box (clipped side by side, Liang and Barsky)."""
    first, last = 0.0, 1.0
    for origin, step, low, high in (
        (start[0], end[0] - start[0], box.left, box.right),
        (start[1], end[1] - start[1], box.bottom, box.top),
    ):
        if step == 0:
            if not low < origin < high:
                return False
        else:
            enter, leave = sorted(((low - origin) / step, (high - origin) / step))
            first, last = max(first, enter), min(last, leave)
    return first < last


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the stretches a–b and c–d cross."""
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(p: Point, q: Point, r: Point) -> float:
    return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])
