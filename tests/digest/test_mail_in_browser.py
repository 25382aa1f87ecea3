"""The mail's HTML in a real browser: on a phone and a desk, in light and dark, in five languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsers import wider_than_the_window
from digest_samples import change, digest, state, week
from playwright.sync_api import Browser

from monitor.digest.language import words
from monitor.digest.render import render


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 800])
@pytest.mark.parametrize("language", ["fr", "en", "de", "es", "it"])
def test_a_mail_is_read_without_scrolling_sideways_and_fetches_nothing(
    browser: Browser, tmp_path: Path, language: str, width: int, scheme: str
) -> None:
    changes = [*week(), change("new", None, state(), doubt=0.41)]
    mail = tmp_path / "mail.html"
    mail.write_text(render(digest(changes), language).html, encoding="utf-8")
    with browser.new_context(viewport={"width": width, "height": 700}, color_scheme=scheme) as context:  # type: ignore[arg-type]
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(mail.as_uri())
        assert asked == [mail.as_uri()]
        assert wider_than_the_window(page) == 0
        assert page.get_by_text(words(language).text("item.doubtful", share=41)).is_visible()
