"""The demo is the real line: what its press prints is what its digests say."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import app
from monitor.demo.lapse import Day, play, settings_of
from monitor.demo.press import BUNDLED, load
from monitor.line import opened
from monitor.model import Commitment

OUTLETS = load()


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Day], Path, list[Commitment]]:
    out = tmp_path_factory.mktemp("demo")
    days = list(play(OUTLETS, out))
    with opened(settings_of(OUTLETS, out, "en")) as ledger:
        return days, out, ledger.commitments()


def of(commitments: Sequence[Commitment], name: str, place: str = "") -> list[Commitment]:
    return [
        c
        for c in commitments
        if any(name in who for who in (*c.state.investor, c.state.recipient or ""))
        and (not place or any(place in where for where in c.state.place))
    ]


def events(days: Sequence[Day], commitment: str) -> list[str]:
    return [change.event for day in days for change in day.changes if change.commitment == commitment]


def test_the_press_is_large_enough_and_in_three_languages() -> None:
    pieces = [piece for outlet in OUTLETS for piece in outlet.pieces]
    assert len(OUTLETS) >= 5 and len(pieces) >= 25
    assert len({outlet.language for outlet in OUTLETS}) >= 3
    assert len({piece.published - timedelta(days=piece.published.weekday()) for piece in pieces}) == 3


def test_it_leaves_three_digests_in_two_forms_and_a_ledger(played: tuple[list[Day], Path, list[Commitment]]) -> None:
    _, out, _ = played
    names = sorted(path.name for path in out.glob("digest-*"))
    assert names == [f"digest-2026-W{w}-en.{form}" for w in (10, 11, 12) for form in ("html", "txt")]
    assert (out / "ledger.db").exists()


def test_one_decision_told_by_four_outlets_in_three_languages_is_one_line(
    played: tuple[list[Day], Path, list[Commitment]],
) -> None:
    days, _, commitments = played
    dunkirk = max(of(commitments, "Meridian"), key=lambda c: len(set(c.outlets)))
    assert len(set(dunkirk.outlets)) >= 4
    assert (dunkirk.state.amount_min, dunkirk.state.currency) == (4.5e9, "EUR")
    assert [e for e in events(days, dunkirk.id) if e in ("new", "amount_raised")] == ["new", "amount_raised"]


def test_what_was_cancelled_delayed_confirmed_and_begun_is_told_so(
    played: tuple[list[Day], Path, list[Commitment]],
) -> None:
    days, _, commitments = played
    for name, place, event in (
        ("Aldgate", "", "cancelled"),
        ("Nordwind", "", "delayed"),
        ("Helvar", "", "confirmed"),
        ("Rivage", "Saint-Nazaire", "under_way"),
    ):
        found = of(commitments, name, place)
        assert any(event in events(days, c.id) for c in found), f"{name}: {[events(days, c.id) for c in found]}"


def test_parts_stand_under_their_umbrella(played: tuple[list[Day], Path, list[Commitment]]) -> None:
    _, _, commitments = played
    umbrella = next(c for c in commitments if c.state.amount_min == 6e9 and any(c.id in p.parents for p in commitments))
    parts = {c.state.amount_min for c in commitments if umbrella.id in c.parents}
    assert parts and parts <= {2.5e9, 1.5e9}


def test_another_currency_keeps_its_own_and_has_a_euro_value(played: tuple[list[Day], Path, list[Commitment]]) -> None:
    _, _, commitments = played
    kumamoto = of(commitments, "Kitsune")[0]
    assert (kumamoto.state.amount_min, kumamoto.state.currency) == (600e9, "JPY")
    assert kumamoto.euros[0] is not None and 2e9 < kumamoto.euros[0] < 6e9


@pytest.mark.parametrize("trap", [900e9, 8.4e9, 610e6, 400e6, 340e6, 14e6, 48e9, 61e9, 40e9, 420e6])
def test_no_trap_is_in_the_ledger(played: tuple[list[Day], Path, list[Commitment]], trap: float) -> None:
    _, _, commitments = played
    assert not [c for c in commitments if trap in (c.state.amount_min, c.state.amount_max)]


def test_the_outlet_that_breaks_is_named_with_its_reason_and_stops_nobody(
    played: tuple[list[Day], Path, list[Commitment]],
) -> None:
    days, out, _ = played
    (broken,) = [outlet for outlet in OUTLETS if outlet.breaks_on]
    assert {name for day in days for name, _ in day.failing} == {broken.name}
    text = (out / "digest-2026-W11-en.txt").read_text(encoding="utf-8")
    assert broken.name in text and "fault" in text


def test_whatever_was_read_in_a_week_stands_in_its_digest(played: tuple[list[Day], Path, list[Commitment]]) -> None:
    """Every change of the ledger that is news, with who pays and with words that prove it."""
    days, out, _ = played
    quotes: dict[tuple[int, str], set[str]] = defaultdict(set)
    for day in days:
        for change in day.changes:
            if change.cause != "seed" and change.event != "repeated_no_change" and change.evidence is not None:
                quotes[day.day.isocalendar().week, change.commitment].add(" ".join(change.evidence.quote.split()))
    assert len(quotes) >= 8
    for (week, commitment), said in quotes.items():
        text = " ".join((out / f"digest-2026-W{week}-en.txt").read_text(encoding="utf-8").split())
        assert any(quote in text for quote in said), f"{commitment} of week {week}: {said}"


def test_the_digests_say_what_happened_and_nothing_twice(played: tuple[list[Day], Path, list[Commitment]]) -> None:
    _, out, _ = played
    first, second, third = ((out / f"digest-2026-W{w}-en.txt").read_text(encoding="utf-8") for w in (10, 11, 12))
    assert "€3.2bn" in first and "€4.5bn" not in first
    assert "€4.5bn" in second and "¥600bn" in second
    assert "Cancelled" in third and "Aldgate" in third and "Delayed" in third and "Nordwind" in third
    assert "Kitsune" not in third, "what was told last week is told again"


def test_a_figure_changed_in_the_press_changes_the_digest(tmp_path: Path) -> None:
    press = tmp_path / "press"
    shutil.copytree(BUNDLED, press)
    for path in press.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(
            re.sub(r"\b3([.,])2\b(?= (?:billion|milliards|Milliarden)| à 4)", r"2\g<1>7", text), encoding="utf-8"
        )
    list(play(load(press), tmp_path / "out"))
    changed = (tmp_path / "out/digest-2026-W10-en.txt").read_text(encoding="utf-8")
    assert "€2.7bn" in changed and "€3.2bn" not in changed


def test_the_command_tells_the_story_and_how_to_look_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["demo", "--language", "fr"])
    assert done.exit_code == 0, done.output
    assert "amount_raised" in done.output and "digest-2026-W12-fr.html" in done.output
    seconds = re.search(r"Done in (\d+) s", done.output)
    assert seconds and int(seconds[1]) < 60
    command = re.search(r"monitor (list --database \S+)", done.output)
    assert command
    listed = CliRunner().invoke(app, command[1].split())
    assert listed.exit_code == 0 and "Meridian" in listed.output


def test_playing_twice_gives_the_same_digests(tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        list(play(OUTLETS, tmp_path / name))
        texts.append({path.name: path.read_text(encoding="utf-8") for path in (tmp_path / name).glob("*.txt")})
    assert texts[0] == texts[1] and len(texts[0]) == 3
