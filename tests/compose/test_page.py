"""The page in a real browser, against the running system, as a person uses it."""

import re

import pytest
from playwright.sync_api import expect, sync_playwright

from workshop import browser
from workshop.root import BUILD

pytestmark = [
    pytest.mark.xdist_group("compose"),
    pytest.mark.app("node-web"),
    pytest.mark.skipif(browser.path() is None, reason="there is no Chromium to look at the page with"),
]

SEEN_WITHIN = 15_000
"""Milliseconds until the page must show what has changed: it asks every few seconds."""

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--disable-quic"]


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser.path(), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def page(chromium, development):
    """The page as it is when it has been opened and all is well; what the console complains of fails the test."""
    tab = chromium.new_page(viewport={"width": 1280, "height": 900})
    complaints = []
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.set_default_timeout(SEEN_WITHIN)
    tab.goto(development.url)
    expect(tab.locator("#services [data-status=up]")).to_have_count(4, timeout=SEEN_WITHIN)
    yield tab
    tab.close()
    assert complaints == []


def test_every_service_is_shown_at_work(page):
    expect(page.locator("#ping-result")).to_have_text(re.compile(r"\d"))
    expect(page.get_by_role("img", name=re.compile("cat", re.IGNORECASE))).to_be_visible()
    assert page.locator("#cat").evaluate("image => image.complete && image.naturalWidth > 0")
    page.get_by_label("Message in English").fill("Good morning")
    page.get_by_role("button", name="Translate").click()
    expect(page.locator("#translation")).not_to_be_empty()
    expect(page.locator("#translation")).not_to_have_text("Good morning")
    (BUILD / "screenshots").mkdir(parents=True, exist_ok=True)
    page.screenshot(path=BUILD / "screenshots/page.png", full_page=True)


def test_a_widget_that_is_added_is_there_after_a_reload(page):
    page.get_by_label("Name").fill("Capstan")
    page.get_by_label("Description").fill("Winds the anchor up")
    page.get_by_role("button", name="Add widget").click()
    expect(page.locator("#widget-list")).to_contain_text("Capstan")
    page.reload()
    expect(page.locator("#widget-list")).to_contain_text("Winds the anchor up")


def test_what_the_api_refuses_is_said_at_the_field(page):
    page.get_by_label("Name").fill("x" * 1000)
    page.get_by_role("button", name="Add widget").click()
    expect(page.locator("#widget-name-error")).not_to_be_empty()
    expect(page.get_by_label("Name")).to_have_attribute("aria-invalid", "true")


def test_a_service_that_goes_down_is_shown_and_comes_back(page, development):
    """The rest of the page goes on working meanwhile."""
    development.compose("stop", "--timeout=5", "translate")
    try:
        expect(page.locator("#service-translate")).to_have_attribute("data-status", "down", timeout=SEEN_WITHIN)
        expect(page.locator("#service-ping")).to_have_attribute("data-status", "up")
        page.get_by_role("button", name="Ping").click()
        expect(page.locator("#ping-result")).to_have_text(re.compile(r"\d"))
        page.screenshot(path=BUILD / "screenshots/down.png", full_page=True)
    finally:
        development.compose("start", "translate")
    expect(page.locator("#service-translate")).to_have_attribute("data-status", "up", timeout=60_000)


def test_it_is_used_by_keyboard_alone(page):
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page's content")).to_be_focused()
    page.get_by_label("Message in English").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Translate")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#translation")).not_to_be_empty()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_light_and_in_dark(chromium, development, scheme):
    tab = chromium.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    tab.goto(development.url)
    expect(tab.locator("#services [data-status=up]")).to_have_count(4, timeout=SEEN_WITHIN)
    (BUILD / "screenshots").mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=BUILD / f"screenshots/phone-{scheme}.png", full_page=True)
    assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "it scrolls sideways"
    tab.close()
