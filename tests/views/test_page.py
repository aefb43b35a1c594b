"""The 3D page: one inert file, and in a browser a click that tells the verdict."""

import json
import re
import shutil

import numpy as np
import pytest

from tests.views import sample
from twin.views.page import SCRIPTS, _web, page
from twin.views.scene import scene

FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--use-gl=angle",
    "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--window-size=1300,900",
)  # fmt: skip


def made(**how):
    site = sample.site(**how)
    report = sample.report(site)
    return page(scene(site, report), report)


def data_of(text):
    return json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


def test_nothing_is_loaded_from_elsewhere():
    text = made()
    assert not re.search(r'(src|href)\s*=\s*["\']', text)
    assert "http" not in text.replace("http-equiv", "")
    assert "default-src 'none'" in text


def test_scripts_are_short_and_run_only_by_their_digest():
    text = made()
    assert text.count("'sha256-") == len(SCRIPTS)
    for name in SCRIPTS:
        script = _web(f"{name}.js")
        assert len(script.splitlines()) < 400
        assert "</script" not in script
        assert "innerHTML" not in script
        assert script in text


def test_hostile_names_stay_data():
    text = made(hostile=True)
    assert sample.HOSTILE not in text
    assert "<img" not in text
    racks = next(b for b in data_of(text)["batches"] if b["asset"] == "rack")
    assert racks["names"][0] == sample.HOSTILE


def test_braces_in_names_are_not_filled_in():
    site = sample.site().replace(title="{{scripts}} {{data}}")
    text = page(scene(site), None)
    assert data_of(text)["title"] == "{{scripts}} {{data}}"


def test_ten_thousand_racks_stay_below_two_megabytes():
    assert len(made(rows=40, per_row=250)) < 2_000_000


@pytest.fixture(scope="module")
def browser():
    """Start Chromium without a window; skip where there is none."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("no Chromium with its driver on this machine")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(driver)
    running = webdriver.Chrome(options=options, service=service)
    yield running
    running.quit()


def opened(browser, tmp_path, text):
    file = tmp_path / "hall.html"
    file.write_text(text, encoding="utf-8")
    browser.get(file.as_uri())
    assert browser.execute_script("return Twin.app.drawn()"), "no WebGL 2"
    bad = [line for line in browser.get_log("browser") if line["level"] == "SEVERE"]
    assert bad == []


def click(browser, at):
    from selenium.webdriver.common.actions.action_builder import ActionBuilder

    actions = ActionBuilder(browser)
    actions.pointer_action.move_to_location(round(at[0]), round(at[1])).click()
    actions.perform()


@pytest.mark.browser
@pytest.mark.parametrize("serial", ["SN-0009", "SN-0032"])
def test_a_click_tells_the_verdict(browser, tmp_path, serial):
    opened(browser, tmp_path, made())
    click(browser, browser.execute_script("return Twin.app.screenOf(arguments[0])", serial))
    panel = browser.find_element("id", "panel").text
    assert f"rack {serial}" in panel
    if serial == "SN-0032":
        assert "blocked" in panel
        assert f"PWR101: rack {serial} carries 1,040 A of 800 A" in panel
        assert "H1-R4-08" in panel
        assert "take 240 A off" in panel


@pytest.mark.browser
def test_a_click_finds_its_rack_in_a_turned_hall(browser, tmp_path):
    opened(browser, tmp_path, made(yaw_deg=33.0))
    for serial in ("SN-0001", "SN-0012", "SN-0031"):
        click(browser, browser.execute_script("return Twin.app.screenOf(arguments[0])", serial))
        assert browser.find_element("id", "what").text == f"rack {serial}"


@pytest.mark.browser
def test_the_canvas_shows_the_bands(browser, tmp_path):
    import io

    from PIL import Image

    opened(browser, tmp_path, made())
    image = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")
    colours = {c for n, c in image.getcolors(1 << 24) if n > 40}
    # Tops of racks have the very colours of the legend.
    assert {(69, 117, 180), (215, 48, 39), (253, 174, 97)} <= colours
    centre = np.asarray(image)[200:700, 400:900]
    assert centre.std() > 20


@pytest.mark.browser
def test_search_finds_and_says_when_it_does_not(browser, tmp_path):
    opened(browser, tmp_path, made())
    box = browser.find_element("id", "serial")
    box.send_keys("sn-0002\n")
    panel = browser.find_element("id", "panel").text
    assert "rack SN-0002" in panel
    assert "unknown" in panel
    assert "racks.X.mass_kg" in panel
    box.clear()
    box.send_keys("no such rack\n")
    assert 'no rack has "no such rack"' in browser.find_element("id", "told").text


@pytest.mark.browser
def test_keys_and_wheel_move_the_view_and_reset_brings_it_back(browser, tmp_path):
    opened(browser, tmp_path, made())
    state = "const c = Twin.app.camera; return [c.turn, c.rise, c.distance, ...c.target]"
    begun = browser.execute_script(state)
    canvas = browser.find_element("id", "view")
    canvas.send_keys("\ue012+")  # arrow left, plus
    moved = browser.execute_script(state)
    assert moved[0] != begun[0]
    assert moved[2] < begun[2]
    browser.find_element("id", "reset").click()
    assert browser.execute_script(state) == pytest.approx(begun)


@pytest.mark.browser
def test_a_hostile_serial_is_harmless(browser, tmp_path):
    opened(browser, tmp_path, made(hostile=True))
    click(browser, browser.execute_script("return Twin.app.screenOf('H1-R1-01')"))
    assert sample.HOSTILE in browser.find_element("id", "what").text
    assert browser.execute_script("return window.hacked") is None
    assert browser.execute_script("return document.images.length") == 0


@pytest.mark.browser
def test_ten_thousand_racks_open(browser, tmp_path):
    opened(browser, tmp_path, made(rows=40, per_row=250))
    click(browser, browser.execute_script("return Twin.app.screenOf('SN-5000')"))
    assert browser.find_element("id", "what").text == "rack SN-5000"
