"""Actors are found under every name, in every language, and nowhere else."""

from collections import Counter

import pytest

from monitor.errors import SettingsError
from monitor.knowledge import actors

ALL = actors.directory().actors


def texts(text: str, language: str | None = None) -> list[tuple[str, str]]:
    return [(text[start:end], actor.id) for start, end, actor in actors.scan(text, language)]


def test_the_file_is_whole() -> None:
    rows = [line for line in actors.FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert len(rows) == len(ALL) >= 700, "an id stands twice"
    for actor in ALL.values():
        assert actor.kind in actors.KINDS, actor.id
        assert len(actor.country) == 2 or not actor.country, actor.id
        assert not actor.parent or (actor.parent in ALL and actor.parent != actor.id), actor.id
        assert actor.name and actor.name.strip() == actor.name, actor.id
    assert set(Counter(a.kind for a in ALL.values())) == set(actors.KINDS), "a kind without an actor"


def test_owners_end() -> None:
    for actor in ALL.values():
        chain = actors.directory().owners(actor)
        assert len(set(chain)) == len(chain) <= 5, chain


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Digital Reality", "digital-realty"),
        ("Émirats arabes unis", "united-arab-emirates"),
        ("Vereinigte Arabische Emirate", "united-arab-emirates"),
        ("Emiratos Árabes Unidos", "united-arab-emirates"),
        ("Emirati Arabi Uniti", "united-arab-emirates"),
        ("le fonds canadien Brookfield", "brookfield"),
        ("Amazon Web Services", "amazon-web-services"),
        ("groupe de Masayoshi Son", "softbank"),
        ("the ChatGPT maker", "openai"),
        ("Europäische Investitionsbank", "european-investment-bank"),
        ("Banque européenne d’investissement", "european-investment-bank"),
    ],
)
def test_every_name_leads_to_its_actor(name: str, known: str) -> None:
    found = actors.find(name)
    assert found is not None and found.id == known
    assert actors.key(name) == known


@pytest.mark.parametrize("name", ["filiale de BlackRock", "Tarvos Digital", "État", "the company", ""])
def test_what_belongs_to_another_or_to_nobody_is_not_found(name: str) -> None:
    assert actors.find(name) is None


def test_an_unknown_name_is_its_own_key() -> None:
    assert actors.key("Tarvos Digital Group") == actors.key("TARVOS Digital") == "tarvos-digital"


def test_sameness_and_ownership_differ() -> None:
    assert actors.same("MGX", "fonds souverain émirati MGX")
    assert not actors.same("Google", "Alphabet")
    assert actors.directory().related("Google Cloud", "Alphabet")
    assert not actors.directory().related("Google", "Microsoft")


def test_the_longest_name_wins() -> None:
    assert texts("Amazon Web Services and Google Cloud, not Amazon.") == [
        ("Amazon Web Services", "amazon-web-services"),
        ("Google Cloud", "google-cloud"),
        ("Amazon", "amazon"),
    ]


def test_an_everyday_word_is_an_actor_only_where_the_text_shows_it() -> None:
    assert texts("Orange est une couleur.", "fr") == []
    assert texts("Orange investit. Le patron d'Orange confirme.", "fr") == [("Orange", "orange"), ("Orange", "orange")]
    assert texts("Meta : 10 milliards.", "fr") == [("Meta", "meta")], "no everyday word in French"
    assert texts("Meta: llegar a 2030.", "es") == []
    assert texts("we arm and orange us", "en") == []


def test_an_abbreviation_keeps_its_capitals() -> None:
    assert texts("Bei der Bank hilft SAP.", "de") == [("SAP", "sap")]
    assert texts("La Bei finanzia il progetto.", "it") == [("Bei", "european-investment-bank")]
    assert texts("We gave us a break; the US pays.", "en") == [("US", "united-states")]


def test_names_do_not_reach_across_sentences() -> None:
    assert [i for _, i in texts("He saw Bank of. America pays", "en")] == []
    assert texts("AT&T, E.ON and D. E. Shaw.", "en") == [("AT&T", "at-t"), ("E.ON", "e-on"), ("D. E. Shaw", "de-shaw")]


def test_what_stands_for_an_actor_is_told_apart() -> None:
    text = "Nvidias Chef Jensen Huang traf den ChatGPT-Entwickler."
    assert [(text[h.start : h.end], h.actor.id, h.via) for h in actors.mentions(text, "de")] == [
        ("Nvidias", "nvidia", "name"),
        ("Jensen Huang", "nvidia", "metonym"),
        ("ChatGPT-Entwickler", "openai", "description"),
    ]


def test_users_add_their_own() -> None:
    own = actors.extended(
        [
            {"name": "Tarvos Digital", "country": "DK", "aliases": ["Tarvos"], "parent": "brookfield"},
            {"name": "Nvidia", "aliases": ["Team Green"]},
        ]
    )
    assert [a.id for _, _, a in own.scan("Tarvos and Team Green meet Microsoft")] == [
        "tarvos-digital",
        "nvidia",
        "microsoft",
    ]
    assert own.related("Tarvos", "Brookfield")
    assert own.find("Jensen Huang") is not None, "names that the known actor had are kept"
    assert actors.find("Tarvos") is None, "the shipped directory is untouched"


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "X", "kind": "bakery"}, {"name": "X", "colour": "red"}])
def test_a_wrong_actor_is_refused_with_its_reason(wrong: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="Reading an actor"):
        actors.extended([wrong])


def test_scanning_is_linear() -> None:
    once, often = "Nvidia bank of Amazon " * 200, "Nvidia bank of Amazon " * 2000
    assert len(actors.scan(often)) == 10 * len(actors.scan(once))


def test_a_name_of_one_letter_and_a_sign_is_no_conjunction() -> None:
    assert [text for text, _ in texts("Microsoft e Brookfield investono, e poi e& con 200 milioni.", "it")] == ["Microsoft", "Brookfield", "e&"]
