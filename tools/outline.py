"""Make the world's outline that the maps are drawn on: `web/static/world.svg` and `browsing/countries.json`.

    python tools/outline.py [--work DIR]      needs npm, which brings the two packages named below

Natural Earth's countries at 1:50 m (at 1:110 m Singapore, Malta and Mauritius are missing), in the Equal Earth
projection around 11 degrees east, so that the cut runs through the Bering Strait. Shared borders are simplified once:
neighbours stay neighbours. What is too small to be seen becomes a point. Antarctica is left out.
"""

import argparse
import json
import math
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from cnrs_kg.browsing.maps import CENTRE, HEIGHT, WIDTH, project

PACKAGES = {"world-atlas": "2.0.2", "i18n-iso-countries": "7.14.0"}
SOURCE = "Natural Earth 1:50 m (public domain) by way of npm world-atlas 2.0.2 (ISC); made by tools/outline.py"
TOLERANCE = 0.07
"""Degrees by which a simplified line may miss the true one."""
SMALL, TINY, SEEN = 1.5, 0.35, 1.6
"""Square units below which a country is a point, an island is left out, and the radius of a point."""
NEAR = 1e-6
"""Degrees from the map's edge at which shapes end, so that the edge itself is never on the other side."""
ROOT = Path(__file__).parents[1] / "src" / "cnrs_kg"
Point = tuple[float, float]
Line = list[Point]


def unpacked(name: str, work: Path) -> Path:
    """The directory of an npm package."""
    target = work / name
    if not target.exists():
        command = ["npm", "pack", "--silent", f"{name}@{PACKAGES[name]}"]
        file = subprocess.run(command, cwd=work, check=True, capture_output=True, text=True).stdout.strip()
        with tarfile.open(work / file) as archive:
            archive.extractall(target, filter="data")
    return target / "package"


def arcs(topology: dict[str, Any]) -> list[Line]:
    """The arcs of a TopoJSON file, in degrees (https://github.com/topojson/topojson-specification#213-arcs)."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x * kx + dx, y * ky + dy))
        found.append(simplified(line))
    return found


def simplified(line: Line) -> Line:
    """The line with the points that matter (Douglas and Peucker); a closed one is opened at its farthest point."""
    if line[0] == line[-1] and len(line) > 3:
        far = max(range(len(line)), key=lambda place: math.dist(line[0], line[place]))
        return _simplified(line[: far + 1]) + _simplified(line[far:])[1:]
    return _simplified(line)


def _simplified(line: Line) -> Line:
    if len(line) < 3:
        return line
    far, distance = max(
        ((place, _off(line[place], line[0], line[-1])) for place in range(1, len(line) - 1)), key=lambda item: item[1]
    )
    if distance < TOLERANCE:
        return [line[0], line[-1]]
    return _simplified(line[: far + 1]) + _simplified(line[far:])[1:]


def _off(point: Point, start: Point, end: Point) -> float:
    shrink = math.cos(math.radians(point[1]))
    px, py = (point[0] - start[0]) * shrink, point[1] - start[1]
    ex, ey = (end[0] - start[0]) * shrink, end[1] - start[1]
    length = ex * ex + ey * ey
    along = max(0.0, min(1.0, (px * ex + py * ey) / length)) if length else 0.0
    return math.hypot(px - along * ex, py - along * ey)


def rings(geometry: dict[str, Any], lines: list[Line]) -> Iterator[Line]:
    """The rings of a (multi)polygon."""
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    for polygon in polygons:
        for ring in polygon:
            found: Line = []
            for number in ring:
                part = lines[number] if number >= 0 else lines[~number][::-1]
                found += part[1:] if found else part
            yield found


def cut(ring: Line) -> Iterator[Line]:
    """The ring as one or two that do not cross the map's edge, 180 degrees from its centre."""
    west, east = CENTRE - 180.0 + NEAR, CENTRE + 180.0 - NEAR
    whole = [ring[0]]
    for x, y in ring[1:]:
        last = whole[-1][0]
        whole.append((x + 360.0 * round((last - x) / 360.0), y))
    for turn in (-360.0, 0.0, 360.0):
        part = _clipped(_clipped([(x + turn, y) for x, y in whole], west, 1), east, -1)
        if len(part) > 2:
            yield part


