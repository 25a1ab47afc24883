"""The tile map: one hexagon per municipality, all the same size, near its neighbours.

A layout is a table of cells (axial coordinates q, r of pointy-top hexagons; q to the east, r to the north-east), made
only from the seats' coordinates and the department of each municipality, never from polygons. It is computed once by
``python -m geo.tilemap`` (about two minutes, deterministic) and kept in ``tiles_colombia.csv`` and ``tiles_narino.csv``
beside this module; a municipality that a layout does not know yet gets the free cell nearest to its nearest neighbour.

How a layout is made: seats become circles that push each other apart while the links of their Delaunay triangulation
pull (a density-equalised cloud); the cloud is assigned to a hexagonal lattice at least total squared distance
(``scipy.optimize.linear_sum_assignment``); then annealing swaps and moves hexagons to bring linked seats together, keep
each department in one piece and the outline full. San Andrés and Providencia stand off the north-western coast.

How good it is, measured against the true neighbours (pairs of municipalities that share a border in the official
polygons; ``pytest tests/unit/test_tilemap.py -k measured -s`` prints it):

===========  ==========  ===========  ==========  ==========  ====================  =================
scope        true pairs  touching     ≤ 2 steps   mean steps  mean displacement     pieces / groups
===========  ==========  ===========  ==========  ==========  ====================  =================
Colombia     3,198       57 %         88 %        1.66        279 km, 6.9 hexagons  37 / 33
Nariño       160         64 %         94 %        1.43        54 km, 2.0 hexagons   13 / 13
===========  ==========  ===========  ==========  ==========  ====================  =================

Displacement is from a seat to its hexagon's centre as drawn; it is large for the nation because the crowded Andes need
the room that the empty east leaves. Groups are departments; in Nariño the subregions.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from data.files import write_atomic

if TYPE_CHECKING:
    import pandas as pd

    from geo.geometry import Scope

Cell: TypeAlias = tuple[int, int]

STEPS: tuple[Cell, ...] = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1))
ROOT3 = math.sqrt(3.0)
ISLANDS = "88"
# Where the tile map stands for Leaflet: west, south, east, north of what the geographic map of the scope shows, so that
# switching between the two keeps the view.
PLACE: Mapping[Scope, tuple[float, float, float, float]] = {
    "colombia": (-80.75, -4.23, -66.85, 12.46),
    "narino": (-79.01, 0.36, -76.83, 2.68),
}


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a layout keeps neighbours together.

    Attributes
    ----------
    pairs
        True neighbour pairs compared.
    within_one, within_two
        Share of them whose hexagons touch, or are at most two steps apart.
    mean_steps
        Mean distance of the pairs in steps.
    displacement_km, displacement_hexagons
        Mean distance from a seat to its hexagon's centre as drawn, and the same in hexagon widths.
    pieces
        Connected pieces that the groups (departments; Nariño's subregions) fall into; as many as groups is perfect.
    """

    pairs: int
    within_one: float
    within_two: float
    mean_steps: float
    displacement_km: float
    displacement_hexagons: float
    pieces: int


def layout(scope: Scope, municipalities: pd.DataFrame) -> dict[str, Cell]:
    """Return the cell of each municipality of a scope.

    Parameters
    ----------
    scope
        ``narino`` or ``colombia``: which committed layout is read.
    municipalities
        Rows to place: divipola, lon, lat. Every one of them gets exactly one cell, no two the same.
    """
    known = _committed(scope)
    seats = _seats(municipalities)
    cells = {code: known[code] for code in sorted(seats) if code in known}
    for code in sorted(set(seats) - set(cells)):
        cells[code] = _free_cell(seats[code], cells, seats)
    return dict(sorted(cells.items()))


def hexagons(scope: Scope, municipalities: pd.DataFrame) -> dict[str, tuple[tuple[float, float], np.ndarray]]:
    """Return each municipality's hexagon on the pseudo-map that Leaflet draws.

    Returns
    -------
    dict
        DIVIPOLA -> (centre as (lon, lat), six corners as integers, shape (6, 2), in units of ``geometry.SCALE``).
        Neighbours share corners exactly. Hexagons are regular on screen: latitudes undo the Mercator projection.
    """
    from geo.geometry import SCALE

    cells = layout(scope, municipalities)
    if not cells:
        return {}
    to_degrees = _projection(scope, cells.values())
    result: dict[str, tuple[tuple[float, float], np.ndarray]] = {}
    for code, (q, r) in cells.items():
        corners = to_degrees(np.array([(2 * q + r + dx, 3 * r + dy) for dx, dy in _CORNERS], dtype=float))
        ((lon, lat),) = to_degrees(np.array([(2 * q + r, 3 * r)], dtype=float)).tolist()
        result[code] = (lon, lat), np.rint(corners / SCALE).astype(np.int64)
    return result


