"""The score: what counts as right, on small cases whose figures can be worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from monitor.training.agreement import match, same_investor, same_name, same_place, same_sum
from monitor.training.score import reliability, score_documents, score_stories

BILLION = 1_000_000_000


def record(amount: float | None = BILLION, **changed: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "investor": ["Orvane"],
        "recipient": None,
        "amount_min": amount,
        "amount_max": amount,
        "currency": "EUR",
        "qualifier": "exact",
        "status": "announced",
        "purpose": "data_center",
        "place": [],
        "horizon": None,
        "part_of": None,
        "evidence": "Orvane will put one billion euros into a hall",
    }
    return base | changed


def document(*gold: dict[str, Any], name: str = "d1", lang: str = "en", **more: Any) -> dict[str, Any]:
    text = "Orvane will put one billion euros into a hall. Rents of 40 million euros are paid by Tessel."
    return {"id": name, "lang": lang, "title": "A hall", "text": text, "commitments": list(gold), "traps": [], **more}


def test_sum_and_payer_and_quote_make_a_record_right() -> None:
    gold = document(record())
    assert score_documents([gold], {"d1": [record()]}).f1 == 1.0
    for wrong in (
        record(2 * BILLION),
        record(currency="USD"),
        record(investor=["Tessel"]),
        record(investor=[]),
        record(evidence="words that stand nowhere"),
    ):
        assert score_documents([gold], {"d1": [wrong]}).f1 == 0.0


def test_a_sum_within_one_percent_is_the_same_and_bounds_are_scored_apart() -> None:
    gold = document(record())
    score = score_documents([gold], {"d1": [record(1.009 * BILLION)]})
    assert (score.f1, score.fields["bounds"]) == (1.0, 1.0)
    floor = record(amount_max=None, qualifier="at_least")
    score = score_documents([gold], {"d1": [floor]})
    assert (score.f1, score.fields["bounds"], score.fields["qualifier"]) == (1.0, 0.0, 0.0)
    assert score_documents([gold], {"d1": [record(1.011 * BILLION)]}).f1 == 0.0


def test_a_sum_sized_in_words_is_met_by_a_floor_near_it() -> None:
    vague = record(amount_max=None, qualifier="vague")
    assert same_sum(vague, record(2.9 * BILLION, amount_max=None))
    assert not same_sum(vague, record(3.1 * BILLION, amount_max=None))
    assert not same_sum(vague, record(2.9 * BILLION))
    assert not same_sum(vague, record(math.inf, amount_max=None))


def test_a_change_without_a_sum_is_met_by_the_same_change_alone() -> None:
    gold = record(None, qualifier="unknown", status="cancelled")
    assert same_sum(gold, record(None, status="cancelled"))
    assert not same_sum(gold, record(None, status="delayed"))
    assert not same_sum(gold, record(status="cancelled"))


@pytest.mark.parametrize(
    ("gold", "predicted", "same"),
    [
        ("Société générale|SocGen", "societe generale SA", True),
        ("Orvane", "Orvane Cloud Services", True),
        ("Orvane", "Orvane one two three four", False),
        ("Fonds Orvane pour le calcul", "Orvane", True),
        ("Orvane Capital", "Capital", False),
        ("Orvane", "Tessel|Orvane", False),
        ("Orvane", "", False),
    ],
)
def test_names_agree_by_telling_words(gold: str, predicted: str, same: bool) -> None:
    assert same_name(gold, predicted) is same


def test_a_country_does_not_stand_for_its_region() -> None:
    assert same_place("Oise|France", "France") and same_place("Oise", "Oise en France")
    assert not same_place("Île-de-France", "France")


def test_most_of_the_named_payers_must_be_right_and_a_third_named() -> None:
    four = record(investor=["Aqir", "Belto", "Corvid", "Dromer"])
    assert not same_investor(four, record(investor=["Aqir"]))
    assert same_investor(four, record(investor=["Aqir", "Belto"]))
    assert same_investor(four, record(investor=["Aqir", "Belto", "Xenon"]))
    assert not same_investor(four, record(investor=["Aqir", "Belto", "Xenon", "Yttra"]))
    assert same_investor(record(investor=[]), record(investor=[]))


def test_a_round_without_a_named_payer_is_recognised_by_who_raised() -> None:
    gold = record(investor=[], purpose="funding", recipient="Lumio")
    assert same_investor(gold, record(investor=[], recipient="Lumio"))
    assert not same_investor(gold, record(investor=[], recipient="Tessel"))


def test_each_gold_record_is_met_once_and_as_many_as_possible() -> None:
    def fits(g: Any, p: Any) -> bool:
        return p["n"] in g["fits"]

    gold = [{"fits": (0, 1), "place": ["Lille"]}, {"fits": (0,), "place": []}]
    predicted = [{"n": 0, "place": ["Lille"]}, {"n": 1, "place": []}]
    assert match(gold, predicted, fits) == {0: 1, 1: 0}
    assert score_documents([document(record())], {"d1": [record(), record()]}).counts == (1, 2, 1)


def test_figures_of_fields_look_at_matched_records_alone() -> None:
    gold = document(
        record(place=["Lille", "Nord"], horizon=2030, recipient="Lumio"),
        record(4 * BILLION, part_of=0, status="signed"),
        record(5 * BILLION),
    )
    predicted = [
        record(place=["Nord"], horizon=2029, recipient="Lumio"),
        record(4 * BILLION, part_of=0, recipient="Tessel"),
    ]
    score = score_documents([gold], {"d1": predicted})
    assert score.counts == (2, 2, 3)
    assert score.precision == 1.0 and score.recall == 2 / 3 and score.f1 == pytest.approx(0.8)
    assert score.fields == {
        "bounds": 1.0,
        "status": 0.5,
        "purpose": 1.0,
        "horizon": 0.5,
        "qualifier": 1.0,
        "recipient": 0.5,
        "part_of": 1.0,
    }
    assert score.filled_f1 == {"horizon": 0.0, "recipient": pytest.approx(2 / 3), "part_of": 1.0}
    assert score.place_f1 == pytest.approx(2 / 3)


def test_a_part_whose_total_was_missed_is_not_wrong_twice() -> None:
    gold = document(record(), record(4 * BILLION, part_of=0))
    score = score_documents([gold], {"d1": [record(4 * BILLION)]})
    assert "part_of" not in score.fields and score.filled_f1["part_of"] == 0.0


def test_documents_without_commitments_are_clean_only_when_nothing_came_out() -> None:
    trap = {"text": "Rents of 40 million euros", "kind": "price"}
    empty = document(name="d2", traps=[trap])
    rent = record(40e6, evidence="Rents of 40 million euros are paid by Tessel")
    score = score_documents([empty, document(name="d3")], {"d2": [rent]})
    assert score.trap_documents_clean == 0.5
    assert score.traps == {"price": (1, 1)}
    assert score.results[0].blunders[0].why == "trap: price"


def test_errors_are_told_by_class() -> None:
    gold = document(record(), record(2 * BILLION), record(3 * BILLION, evidence="A hall"))
    predicted = [
        record(investor=["Tessel"]),
        record(2 * BILLION, evidence="not in there"),
        record(7 * BILLION, evidence="Rents"),
    ]
    found = [(b.side, b.why) for b in score_documents([gold], {"d1": predicted}).results[0].blunders]
    assert found == [
        ("missed", "wrong payer"),
        ("missed", "quote not in the text"),
        ("missed", "sum not taken"),
        ("extra", "wrong payer"),
        ("extra", "quote not in the text"),
        ("extra", "no record, no trap"),
    ]


def test_scores_are_given_by_language_and_by_writer_with_intervals() -> None:
    documents = [document(record(), name=f"d{n}", lang="fr" if n % 2 else "en") for n in range(20)]
    score = score_documents(documents, {f"d{n}": [record()] for n in range(0, 20, 2)})
    assert {name: part.f1 for name, part in score.by("lang").items()} == {"en": 1.0, "fr": 0.0}
    writers = {f"d{n}": "A" if n < 10 else "B" for n in range(20)}
    assert {name: part.recall for name, part in score.by("id", writers).items()} == {"A": 0.5, "B": 0.5}
    assert score.f1_interval is not None
    low, high = score.f1_interval
    assert low < score.f1 < high
    assert score.by("lang")["en"].f1_interval == (1.0, 1.0)


def test_reliability_compares_what_was_stated_with_what_was_right() -> None:
    gold = document(record(), record(2 * BILLION))
    predicted = [record(confidence=0.92), record(2 * BILLION, confidence=0.3), record(9 * BILLION, confidence=0.94)]
    buckets = reliability(score_documents([gold], {"d1": predicted}))
    assert [(b.low, b.records, b.right) for b in buckets] == [(0.0, 1, 1.0), (0.9, 2, 0.5)]
    assert buckets[1].stated == pytest.approx(0.93)


def story(name: str, events: dict[str, str], **also: list[str]) -> dict[str, Any]:
    records = [record((n + 1) * BILLION) | {"key": key} for n, key in enumerate(events)]
    expected = [{"key": key, "event": event, "also": also.get(key, [])} for key, event in events.items()]
    return document(*records, name=name, storyline="s", expected_events=expected)


def mention(amount: float, commitment: str, event: str | None, **changed: Any) -> dict[str, Any]:
    return {"record": record(amount, **changed), "commitment": commitment, "event": event}


def test_stories_are_scored_by_pairs_clusters_and_events() -> None:
    line = [
        story("a", {"x": "new", "y": "new"}),
        story("b", {"x": "repeated_no_change", "y": "amount_raised"}, y=["delayed"]),
    ]
    told = {
        "a": [mention(BILLION, "1", "new"), mention(2 * BILLION, "2", "new")],
        "b": [mention(BILLION, "1", "repeated_no_change"), mention(2 * BILLION, "1", "delayed")],
    }
    score = score_stories(line, told)
    assert (score.pair_precision, score.pair_recall) == (1 / 3, 1 / 2)
    assert score.pair_f1_end_to_end == score.pair_f1 == pytest.approx(0.4)
    # x,1 x,1 y,2 y,1: precision (2/3 + 2/3 + 1 + 1/3) / 4, recall (1 + 1 + 1/2 + 1/2) / 4
    assert score.b3_f1 == pytest.approx(2 * (2 / 3) * (3 / 4) / (2 / 3 + 3 / 4))
    assert score.event_accuracy == 1.0
    assert score.events == {"amount_raised": "1/1", "new": "2/2", "repeated_no_change": "1/1"}
    assert (score.alert_precision, score.alert_recall) == (1.0, 1.0)
    assert (score.commitments_gold, score.commitments_predicted) == (2, 2)


def test_an_alert_under_a_wrong_name_is_wrong_though_its_mention_is_found() -> None:
    line = [story("a", {"x": "new"}), story("b", {"x": "repeated_no_change"})]
    told = {
        "a": [mention(BILLION, "1", "new", investor=["Tessel"])],
        "b": [mention(BILLION, "1", "new")],
    }
    score = score_stories(line, told)
    assert score.mentions_found == 2 and score.pair_f1 == 1.0
    assert score.event_accuracy == 0.5
    assert (score.alert_precision, score.alert_recall) == (0.0, 0.0)
    assert [f.document for f in score.wrong_events] == ["b"]


def test_pairs_end_to_end_count_mentions_never_found() -> None:
    line = [story(name, {"x": "new" if name == "a" else "confirmed"}) for name in "abc"]
    told = {name: [mention(BILLION, "1", "new")] for name in "ab"}
    score = score_stories(line, told)
    assert score.pair_f1 == 1.0
    assert score.pair_f1_end_to_end == pytest.approx(0.5)  # one pair of three
