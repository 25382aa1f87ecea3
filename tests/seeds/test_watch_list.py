"""The shipped watch list: many sources, five languages, and each with the place where its address was seen."""

import re

from monitor.config import load
from monitor.shipped import shipped

FILE = shipped("sources.yaml")
SOURCES = load(FILE, {}).watched()


def test_enough_sources_in_every_language_and_of_every_trust() -> None:
    assert len(SOURCES) >= 60
    assert {s.language for s in SOURCES} == {"fr", "en", "de", "es", "it"}
    assert {s.trust for s in SOURCES} == {"official", "company", "wire", "press", "trade"}
    assert {s.kind for s in SOURCES} >= {"feed", "listing", "sitemap"}


def test_no_source_stands_twice() -> None:
    assert len({s.name for s in SOURCES}) == len({s.url for s in SOURCES}) == len(SOURCES)


def test_each_says_where_its_address_was_seen() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    listed = [i for i, line in enumerate(lines) if line.startswith("  - {name:")]
    assert len(listed) == len(SOURCES)
    for i in listed:
        comment = lines[i + 1].strip()
        assert re.match(r"# seen: .*(\w+/[\w.-]+ [\w/.&-]+|S\d{6,})", comment), lines[i]
        assert re.search(r"20\d\d", comment), lines[i]


def test_addresses_are_of_the_public_web() -> None:
    for source in SOURCES:
        assert source.url.startswith("https://") and "localhost" not in source.url, source.name
        assert source.every >= 1800, f"{source.name} is asked too often"