def steps(a: Cell, b: Cell) -> int:
    """Return the distance of two cells: how many steps from hexagon to touching hexagon."""
    dq, dr = a[0] - b[0], a[1] - b[1]
    return max(abs(dq), abs(dr), abs(dq + dr))


def quality(
    scope: Scope, municipalities: pd.DataFrame, pairs: Iterable[tuple[str, str]], groups: Mapping[str, str]
) -> Quality:
    """Measure a layout against true neighbour pairs (DIVIPOLA codes) and the group of each municipality."""
    cells = layout(scope, municipalities)
    distances = np.array([steps(cells[a], cells[b]) for a, b in pairs if a in cells and b in cells])
    centres = {code: centre for code, (centre, _) in hexagons(scope, municipalities).items()}
    gaps = [_kilometres(centres[code], seat) for code, seat in _seats(municipalities).items()]
    some = next(iter(cells))
    ring = hexagons(scope, municipalities)[some][1]
    width = _kilometres(*((float(x) * 1e-4, centres[some][1]) for x in (ring[:, 0].min(), ring[:, 0].max())))
    return Quality(
        pairs=len(distances),
        within_one=float((distances <= 1).mean()),
        within_two=float((distances <= 2).mean()),
        mean_steps=float(distances.mean()),
        displacement_km=float(np.mean(gaps)),
        displacement_hexagons=float(np.mean(gaps)) / width,
        pieces=pieces(cells, groups),
    )


def pieces(cells: Mapping[str, Cell], groups: Mapping[str, str]) -> int:
    """Count the connected pieces that the groups of municipalities form on the tile map."""
    at = {cell: code for code, cell in cells.items()}
    seen: set[str] = set()
    count = 0
    for start in cells:
        if start in seen:
            continue
        count += 1
        seen.add(start)
        stack = [start]
        while stack:
            code = stack.pop()
            for cell in _around(cells[code]):
                other = at.get(cell)
                if other is not None and other not in seen and groups.get(other) == groups.get(code):
                    seen.add(other)
                    stack.append(other)
    return count


# Drawing. Corners are counted in half widths and quarter heights: whole numbers, so neighbours share them exactly.
_REACH = np.array([1.0, 2.0])
_CORNERS = ((0, 2), (1, 1), (1, -1), (0, -2), (-1, -1), (-1, 1))


def _projection(scope: Scope, cells: Iterable[Cell]) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function from lattice counts to degrees that fits the layout into the scope's place."""
    west, south, east, north = PLACE[scope]
    counts = np.array([(2 * q + r, 3 * r) for q, r in cells], dtype=float)
    low, high = counts.min(axis=0) - _REACH, counts.max(axis=0) + _REACH
    unit = np.array([ROOT3 / 2, 0.5])
    bottom, top = _mercator(south), _mercator(north)
    size = min((math.radians(east - west)) / ((high - low) * unit)[0], (top - bottom) / ((high - low) * unit)[1])
    origin = np.array([math.radians(west + east) / 2, (bottom + top) / 2]) - (low + high) / 2 * unit * size

    def to_degrees(points: np.ndarray) -> np.ndarray:
        plane = origin + points * unit * size
        latitude = 2 * np.arctan(np.exp(plane[:, 1])) - np.pi / 2
        return np.degrees(np.column_stack([plane[:, 0], latitude]))

    return to_degrees


def _mercator(latitude: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(latitude) / 2))


def _kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    east = (a[0] - b[0]) * math.cos(math.radians((a[1] + b[1]) / 2))
    return 111.2 * math.hypot(east, a[1] - b[1])


# The committed layouts


def _file(scope: Scope) -> Path:
    return Path(__file__).with_name(f"tiles_{scope}.csv")


@lru_cache(maxsize=2)
def _committed(scope: Scope) -> dict[str, Cell]:
    lines = _file(scope).read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split(",") for line in lines if line)
    return {code: (int(q), int(r)) for code, q, r in rows}


