"""The tree of an invented province: one province, its cities and districts, systems, units, organizations and teams.

Sizes are skewed as in life: a few units hold very much, and most hold little.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.chassis.ids import new_id
from services.chassis.regions import CITIES, PROVINCE

DISTRICTS = 122
_SYSTEMS_OF_THE_PROVINCE = 20
_WITHOUT_DISTRICTS = ("441900", "442000")  # Dongguan, Zhongshan
_UNITS, _ORGANIZATIONS = 0.15, 0.45  # shares of what stands below the authorities; the rest are teams
_PENDING_TEAMS = 0.02
_SKEW = 2.5  # of the sizes: a tenth of the parents gets four tenths of the children


@dataclass(frozen=True, slots=True)
class Node:
    """An organization. ``path``: ids from the root to itself."""

    id: str
    path: tuple[str, ...]
    parent_id: str | None
    name: str
    kind: str
    region: str
    account_id: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class Root:
    """The province as it is on file already, if it is."""

    id: str
    region: str = PROVINCE


def grow(number: int, chance: random.Random, root: Root | None = None) -> list[Node]:
    """``number`` nodes, parents first, below ``root`` or (the first of them) a new one."""
    grown = _Tree(chance, number)
    if root is None:
        top = grown.add(None, "province", "全省志愿者组织（规模）", PROVINCE)
    else:
        top = Node(root.id, (root.id,), None, "", "province", root.region, "")
    systems = [grown.add(top, "system", f"省直系统{n:03}（规模）", PROVINCE) for n in range(_SYSTEMS_OF_THE_PROVINCE)]
    cities = [grown.add(top, "city", f"{name}市志愿者组织（规模）", code) for code, name in CITIES.items()]
    divided = [city for city in cities if city.region not in _WITHOUT_DISTRICTS]
    districts = []
    for n in range(DISTRICTS):
        city, place = divided[n % len(divided)], n // len(divided)
        name = f"{city.name[:2]}第{place + 1:02}区（规模）"
        districts.append(grown.add(city, "district", name, f"{city.region[:4]}{place + 2:02}"))
    authorities = [*districts, *cities, *systems]
    below = max(0, number - len(grown.nodes))
    units = grown.many(round(below * _UNITS), "unit", authorities)
    organizations = grown.many(round(below * _ORGANIZATIONS), "organization", [*units, *districts])
    grown.many(
        number - len(grown.nodes), "team", [*organizations, *units], active=lambda: chance.random() >= _PENDING_TEAMS
    )
    return grown.nodes


def skewed(chance: random.Random, size: int) -> int:
    """A place in a list of ``size``, the first ones far more often."""
    return int(size * chance.random() ** _SKEW)


class _Tree:
    def __init__(self, chance: random.Random, limit: int) -> None:
        self.nodes: list[Node] = []
        self._chance = chance
        self._limit = limit

    def add(self, parent: Node | None, kind: str, name: str, region: str, *, active: bool = True) -> Node:
        id_ = new_id()
        above = () if parent is None else parent.path
        parent_id = None if parent is None else parent.id
        node = Node(id_, (*above, id_), parent_id, name, kind, region, new_id(), active)
        if len(self.nodes) < self._limit:
            self.nodes.append(node)
        return node

    def many(
        self, number: int, kind: str, parents: Sequence[Node], active: Callable[[], bool] = lambda: True
    ) -> list[Node]:
        added = []
        for n in range(number):
            parent = parents[skewed(self._chance, len(parents))]
            added.append(self.add(parent, kind, f"{_CALLED[kind]}{n:06}（规模）", parent.region, active=active()))
        return added


_CALLED = {"unit": "单位", "organization": "志愿服务组织", "team": "志愿服务队"}
