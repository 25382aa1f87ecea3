"""A wrong setting is named with its file, its line and the nearest right one; secrets never leak."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import config
from monitor.errors import SettingsError

GOOD = """\
schedule: {timezone: Europe/Paris, digest: "mon 07:00"}
defaults: {every: 2h, language: fr}
sources:
  - name: A paper
    kind: feed
    url: https://example.org/feed
  - {name: A newsroom, kind: listing, url: "https://example.org/n", links: "h2 a", every: 15min, trust: company}
digest:
  language: fr
  from: monitor@example.org
  to:
    - {address: desk@example.org}
    - {address: n@example.org, only: {places: [Lille], at_least_eur: 100e6}, alert: {events: [cancelled]}}
"""


def load(tmp_path: Path, text: str, **environment: str) -> config.Settings:
    path = tmp_path / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    return config.load(path, environment)


def refused(tmp_path: Path, text: str, **environment: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, text, **environment)
    return str(caught.value)


def test_defaults_reach_the_sources_that_say_nothing(tmp_path: Path) -> None:
    first, second = load(tmp_path, GOOD).watched()
    assert (first.every, first.language, first.trust) == (7200, "fr", "press")
    assert (second.every, second.trust, second.links) == (900, "company", "h2 a")


def test_numbers_in_scientific_notation_are_numbers(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD).digest.to[1].only.at_least_eur == 100e6


def test_an_empty_file_is_all_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path, "# nothing yet\n")
    assert settings.sources == () and settings.schedule.digest == "mon 07:00"


@pytest.mark.parametrize(
    ("wrong", "line", "words"),
    [
        (GOOD.replace("schedule:", "shedule:"), 1, ["'shedule'", "did you mean 'schedule'"]),
        (GOOD.replace("kind: feed", "kind: feeed"), 5, ["'feeed'", "did you mean 'feed'"]),
        (GOOD.replace("    url: https://example.org/feed", "    adress: x"), 6, ["unknown key 'adress'"]),
        (GOOD.replace("    url: https://example.org/feed", "    ulr: x"), 6, ["'ulr'", "did you mean 'url'"]),
        (GOOD.replace("    url: https://example.org/feed\n", ""), 4, ["sources.url is missing"]),
        (GOOD.replace("https://example.org/feed", "example.org"), 6, ["'example.org'", "begins with https://"]),
        (GOOD.replace("mon 07:00", "monday 7am"), 1, ["'monday 7am'", '"mon 07:00"']),
        (GOOD.replace("mon 07:00", "mon 25:00"), 1, ["'mon 25:00'"]),
        (GOOD.replace("Europe/Paris", "Europe/Pari"), 1, ["did you mean 'Europe/Paris'"]),
        (GOOD.replace("every: 15min", "every: soon"), 7, ["'soon'", "15min, 1h or 2d"]),
        (GOOD.replace("every: 15min", "every: 1s"), 7, ["greater than or equal to 60"]),
        (GOOD.replace('links: "h2 a", ', ""), 7, ["a listing needs `links`"]),
        (GOOD.replace("h2 a", "h2 >> ["), 7, ["not a CSS selector"]),
        (GOOD.replace("A newsroom", "A paper"), 3, ["two sources are called 'A paper'"]),
        (GOOD.replace("desk@example.org", "desk at example"), 12, ["'desk at example'", "mail address"]),
        (GOOD.replace("events: [cancelled]", "events: [canceled]"), 13, ["did you mean 'cancelled'"]),
        (GOOD.replace("from: monitor", "form: monitor"), 10, ["did you mean 'from'"]),
        (GOOD + "digest: {}\n", 14, ["'digest' stands here a second time, first on line 8"]),
        (GOOD.replace("  language: fr", "  language: fr\n bad"), 10, []),
        ("- a\n- b\n", 0, ["must hold keys and values"]),
        ("sources: &a [*a]\n", 1, ["a loop of aliases"]),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, wrong: str, line: int, words: list[str]) -> None:
    message = refused(tmp_path, wrong)
    assert "sources.yaml" in message
    if line:
        assert f"line {line}" in message, message
    for word in words:
        assert word in message, message


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    message = refused(tmp_path, GOOD.replace("kind: feed", "kind: fead").replace("mon 07:00", "never"))
    assert "line 1" in message and "line 5" in message


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no such file.*monitor init"):
        config.load(tmp_path / "none.yaml", {})


def test_secrets_come_from_the_environment_or_a_file_and_are_not_shown(tmp_path: Path) -> None:
    secret = tmp_path / "smtp"
    secret.write_text("smtp://u:hunter2@mail:25\n")
    settings = load(tmp_path, GOOD, MONITOR_SMTP_URL_FILE=str(secret), MONITOR_DATABASE_URL="postgresql://u:pw9@db/m")
    assert settings.smtp == "smtp://u:hunter2@mail:25" and settings.database == "postgresql://u:pw9@db/m"
    assert "hunter2" not in repr(settings) and "pw9" not in repr(settings)


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    assert "MONITOR_SMTP_URL_FILE" in refused(tmp_path, GOOD, MONITOR_SMTP_URL_FILE=str(tmp_path / "none"))


def test_a_secret_in_the_file_is_refused(tmp_path: Path) -> None:
    assert "unknown key 'database'" in refused(tmp_path, GOOD + "database: sqlite:///x.db\n")


def test_a_misspelt_variable_is_named_and_a_foreign_one_is_not(tmp_path: Path) -> None:
    message = refused(tmp_path, GOOD, MONITOR_DATABSE_URL="x")
    assert "did you mean 'MONITOR_DATABASE_URL'" in message
    load(tmp_path, GOOD, MONITOR_PORT_8000_TCP="tcp://10.0.0.1:8000")


def test_the_watch_list_that_is_shipped_is_valid() -> None:
    from monitor.shipped import shipped

    config.load(shipped("sources.yaml"), {})


def test_where_the_pages_are_served_is_set_by_the_file_or_the_environment(tmp_path: Path) -> None:
    assert load(tmp_path, "web: {port: 9000}\n").address() == ("127.0.0.1", 9000)
    assert load(tmp_path, "web: {port: 9000}\n", MONITOR_LISTEN="0.0.0.0:8000").address() == ("0.0.0.0", 8000)
    assert "listen" in refused(tmp_path, "", MONITOR_LISTEN="everywhere")


def test_unsubscribe_links_need_a_secret(tmp_path: Path) -> None:
    text = 'web: {public_url: "https://m.example.org"}\n'
    assert "MONITOR_SECRET" in refused(tmp_path, text)
    assert load(tmp_path, text, MONITOR_SECRET="s3cret").web.public_url == "https://m.example.org"


def test_own_actors_are_checked(tmp_path: Path) -> None:
    text = "actors:\n  - {name: Exemplar, aliases: [Ex], country: FR, kind: funds}\n"
    message = refused(tmp_path, text)
    assert "line 2" in message and "did you mean 'fund'" in message
    assert load(tmp_path, text.replace("funds", "fund")).actors[0].aliases == ("Ex",)
