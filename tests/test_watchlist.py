"""Sources are added without touching what a person wrote; OPML goes in and out, hostile OPML included."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import config, watchlist
from monitor.config import SourceSettings
from monitor.errors import InputError
from monitor.shipped import shipped

NEW = SourceSettings(name="Neu: «x» # {1}", kind="feed", url="https://new.example/f", language="de")


def loaded(tmp_path: Path, text: str) -> config.Settings:
    path = tmp_path / "s.yaml"
    path.write_text(text, encoding="utf-8")
    return config.load(path, {})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only a comment",
        "digest: {language: fr}\n",
        "sources: []\ndigest: {language: fr}\n",
        "sources:\ndigest: {language: fr}\n",
        "sources:\n  - name: A\n    kind: feed\n    url: https://a.example/\n",
        "sources:\n  - {name: A, kind: feed, url: 'https://a.example/'}  # note\n\n# about the digest\ndigest: {language: fr}\n",
        "sources:\n- name: A\n  kind: feed\n  url: https://a.example/",
        "sources:\n  - name: A\n    kind: feed\n    url: https://a.example/   # seen there\n\n  # another\n\nweb: {}\n",
    ],
)
def test_adding_keeps_every_line_and_adds_one_source(tmp_path: Path, text: str) -> None:
    before = loaded(tmp_path, text)
    longer = watchlist.append(text, [NEW])
    after = loaded(tmp_path, longer)
    assert after.sources == (*before.sources, NEW)
    assert after.digest == before.digest
    kept = [line for line in text.splitlines() if line.strip() not in ("", "sources: []")]
    assert [line for line in longer.splitlines() if line in kept] == kept


def test_adding_to_the_shipped_list_keeps_it(tmp_path: Path) -> None:
    text = shipped("sources.yaml").read_text(encoding="utf-8")
    before = loaded(tmp_path, text)
    assert loaded(tmp_path, watchlist.append(text, [NEW])).sources == (*before.sources, NEW)


def test_a_list_in_brackets_is_refused_rather_than_broken() -> None:
    with pytest.raises(InputError, match="in brackets"):
        watchlist.append("sources: [{name: A, kind: feed, url: 'https://a.example/'}]\n", [NEW])


def test_opml_returns_what_it_was_given(tmp_path: Path) -> None:
    settings = config.Settings(
        sources=(NEW, SourceSettings(name="L", kind="listing", url="https://l.example/", links="a"))
    )
    text = watchlist.to_opml(settings.watched())
    assert watchlist.from_opml(text.encode(), "x") == [NEW]


def test_opml_outlines_are_flattened_and_told_apart() -> None:
    body = b"""<opml version="1.0"><body><outline text="Group">
      <outline text="Same" xmlUrl="https://a.example/"/><outline text="Same" xmlUrl="https://b.example/"/>
      <outline text="Again" xmlUrl="https://a.example/"/><outline text="Bad" xmlUrl="file:///etc/passwd"/>
      <outline text="Folder only"/></outline></body></opml>"""
    found = watchlist.from_opml(body, "x")
    assert [s.url for s in found] == ["https://a.example/", "https://b.example/"]
    assert len({s.name for s in found}) == 2


def test_opml_cannot_read_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hunter2")
    body = f"""<!DOCTYPE opml [<!ENTITY x SYSTEM "file://{secret}">]>
      <opml><body><outline text="&x;" xmlUrl="https://a.example/"/></body></opml>"""
    with pytest.raises(InputError, match="external entity") as refused:
        watchlist.from_opml(body.encode(), "x")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(("body", "words"), [(b"not xml", "not XML"), (b"<rss/>", "not OPML"), (b"", "not XML")])
def test_what_is_not_opml_is_said_so(body: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        watchlist.from_opml(body, "list.opml")