def _seats(municipalities: pd.DataFrame) -> dict[str, tuple[float, float]]:
    places = municipalities[["lon", "lat"]].to_numpy(dtype=float).tolist()
    return {str(code): (lon, lat) for code, (lon, lat) in zip(municipalities["divipola"], places, strict=True)}


def _free_cell(seat: tuple[float, float], cells: Mapping[str, Cell], seats: Mapping[str, tuple[float, float]]) -> Cell:
    """Return the free cell nearest to the cell of the nearest seat that has one."""
    if not cells:
        return (0, 0)
    nearest = min(cells, key=lambda code: (_kilometres(seat, seats[code]), code))
    taken = set(cells.values())
    ring, seen = [cells[nearest]], {cells[nearest]}
    while True:
        free = [cell for cell in ring if cell not in taken]
        if free:
            return min(free)
        ring = sorted({cell for middle in ring for cell in _around(middle)} - seen)
        seen |= set(ring)


def _around(cell: Cell) -> tuple[Cell, ...]:
    q, r = cell
    return tuple((q + dq, r + dr) for dq, dr in STEPS)


# Making a layout (python -m geo.tilemap)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a layout is made.

    Attributes
    ----------
    diameter
        Room of a seat in the cloud, in degrees: about what gives the cloud the country's area.
    moves, heat
        Annealing: how many moves are tried, and how bad a move may be at first.
    anchor
        Weight of staying near the cloud's own position (keeps the country's shape).
    same
        Extra weight of links inside a department or subregion.
    cohesion
        Reward for touching a hexagon of the same department or subregion.
    fullness
        Reward for each hexagon touched when one moves to a free cell (closes holes, rounds the rim).
    group
        Column of the municipalities table that is kept in one piece.
    """

    diameter: float
    moves: int
    heat: float
    anchor: float
    same: float
    cohesion: float
    fullness: float
    group: str


RECIPES: Mapping[Scope, Recipe] = {
    "colombia": Recipe(0.27, 6_000_000, 8.0, 0.04, 1.5, 2.0, 1.0, "department_code"),
    "narino": Recipe(0.23, 400_000, 4.0, 0.05, 1.3, 0.8, 0.35, "subregion"),
}


def arrange(scope: Scope, municipalities: pd.DataFrame, recipe: Recipe) -> dict[str, Cell]:
    """Compute a layout from seats alone; deterministic. Needs scipy."""
    table = municipalities.sort_values("divipola", ignore_index=True)
    far = (table["department_code"] == ISLANDS).to_numpy()
    mainland = table[~far].reset_index(drop=True)
    groups = [str(name) for name in mainland[recipe.group].fillna("")]
    seats = _plane(mainland)
    links = _links(seats)
    cloud = _relaxed(seats, links, recipe.diameter)
    cells = _annealed(_assigned(cloud, recipe.diameter), cloud, links, groups, recipe)
    cells = _without_holes(cells)
    cells += _offshore(cells, int(far.sum()))
    codes = [*mainland["divipola"], *table["divipola"][far]]
    middle_q, middle_r = np.rint(np.array(cells).mean(axis=0)).astype(int).tolist()
    return {str(code): (q - middle_q, r - middle_r) for code, (q, r) in zip(codes, cells, strict=True)}


def _plane(table: pd.DataFrame) -> np.ndarray:
    """Return the seats in degrees, east-west shrunk to the length that a degree has at 4° north."""
    plane = table[["lon", "lat"]].to_numpy(dtype=float)
    return plane * np.array([math.cos(math.radians(4.0)), 1.0])


def _without_holes(cells: Sequence[Cell]) -> list[Cell]:
    """Fill each hole inside the map by moving the hexagons between it and the nearest rim one step inwards."""
    cells = list(cells)
    while True:
        at = {cell: unit for unit, cell in enumerate(cells)}
        rim = _outside(at)
        holes = sorted({cell for middle in at for cell in _around(middle)} - set(at) - rim)
        if not holes:
            return cells
        path = _way_out(holes[0], rim)
        for gap, mover in pairwise(path[:-1]):
            cells[at[mover]] = gap


def _outside(taken: Mapping[Cell, int]) -> set[Cell]:
    """Return the free cells round the map that can be reached from far away."""
    low_q, low_r = (min(cell[axis] for cell in taken) - 1 for axis in (0, 1))
    high_q, high_r = (max(cell[axis] for cell in taken) + 1 for axis in (0, 1))
    seen, stack = {(low_q, low_r)}, [(low_q, low_r)]
    while stack:
        for cell in _around(stack.pop()):
            inside = low_q <= cell[0] <= high_q and low_r <= cell[1] <= high_r
            if inside and cell not in seen and cell not in taken:
                seen.add(cell)
                stack.append(cell)
    return seen


def _way_out(hole: Cell, rim: set[Cell]) -> list[Cell]:
    """Return the shortest path of cells from a hole to the rim, both included."""
    paths, seen = [[hole]], {hole}
    while True:
        longer: list[list[Cell]] = []
        for path in paths:
            for cell in _around(path[-1]):
                if cell in rim:
                    return [*path, cell]
                if cell not in seen:
                    seen.add(cell)
                    longer.append([*path, cell])
        paths = longer


def _offshore(cells: Sequence[Cell], count: int) -> list[Cell]:
    """Return cells for the far islands: one beside the other, off the north-western coast, two cells of sea between."""
    if not count:
        return []
    top = max(r for _, r in cells) - 3
    # The westernmost hexagon of the rows around keeps the sea open on every side.
    west = min(q + r / 2 for q, r in cells if abs(r - top) <= 2)
    first = math.floor(west - top / 2) - 2 - count
    return [(first + number, top) for number in range(count)]


def _links(seats: np.ndarray) -> np.ndarray:
    """Return the pairs of seats that stand for neighbours, shape (n, 2).

    Delaunay edges without the longest three per cent (those along the hull join what is not near); the three shortest
    of each seat always stay, so that the few seats of the jungle hang on to the rest.
    """
    from scipy.spatial import Delaunay

    corners = Delaunay(seats).simplices
    edges = np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]])
    edges = np.unique(np.sort(edges, axis=1), axis=0)
    length = np.linalg.norm(seats[edges[:, 0]] - seats[edges[:, 1]], axis=1)
    keep = length < np.quantile(length, 0.97)
    for seat in range(len(seats)):
        own = np.flatnonzero((edges == seat).any(axis=1))
        keep[own[np.argsort(length[own], kind="stable")[:3]]] = True
    return edges[keep]


def _relaxed(seats: np.ndarray, links: np.ndarray, diameter: float, rounds: int = 400) -> np.ndarray:
    """Push seats apart until each has its room, while links pull and the true position holds a little, ever less."""
    from scipy.spatial import KDTree

    cloud = seats.copy()
    degree = np.maximum(np.bincount(links.ravel(), minlength=len(seats)), 1)[:, None]
    a, b = links.T
    for number in range(rounds):
        force = 0.01 * (seats - cloud) * (1 - number / rounds)
        span = cloud[b] - cloud[a]
        distance = np.linalg.norm(span, axis=1, keepdims=True) + 1e-9
        pull = 0.1 * 3 * np.maximum(0, distance - diameter) / distance * span
        np.add.at(force, a, pull / degree[a])
        np.add.at(force, b, -pull / degree[b])
        close = KDTree(cloud).query_pairs(diameter, output_type="ndarray")
        span = cloud[close[:, 1]] - cloud[close[:, 0]]
        distance = np.linalg.norm(span, axis=1, keepdims=True) + 1e-9
        push = 0.4 * (diameter - distance) / distance * span
        np.add.at(force, close[:, 0], -push)
        np.add.at(force, close[:, 1], push)
        size = np.maximum(np.linalg.norm(force, axis=1, keepdims=True), 1e-12)
        cloud += force * np.minimum(1, 0.3 * diameter / size)
    return cloud


def _assigned(cloud: np.ndarray, diameter: float) -> list[Cell]:
    """Give each point of the cloud a lattice cell of its own, with the least sum of squared distances."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial import KDTree

    side = diameter / ROOT3
    rows = range(math.floor(cloud[:, 1].min() / (1.5 * side)) - 2, math.ceil(cloud[:, 1].max() / (1.5 * side)) + 3)
    west, east = cloud[:, 0].min() / (side * ROOT3), cloud[:, 0].max() / (side * ROOT3)
    cells = np.array([(q, r) for r in rows for q in range(math.floor(west - r / 2) - 2, math.ceil(east - r / 2) + 3)])
    centres = _centres(cells, side)
    distance, _ = KDTree(cloud).query(centres)
    keep = np.sort(np.argsort(distance, kind="stable")[: math.ceil(len(cloud) * 1.02)])
    cost = ((cloud[:, None, :] - centres[keep][None]) ** 2).sum(axis=-1)
    chosen = cells[keep][linear_sum_assignment(cost)[1]]
    return [(int(q), int(r)) for q, r in chosen]


