"""What the ledger may rely on: symmetry, independence of arrival, traits that survive storage, word lists that are sound."""

from __future__ import annotations

import random
import re
from itertools import combinations, permutations

import pytest
import yaml
from press import RECOGNISER, judged, mentions, piece, record
from test_hard_cases import dispute, first_plan

from monitor.model import Judgement
from monitor.resolution import Recogniser, pairs
from monitor.resolution import text as tx
from monitor.resolution.cues import FOLDER, GROUPS, cues, languages
from monitor.resolution.figures import figures
from monitor.resolution.reasons import named, reason


def press() -> list[object]:
    """Three commitments in seven articles."""
    lahn = piece(
        "2025-02-02", "de", "Brückner baut in Wetzlar",
        "Brückner Rechenhäuser investiert 310 Mio. Euro in ein Rechenzentrum in Wetzlar.",
        record("investiert 310 Mio. Euro in ein Rechenzentrum in Wetzlar", "Brückner Rechenhäuser", 310e6, place="Wetzlar"),
    )  # fmt: skip
    later = piece(
        "2025-08-09", "en", "Brückner trims Wetzlar",
        "Brückner Rechenhäuser has cut the budget of its Wetzlar data centre from €310m to €240m.",
        record("has cut the budget of its Wetzlar data centre from €310m to €240m", "Brückner Rechenhäuser", 240e6, place="Wetzlar", status="reduced"),
    )  # fmt: skip
    other = piece(
        "2025-08-10", "en", "Chips for Nantes", "Calvane will spend €3bn on chips in Nantes.",
        record("Calvane will spend €3bn on chips in Nantes", "Calvane", 3e9, place="Nantes", purpose="chips"),
    )  # fmt: skip
    return [first_plan(), *dispute(), lahn, later, other]


def test_a_verdict_is_the_same_whichever_mention_comes_first() -> None:
    for a, b in combinations(mentions(*press()), 2):
        one, other = RECOGNISER.judge(a, b), RECOGNISER.judge(b, a)
        assert (one.score, one.verdict, one.why) == (other.score, other.verdict, other.why)


def test_groups_do_not_depend_on_the_order_of_arrival() -> None:
    found = mentions(*press())
    verdicts = judged(found)
    expected = [[m.id for m in g] for g in RECOGNISER.partition(found, verdicts)]
    draw = random.Random(5)
    for order in list(permutations(found))[::211]:
        shuffled = list(verdicts)
        draw.shuffle(shuffled)
        swapped = [
            Judgement(j.right, j.left, j.verdict, j.score, j.why) if draw.random() < 0.5 else j for j in shuffled
        ]
        assert [[m.id for m in g] for g in RECOGNISER.partition(order, swapped)] == expected


def test_a_timeline_does_not_depend_on_the_order_given() -> None:
    found = mentions(*dispute())
    assert RECOGNISER.fold(found) == RECOGNISER.fold(found[::-1])


def test_two_records_of_one_article_are_different() -> None:
    both = mentions(
        piece(
            "2025-01-01", "en", "Twice", "Calvane will spend €3bn in Nantes. Calvane will spend €3bn in Nantes.",
            record("Calvane will spend €3bn in Nantes", "Calvane", 3e9, place="Nantes"),
            record("Calvane will spend €3bn in Nantes", "Calvane", 3e9, place="Nantes"),
        )
    )  # fmt: skip
    assert RECOGNISER.judge(*both).verdict == "different"
    assert len(RECOGNISER.partition(both, [Judgement(1, 2, "same", 0.99, "")])) == 2


def test_every_verdict_but_different_says_why() -> None:
    verdicts = judged(mentions(*press()))
    assert any(j.verdict == "same" for j in verdicts)
    assert all(j.why for j in verdicts if j.verdict != "different")


def test_reasons_say_which_side_they_speak_for() -> None:
    """What contradicts its own words is left out, and the weightiest comes first."""
    names = ("payer", "place_differs", "sum_same", "days", "former")
    moved = {"payer": 0.4, "place_differs": -1.2, "sum_same": -0.3, "days": -0.2, "former": -0.01}
    assert reason(names, [1.0, 1.0, 1.0, 0.5, 0.0], moved) == "for: same payer; against: another place, told long apart"
    assert reason(names, [0.0, 0.0, 0.0, 0.0, 0.0], {}) == "many small signs"


def test_every_feature_with_words_is_one_of_the_pairs() -> None:
    assert named() <= set(pairs.FEATURES)


def test_version_names_the_weights() -> None:
    assert Recogniser().version == Recogniser().version
    assert re.fullmatch(r"resolution-[0-9a-f]{12}", Recogniser().version)


def test_an_article_without_a_date_or_a_known_language_is_described() -> None:
    from dataclasses import replace

    p = first_plan()
    article = replace(p.article, published=None, language="pl")  # type: ignore[attr-defined]
    (traits,) = RECOGNISER.describe(article, p.records)  # type: ignore[attr-defined]
    assert traits["money"] == [640e6, 640e6, "EUR"]


@pytest.mark.parametrize("language", languages())
def test_word_lists_are_complete_flat_and_compile(language: str) -> None:
    data = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    assert {*GROUPS, "former", "former_after", "instead", "onto", "units", "ordinals", "round"} == set(data)
    for group in (*GROUPS, "former", "former_after", "units", "round"):
        for entry in data[group]:
            assert isinstance(entry, str)
            assert tx.flat(entry) == entry or "\\" in entry, f"{group}: {entry} has capitals or accents"
    assert cues(language).groups


@pytest.mark.parametrize(
    ("language", "sentence", "group"),
    [
        ("en", "the firm has shelved the plant", "pause"),
        ("fr", "le chantier est suspendu", "delay"),
        ("de", "die bauarbeiten ruhen seit monaten", "pause"),
        ("es", "la empresa retiro el proyecto", "cancel"),
        ("it", "il progetto e stato completato", "complete"),
    ],
)
def test_word_lists_hear_what_happened(language: str, sentence: str, group: str) -> None:
    assert group in {h.group for h in cues(language).hits(sentence)}


def test_former_sums_are_read_in_each_language() -> None:
    cases = [
        ("en", "raised from €2bn to €2.5bn", [2e9, 2.5e9]),
        ("fr", "porte de 48 a 55 millions d'euros", [48e6, 55e6]),
        ("de", "von 1,1 auf 1,35 mrd. euro", [1.1e9, 1.35e9]),
        ("es", "baja de 4.800 a 3.300 millones de dolares", [4.8e9, 3.3e9]),
        ("es", "baja de 4 mil 800 a 3 mil 300 millones de dolares", [4.8e9, 3.3e9]),
        ("it", "scende da 14 a 9 miliardi", [14e9, 9e9]),
    ]
    for language, sentence, values in cases:
        assert [f.value for f in figures(sentence, language)] == values


def test_offsets_survive_flattening() -> None:
    text = "Čeští Straße — Œuvre İstanbul ﬁn"
    assert len(tx.flat(text)) == len(text)
