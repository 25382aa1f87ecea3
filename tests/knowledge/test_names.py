"""Names are the same by their telling words, whatever their case, accents, articles and legal forms."""

import pytest

from monitor.knowledge import names


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("L'Oréal", "L’OREAL"),
        ("Nvidia Corp.", "NVIDIA"),
        ("Schwarz-Gruppe", "Schwarz Group"),
        ("fonds canadien Brookfield", "Brookfield"),
        ("Société Générale", "Societe Generale SA"),
        ("Großbritannien", "Grossbritannien"),
    ],
)
def test_one_name_in_two_spellings(a: str, b: str) -> None:
    assert names.same(a, b) and names.same(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Bank", "Deutsche Bank"),
        ("the fund", "Brookfield"),
        ("", "Nvidia"),
        ("Banque", "banque publique d'investissement"),
        ("Microsoft", "Micron"),
    ],
)
def test_a_generic_word_is_no_name(a: str, b: str) -> None:
    assert not names.same(a, b) and not names.same(b, a)


def test_what_counts_in_a_name() -> None:
    assert names.fold("The Émirats arabes unis S.A.") == ("emirats", "arabes", "unis")
    assert names.fold("Holding Group") == ("holding", "group"), "a name of legal forms alone keeps them"
    assert names.fold("Brookfield Holding") == ("brookfield",)
