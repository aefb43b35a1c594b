"""The HTML report in a real browser: its script runs under its own policy, names do not."""

from __future__ import annotations

import pytest

from twin.report.html import html

pytestmark = pytest.mark.browser

HOSTILE = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


@pytest.fixture(scope="module")
def browser():
    selenium = pytest.importorskip("selenium.webdriver")
    options = selenium.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = selenium.Chrome(options=options)
    yield driver
    driver.quit()


@pytest.fixture
def page(browser, sample, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(html(sample.report(serial=HOSTILE)), encoding="utf-8")
    browser.get(path.as_uri())
    return browser


def column(page, place):
    rows = "[...document.querySelectorAll('#verdicts tbody tr')].filter(r => !r.hidden)"
    return page.execute_script(f"return {rows}.map(r => r.cells[{place}].textContent.trim())")


def press(page, title):
    page.execute_script(
        "[...document.querySelectorAll('#verdicts th button')]"
        f".find(b => b.textContent.trim() === '{title}').click()"
    )


def test_nothing_is_refused_and_no_name_runs(page):
    assert page.get_log("browser") == []
    assert page.title == "sample: blocked"


def test_headers_sort_both_ways_and_what_is_not_known_stays_last(page):
    press(page, "Margin")
    assert column(page, 10) == ["-7.5 %", "-7.5 %", "33.3 %", ""]
    press(page, "Margin")
    assert column(page, 10) == ["33.3 %", "-7.5 %", "-7.5 %", ""]
    press(page, "Verdict")
    assert column(page, 0)[0] == "SN-2"


def test_filter_and_choice_narrow_the_table(page):
    box = page.find_element("css selector", "[data-filter=verdicts]")
    box.send_keys("pwr101 sn-2")
    assert column(page, 0) == ["SN-2"]
    assert page.find_element("css selector", "[data-shown]").text == "1 of 4 racks"
    box.clear()
    box.send_keys(" ")
    page.execute_script(
        "const c = document.querySelector('[data-verdict=verdicts]');"
        "c.value = 'unknown'; c.dispatchEvent(new Event('change'))"
    )
    assert column(page, 0) == ["SN-3"]
