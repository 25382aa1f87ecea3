"""Places are found under their names in five languages, lie in one another, and are not everyday words."""

import pytest

from monitor.knowledge import places


def sure(text: str, language: str) -> list[tuple[str, str]]:
    return [(text[start:end], place.path) for start, end, place in places.scan(text, language)]


@pytest.mark.parametrize(
    ("name", "language", "path"),
    [
        ("Cambrai", "fr", "FR/32/59/cambrai"),
        ("München", "de", "DE/02/munich"),
        ("Monaco di Baviera", "it", "DE/02/munich"),
        ("Saragosse", "fr", "ES/52/50/zaragoza"),
        ("Dresda", "it", "DE/13/dresden"),
        ("Émirats arabes unis", "fr", "AE"),
        ("Vereinigte Arabische Emirate", "de", "AE"),
        ("Stati Uniti", "it", "US"),
        ("región de París", "es", "FR/11"),
        ("NRW", "de", "DE/07"),
        ("Valence", "fr", "FR/84/26/valence"),
        ("Valence", "en", "ES/60/46/valencia"),
        ("Blönduós", "en", "IS/41/blonduos"),
        ("La Réunion", "fr", "FR/04"),
    ],
)
def test_names_in_five_languages(name: str, language: str, path: str) -> None:
    found = places.find(name, language)
    assert found is not None and found.path == path


def test_unknown_and_misspelt() -> None:
    assert places.find("Corran Bay") is None
    assert places.find("") is None
    assert places.find("us") is None, "an abbreviation keeps its capitals"
    assert places.find("Büros") is None, "accents that are written must be the name's"


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ("Cambrai", "Nord"),
        ("Cambrai", "Hauts-de-France"),
        ("Nord", "France"),
        ("Cambrai", "Europe"),
        ("Dresden", "Sachsen"),
        ("Novara", "Piemonte"),
        ("Huesca", "Aragón"),
        ("Taylor", "Texas"),
        ("UAE", "Gulf"),
        ("Benelux", "European Union"),
        ("Spreewald", "Brandenburg"),
        ("Saint-Denis", "La Réunion"),
    ],
)
def test_places_lie_in_one_another(inner: str, outer: str) -> None:
    assert places.within(inner, outer)
    assert not places.within(outer, inner)


def test_a_place_lies_in_itself_and_not_beside() -> None:
    assert places.within("Paris", "Paris")
    assert not places.within("Cambrai", "Occitanie")
    assert not places.within("Texas", "Europe")


def test_an_everyday_word_needs_a_word_of_place() -> None:
    assert sure("Nice try, said the minister.", "en") == []
    assert sure("Das Essen schmeckt. Regen fällt.", "de") == []
    assert sure("Das Werk in Essen wächst.", "de") == [("Essen", "DE/07/essen")]
    assert sure("Un data center à Tours.", "fr") == [("Tours", "FR/24/37/tours")]
    assert sure("The University in March said Enterprise customers pay.", "en") == []


def test_a_person_is_no_place() -> None:
    assert sure("Jensen Huang met Michael Jackson and Kyle.", "en") == []


def test_a_region_settles_its_town() -> None:
    text = "The plant in Taylor, Texas, is late. Taylor waits."
    assert sure(text, "en") == [("Taylor", "US/TX/taylor"), ("Texas", "US/TX"), ("Taylor", "US/TX/taylor")]
    assert ("Paris", "US/TX/paris") in sure("A site at Paris, Texas", "en")


def test_reasons_are_told() -> None:
    hits = places.mentions("Nice works. A site near Nice.", "en")
    assert [(hit.led, hit.doubtful) for hit in hits] == [(False, True), (True, False)]


def test_long_text_takes_time_in_proportion() -> None:
    text = "Le site de Cambrai, près de Lille, dans le Nord. " * 300
    assert len(places.mentions(text, "fr")) == 900


def test_the_packed_file_is_small() -> None:
    assert places.FILE.stat().st_size < 2_000_000
