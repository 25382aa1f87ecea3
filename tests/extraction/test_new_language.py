"""A language is data: a lexicon made up here is read by the code as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import MonitorError
from monitor.extraction import lexicon as rooms
from monitor.extraction.analysis import Analysis
from monitor.model import Article

ROOT = Path(rooms.__file__).parent


def test_a_lexicon_file_is_all_that_a_language_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ROOT.glob("*.txt"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    toy = tmp_path / "qx.txt"
    toy.write_text("# Toy\ninvest: glor*\nrevenue: plim plam\nf_art: zu\n", encoding="utf-8")
    monkeypatch.setattr(rooms, "_FOLDER", tmp_path)
    rooms.languages.cache_clear()
    rooms.lexicon.cache_clear()
    try:
        a = Analysis(Article("toy", "Zu Acme", "Acme glorit $5 billion, plim plam $2 billion.", "qx", None))
        assert "qx" in rooms.languages() and a.language == "qx"
        said = dict(zip(a.words, a.concepts, strict=True))
        assert "invest" in said["glorit"] and "revenue" in said["plam"] and "f_art" in said["zu"]
        assert [s.money.low for s in a.sums] == [5e9, 2e9]
        assert any(e.name == "Acme" for e in a.entities)
    finally:
        rooms.languages.cache_clear()
        rooms.lexicon.cache_clear()


def test_a_broken_line_is_named() -> None:
    with pytest.raises(MonitorError, match="line 2"):
        rooms.Lexicon("invest: a, b\nno colon here\n", "qx.txt")
