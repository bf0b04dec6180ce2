"""The projection, and the parts of the map."""

import pytest

from cnrs_kg.browsing import maps


def test_the_map_is_centred_on_its_meridian_and_cut_opposite() -> None:
    assert maps.project(0, maps.CENTRE)[0] == pytest.approx(maps.WIDTH / 2)
    assert maps.project(0, -168.99)[0] < 1 and maps.project(0, -169.01)[0] > maps.WIDTH - 1


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [("FR", 48.85, 2.35), ("SG", 1.29, 103.85), ("JP", 35.7, 139.7), ("BR", -22.9, -43.2)],
)
def test_the_outline_is_in_the_same_projection(code: str, latitude: float, longitude: float) -> None:
    west, north, east, south = maps.countries()[code]
    x, y = maps.project(latitude, longitude)
    assert west - 1 <= x <= east + 1 and north - 1 <= y <= south + 1


def test_a_view_shows_its_points_and_stays_on_the_map() -> None:
    for points in ([(5.0, 5.0)], [(990.0, 400.0), (700.0, 100.0)], [(0.0, 0.0), (1000.0, 435.0)]):
        found = maps.view(points)
        assert found.width >= maps.LEAST and found.x >= 0 and found.x + found.width <= maps.WIDTH + 0.01
        assert all(found.x <= x <= found.x + found.width and found.y <= y <= found.y + found.height for x, y in points)
    assert maps.view([]) == maps.WORLD
