"""The pages in a real browser: a person reads, types and clicks, on a phone and in the dark."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from browsers import wider_than_the_window
from pages import ADDRESS, Site, commitment, token
from playwright.sync_api import Browser

PHONE = {"width": 320, "height": 640}


def test_a_person_says_that_a_sum_is_wrong(site: Site, browser: Browser) -> None:
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        dialogs: list[str] = []
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(f"http://127.0.0.1:{site.port}/wrong/{commitment(site)}")
        assert wider_than_the_window(page) == 0
        page.get_by_role("textbox").fill("It is three billion")
        page.get_by_role("button").click()
        assert "Thank you" in page.get_by_role("status").inner_text()
        assert dialogs == []
    (kept,) = (Path(site.settings.out) / "reports.jsonl").read_text("utf-8").splitlines()
    assert json.loads(kept)["what"] == "It is three billion"


def test_a_person_unsubscribes_with_one_button(site: Site, browser: Browser) -> None:
    with browser.new_context(viewport=PHONE) as context:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{site.port}/unsubscribe/{token()}")
        assert not site.ledger.suppressed(ADDRESS)
        page.get_by_role("button").click()
        assert ADDRESS in page.get_by_role("status").inner_text()
    assert site.ledger.suppressed(ADDRESS)


@pytest.mark.parametrize(("scheme", "darker"), [("light", "letters"), ("dark", "page")])
def test_the_style_reaches_the_page_through_its_own_policy(site: Site, browser: Browser, scheme: str, darker: str) -> None:
    with browser.new_context(color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{site.port}/")
        sums = {
            name: page.evaluate(f"getComputedStyle(document.body).{what}.match(/\\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b)")
            for name, what in (("letters", "color"), ("page", "backgroundColor"))
        }
    assert min(sums, key=lambda name: sums[name]) == darker