def _clipped(ring: Line, edge: float, side: int) -> Line:
    """What of a ring lies on one side of a meridian (Sutherland and Hodgman)."""
    found: Line = []
    for (x, y), (to_x, to_y) in zip(ring, [*ring[1:], *ring[:1]], strict=True):
        inside, to_inside = (x - edge) * side >= 0, (to_x - edge) * side >= 0
        if inside:
            found.append((x, y))
        if inside != to_inside:
            found.append((edge, y + (to_y - y) * (edge - x) / (to_x - x)))
    return found


def area(ring: Line) -> float:
    """The area of a ring on the map."""
    following = [*ring[1:], ring[0]]
    return abs(sum(x * to_y - to_x * y for (x, y), (to_x, to_y) in zip(ring, following, strict=True))) / 2


def drawn(parts: Iterable[Line]) -> str:
    """Rings as the data of an SVG path, in steps of a tenth."""
    text = []
    for part in parts:
        places = [(round(x * 10), round(y * 10)) for x, y in part]
        steps = [
            (x - was_x, y - was_y)
            for (x, y), (was_x, was_y) in zip(places[1:], places, strict=False)
            if (x, y) != (was_x, was_y)
        ]
        if len(steps) > 2:
            text.append(f"M{_pair(*places[0])}l{' '.join(_pair(*step) for step in steps)}z")
    return "".join(text)


def _pair(x: int, y: int) -> str:
    return f"{x / 10:g},{y / 10:g}"


def country(geometry: dict[str, Any], lines: list[Line]) -> tuple[str, list[float]]:
    """The shape of a country in SVG, and its box on the map: the one of its largest part."""
    parts = [[project(y, x) for x, y in part] for ring in rings(geometry, lines) for part in cut(ring)]
    largest = max(parts, key=area)
    xs, ys = [x for x, _ in largest], [y for _, y in largest]
    box = [min(xs), min(ys), max(xs), max(ys)]
    if area(largest) < SMALL:
        return f'<circle cx="{(box[0] + box[2]) / 2:.1f}" cy="{(box[1] + box[3]) / 2:.1f}" r="{SEEN}"/>', box
    return f'<path d="{drawn(part for part in parts if part is largest or area(part) > TINY)}"/>', box


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--work", type=Path, help="where the packages are kept")
    work = options.parse_args().work or Path(tempfile.mkdtemp())
    topology = json.loads((unpacked("world-atlas", work) / "countries-50m.json").read_text())
    rows = json.loads((unpacked("i18n-iso-countries", work) / "codes.json").read_text())
    codes = {number: code for code, _, number, _ in rows}
    lines, shapes, boxes = arcs(topology), [], {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        if geometry["properties"]["name"] == "Antarctica":
            continue
        shape, box = country(geometry, lines)
        code = codes.get(geometry.get("id", ""))
        shapes.append(f'<g id="{code}">{shape}</g>' if code else shape)
        if code:
            boxes[code] = [round(one, 1) for one in box]
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">\n<!-- {SOURCE} -->\n'
    (ROOT / "web/static/world.svg").write_text(text + '<g id="land">\n' + "\n".join(shapes) + "\n</g>\n</svg>\n")
    body = ",\n".join(f'"{code}": {json.dumps(box)}' for code, box in sorted(boxes.items()))
    (ROOT / "browsing/countries.json").write_text(f"{{\n{body}\n}}\n")
    click.echo(f"{len(shapes)} countries, {len(text) + sum(map(len, shapes)):,} bytes", err=True)


if __name__ == "__main__":
    main()
