"""Zooming into the maps that the server draws."""

from playwright.sync_api import expect

HOME = "/"


def box(page):
    return [float(part) for part in page.locator("zoomable-map svg").first.get_attribute("viewBox").split()]


def test_a_map_is_zoomed_by_buttons_and_its_marks_keep_their_size(page):
    page.goto(HOME)
    closer = page.get_by_role("button", name="Closer")
    mark = page.locator("zoomable-map circle").first
    whole, size = box(page), mark.bounding_box()["width"]
    for _ in range(3):
        closer.click()
    assert box(page)[2] < whole[2] / 4
    assert abs(mark.bounding_box()["width"] - size) < 1
    page.get_by_role("button", name="The whole map").click()
    assert box(page) == whole
    expect(page.get_by_role("button", name="Wider")).to_be_disabled()
    while closer.is_enabled():
        closer.click()
    assert 0 < box(page)[2] < whole[2] / 20


def test_a_map_is_zoomed_and_moved_by_keys(page):
    page.goto(HOME)
    whole = box(page)
    page.locator(".map").focus()
    page.keyboard.press("ArrowRight")
    assert box(page) == whole
    page.keyboard.press("+")
    near = box(page)
    page.keyboard.press("ArrowRight")
    assert box(page)[0] > near[0] and box(page)[2] == near[2]
    for _ in range(20):
        page.keyboard.press("ArrowLeft")
    assert box(page)[0] == whole[0]
    page.keyboard.press("0")
    assert box(page) == whole


def test_dragging_moves_the_map_and_follows_no_link(page):
    page.goto(HOME)
    for _ in range(2):
        page.get_by_role("button", name="Closer").click()
    before, spot = box(page), page.locator(".map").bounding_box()
    x, y = spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 120, y - 40, steps=4)
    page.mouse.up()
    after = box(page)
    assert after[0] > before[0] and after[1] > before[1] and page.url.endswith("/")


def test_a_mark_leads_on_when_the_map_is_zoomed(page):
    page.goto(HOME)
    page.get_by_role("button", name="Closer").click()
    mark = page.locator("zoomable-map a").filter(has=page.locator("circle:visible")).first
    target = mark.get_attribute("href")
    mark.evaluate("link => link.focus()")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{target}")


def test_without_scripts_the_map_is_whole_and_has_no_buttons(plain_page):
    plain_page.goto(HOME)
    expect(plain_page.get_by_role("region", name="Units and offices around the world")).to_be_visible()
    assert plain_page.get_by_role("button", name="Closer").count() == 0