def _centres(cells: np.ndarray, side: float) -> np.ndarray:
    return np.column_stack([side * ROOT3 * (cells[:, 0] + cells[:, 1] / 2), side * 1.5 * cells[:, 1]])


def _annealed(
    start: Sequence[Cell], cloud: np.ndarray, links: np.ndarray, groups: Sequence[str], recipe: Recipe
) -> list[Cell]:
    """Swap two hexagons, or move one to a free cell of the rim, millions of times, ever more choosily."""
    dice = random.Random(2016)
    position, home = list(start), cloud.tolist()
    at = {cell: unit for unit, cell in enumerate(position)}
    linked: list[list[tuple[int, float]]] = [[] for _ in position]
    for a, b in links.tolist():
        weight = recipe.same if groups[a] == groups[b] and groups[a] else 1.0
        linked[a].append((b, weight))
        linked[b].append((a, weight))
    # What a link costs by its length: touching is nearly free, two steps are bearable, beyond that it hurts quickly.
    price = [0.0, 1.0, 2.2, 4.0, 6.2, 9.0, 12.4, 16.4, 21.0, *(21.0 + 6 * n for n in range(1, 200))]
    wide, high, room = recipe.diameter, recipe.diameter * ROOT3 / 2, recipe.diameter

    def cost(unit: int, cell: Cell, other: int = -1, others: Cell = (0, 0)) -> float:
        q, r = cell
        total = 0.0
        for neighbour, weight in linked[unit]:
            there = others if neighbour == other else position[neighbour]
            dq, dr = q - there[0], r - there[1]
            total += weight * price[max(abs(dq), abs(dr), abs(dq + dr))]
        dx, dy = (wide * (q + r / 2) - home[unit][0]) / room, (high * r - home[unit][1]) / room
        return total + recipe.anchor * (dx * dx + dy * dy)

    def kin(unit: int, cell: Cell) -> int:
        q, r = cell
        group = groups[unit]
        found = (at.get((q + dq, r + dr)) for dq, dr in STEPS)
        return sum(1 for other in found if other is not None and other != unit and groups[other] == group)

    def touching(cell: Cell) -> int:
        q, r = cell
        return sum((q + dq, r + dr) in at for dq, dr in STEPS)

    for move in range(recipe.moves):
        heat = recipe.heat * (1 - move / recipe.moves) ** 2 + 1e-3
        unit = dice.randrange(len(position))
        near = linked[unit]
        beside = near[dice.randrange(len(near))][0] if near and dice.random() < 0.6 else unit
        step = STEPS[dice.randrange(6)]
        old, new = position[unit], (position[beside][0] + step[0], position[beside][1] + step[1])
        if new == old:
            continue
        other = at.get(new)
        if other is None:
            held = touching(new) - (steps(old, new) == 1)
            if held < 3:
                continue
            change = cost(unit, new) - cost(unit, old) + recipe.fullness * (touching(old) - held)
            change -= recipe.cohesion * (kin(unit, new) - kin(unit, old))
            if change <= 0 or dice.random() < math.exp(-change / heat):
                del at[old]
                at[new] = unit
                position[unit] = new
            continue
        change = cost(unit, new, other, old) + cost(other, old, unit, new) - cost(unit, old) - cost(other, new)
        if groups[unit] != groups[other]:
            change -= recipe.cohesion * (kin(unit, new) - kin(unit, old) + kin(other, old) - kin(other, new))
        if change <= 0 or dice.random() < math.exp(-change / heat):
            at[new], at[old] = unit, other
            position[unit], position[other] = new, old
    return position


def main() -> None:
    """Compute both layouts again and write them beside this module."""
    from data.store import table
    from geo.geometry import members

    municipalities = table("municipalities")
    scopes: tuple[Scope, ...] = ("narino", "colombia")
    for scope in scopes:
        cells = arrange(scope, members(scope, municipalities), RECIPES[scope])
        lines = ["divipola,q,r", *(f"{code},{q},{r}" for code, (q, r) in sorted(cells.items()))]
        write_atomic(_file(scope), "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
