"""Places on the map: the Equal Earth projection, and the part of the world that shows what is wanted.

Šavrič, Patterson and Jenny (2018), https://doi.org/10.1080/13658816.2018.1504949. The outline (`world.svg`) is made by
`tools/outline.py` in the same projection.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

CENTRE = 11.0
"""The meridian in the middle: the map's edge then runs through the Bering Strait."""
WIDTH, HEIGHT = 1000, 435
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_M = math.sqrt(3) / 2
_EDGE = 2.7066298
_SCALE = WIDTH / 2 / _EDGE
_NORTH = 242.0
LEAST = 110.0
"""Units that a part of the map is at least wide: nearer, the outline says no more."""


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a point lies on the map."""
    a1, a2, a3, a4 = _A
    theta = math.asin(_M * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square**3
    turned = (longitude - CENTRE) % 360.0
    turned -= 360.0 if turned > 180.0 else 0.0
    x = math.radians(turned) * math.cos(theta) / (_M * (a1 + 3 * a2 * square + sixth * (7 * a3 + 9 * a4 * square)))
    y = theta * (a1 + a2 * square + sixth * (a3 + a4 * square))
    return WIDTH / 2 + x * _SCALE, _NORTH - y * _SCALE


@dataclass(frozen=True)
class View:
    """A part of the map."""

    x: float
    y: float
    width: float
    height: float

    @property
    def box(self) -> str:
        """As SVG's `viewBox`."""
        return f"{self.x:.1f} {self.y:.1f} {self.width:.1f} {self.height:.1f}"


WORLD = View(0, 0, WIDTH, HEIGHT)


@cache
def countries() -> dict[str, tuple[float, float, float, float]]:
    """The box of each country's largest part on the map, by ISO 3166-1 code: west, north, east, south."""
    text = files("cnrs_kg.browsing").joinpath("countries.json").read_text(encoding="utf-8")
    return {code: tuple(box) for code, box in json.loads(text).items()}


def middle(country: str) -> tuple[float, float] | None:
    """Where a country lies on the map; None if it is not there."""
    box = countries().get(country)
    return None if box is None else ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)


def view(points: Iterable[tuple[float, float]], boxes: Iterable[Sequence[float]] = ()) -> View:
    """The part of the map that shows these points and boxes with what is around them."""
    shown = [*points, *(corner for box in boxes for corner in ((box[0], box[1]), (box[2], box[3])))]
    if not shown:
        return WORLD
    xs, ys = [x for x, _ in shown], [y for _, y in shown]
    shape = WIDTH / HEIGHT
    width = min(WIDTH, max(LEAST, (max(xs) - min(xs)) * 1.3, (max(ys) - min(ys)) * 1.3 * shape))
    height = width / shape
    left = (max(xs) + min(xs) - width) / 2
    top = (max(ys) + min(ys) - height) / 2
    return View(min(max(0.0, left), WIDTH - width), min(max(0.0, top), HEIGHT - height), width, height)
