"""What is read in a text: grounded, deterministic, and never more than the text says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.extraction import explain, extract
from monitor.extraction.analysis import Analysis
from monitor.extraction.lexicon import languages, lexicon
from monitor.extraction.pieces import MOST_SUMS, moved, pieces
from monitor.extraction.text import Text, fold
from monitor.model import Article
from monitor.training.align import article_of
from monitor.training.score import score_documents
from tests.timing import growth

ROOT = Path(__file__).parents[2]
SEED = ROOT / "gold" / "seed.jsonl"
VARIANTS = sorted((ROOT / "tests" / "seeds" / "variants").glob("*.jsonl"))


def documents(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def article(text: str, title: str = "Notes", language: str = "en") -> Article:
    return Article("test", title, text, language, date(2026, 3, 2))


def read(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [r.to_json() for r in extract(article_of(document))]


def test_every_record_points_into_the_text() -> None:
    for path in (SEED, *VARIANTS):
        for document in documents(path):
            one = article_of(document)
            for record in extract(one):
                assert record.evidence in one.full
                (role, span), *others = record.spans
                assert role == ("verb" if record.qualifier == "unknown" else "sum") and one.full[span.start : span.end].strip()
                assert len(others) == len(record.investor)
                for name, (_, where) in zip(record.investor, others, strict=True):
                    words = set(fold(name).split())
                    near = set(fold(one.full[max(0, where.start - 200) : where.end + 200]).split())
                    assert words & near or fold(name) in fold(one.full)


def test_the_same_text_gives_the_same_records() -> None:
    (document,) = documents(SEED)
    assert read(document) == read(document)


def test_a_sum_that_changes_in_the_text_changes_in_the_record() -> None:
    text = "PARIS - Brookfield will invest {} billion euros in a data centre in Cambrai, the fund said on Monday."
    found = [extract(article(text.format(n), "Brookfield to build in Cambrai"))[0].amount_min for n in (7, 23)]
    assert found == [7e9, 23e9]


@pytest.mark.parametrize(
    "text",
    [
        "Revenue rose to $4.2 billion in the quarter and net profit reached $310 million.",
        "The chipmaker is valued at $52 billion; its shares closed at $120.",
        "Europe would need 800 billion euros a year, the report says.",
        "The regulator fined the company 40 million euros.",
        "The paper said by mistake that Brookfield would invest 20 billion euros in a data centre in Cambrai.",
        "Nvidia-backed Nscale hits $8.6 billion valuation as investors pile in.",
        "Nscale, an AI cloud, is in the process of raising a new round at a valuation of about $2.5 billion, people said.",
        "No sum is named here, although data centres are.",
    ],
)
def test_figures_that_nobody_promises_stay_out(text: str) -> None:
    assert extract(article(text)) == ()


@pytest.mark.parametrize(
    "text, language",
    [
        ("Ardian and Brookfield will together invest €600 million in a data centre in Lille, they said on Monday.", "en"),
        ("Ardian und Brookfield investieren gemeinsam 600 Millionen Euro in ein Rechenzentrum in Lille.", "de"),
        ("Ardian et Brookfield investiront ensemble 600 millions d’euros dans un centre de données à Lille.", "fr"),
        ("Ardian y Brookfield invertirán juntos 600 millones de euros en un centro de datos en Lille.", "es"),
        ("Ardian e Brookfield investiranno insieme 600 milioni di euro in un data center a Lille.", "it"),
    ],
)
def test_two_who_pay_together_are_both_named(text: str, language: str) -> None:
    (record,) = extract(article(text, "Notes", language))
    assert set(record.investor) == {"Ardian", "Brookfield"} and record.amount_min == 6e8


@pytest.mark.parametrize("home", ["Japan's SoftBank", "Florida-based SoftBank", "SoftBank"])
def test_a_home_country_does_not_pay_for_its_firm(home: str) -> None:
    (record,) = extract(article(f"{home} will invest $20 billion in a data centre in Cambrai, it said on Monday."))
    assert record.investor == ("SoftBank",)


def test_a_known_actor_is_called_what_the_sums_sentence_calls_it() -> None:
    text = "Canada wants more compute of its own. Ottawa will invest C$300 million in a public AI data centre in Québec."
    (record,) = extract(article(text, "Canada backs compute"))
    assert record.investor == ("Ottawa",)


def test_a_headlines_billions_are_not_told_besides_the_sum() -> None:
    text = "Brookfield will invest 20 billion euros in a data centre in Cambrai, the fund said on Monday."
    below = f"Brookfield will invest billions of euros in data centres\n\n{text}"
    for title, lines in (("Brookfield puts billions into Cambrai", text), ("Cambrai", below)):
        (record,) = extract(article(lines, title))
        assert record.amount_min == 20e9


def test_the_same_sum_told_more_exactly_below_the_headline_is_one() -> None:
    text = "Nvidia plans to invest up to $100 billion in OpenAI to build AI data centres, both said on Monday."
    (record,) = extract(article(text, "Nvidia to put $100 billion into OpenAI"))
    assert (record.amount_min, record.amount_max, record.qualifier) == (None, 100e9, "up_to")


def test_an_explanation_says_of_each_sum_whether_it_is_told() -> None:
    text = "Brookfield will invest 20 billion euros in a data centre in Cambrai, the fund said on Monday."
    document = article(f"{text} Its revenue was 3 billion euros.", "Brookfield puts billions into Cambrai")
    told = {r.spans[0][1] for r in extract(document)}
    assert [e.text for e in explain(document) if e.taken] == ["20 billion euros"]
    assert {e.span for e in explain(document) if e.taken} == told


def test_an_explanation_names_every_sum_in_order() -> None:
    (document,) = documents(SEED)
    told = explain(article_of(document))
    assert [e.span.start for e in told] == sorted(e.span.start for e in told)
    assert {e.taken for e in told} <= {True, False} and all(0 <= e.chance <= 1 for e in told)
    assert any(e.payers and e.payers[0][0] == "Fluidstack" for e in told)


def test_all_lexicons_speak_of_the_same_concepts() -> None:
    texts = {p.stem: p.read_text(encoding="utf-8") for p in (ROOT / "monitor/extraction/lexicon").glob("*.txt")}
    concepts = {
        name: {line.partition(":")[0] for line in text.splitlines() if line and not line.startswith("#")}
        for name, text in texts.items()
    }
    optional = {"f_from"}
    assert set(texts) == set(languages()) == {"de", "en", "es", "fr", "it"}
    for name, own in concepts.items():
        assert own | optional == concepts["en"] | optional, name


def test_a_phrase_of_a_lexicon_marks_each_of_its_words() -> None:
    words = ["le", "chiffre", "d'affaires", "monte"]
    found = lexicon("fr").of_words([fold(w) for w in words])
    assert "revenue" in found[1] and "revenue" in found[2] and "revenue" not in found[3]


def test_sentences_do_not_end_at_abbreviations() -> None:
    full = "Title\n\nThe U.S. group Acme Inc. will invest $3 bn. It said so on Jan. 5. Nothing else was said."
    sentences = [full[s.start : s.end].strip() for s in Text(full, 5).sentences]
    assert sentences[1:] == [
        "The U.S. group Acme Inc. will invest $3 bn.",
        "It said so on Jan. 5. Nothing else was said.",
    ] or len(sentences) == 4


@pytest.mark.parametrize(
    ("text", "payers"),
    [
        ("Amazon Web Services (AWS) will invest $5 billion in data centres in Ohio by 2030, Amazon said on Monday.", 1),
        ("Google and its parent Alphabet will invest $5 billion in data centres in Ohio by 2030.", 1),
        ("TDK of Japan and Lam of Fremont will invest $5 billion in data centres for AI in Ohio by 2030.", 2),
        ("Microsoft and BlackRock will together invest $5 billion in data centres in Ohio by 2030.", 2),
    ],
)
def test_an_owner_and_its_own_are_one_payer_and_a_home_is_none(text: str, payers: int) -> None:
    (told,) = extract(article(text, "Billions for AI data centres in Ohio"))
    assert len(told.investor) == payers


def test_a_firm_told_of_by_its_country_in_two_words_is_no_name() -> None:
    text = "Samsung will build a chip plant in Taylor. The South Korean company will invest $44 billion there in AI chips by 2030."
    (told,) = extract(article(text, "Samsung to build AI chip plant in Texas"))
    assert told.investor == ("Samsung",)


def test_a_name_is_told_rather_than_a_bare_description() -> None:
    text = "Vantage presented its plans in Leipzig on Monday. The company will invest 2 billion euros in a data centre for AI there."
    (told,) = extract(article(text, "A data centre for Leipzig"))
    assert told.investor == ("Vantage",)


def test_a_quote_cuts_no_number() -> None:
    text = "La start-up a bouclé une levée de 1,7\xa0milliard d’euros dont 1,3\xa0milliard souscrit par ASML, pour ses modèles d’IA."
    records = extract(article(text, "Mistral choisit Borlänge", "fr"))
    quotes = [r.evidence for r in records if r.amount_min == 1.3e9]
    assert quotes
    assert not any(re.search(r"\d[.,]?$", text[: text.find(q)]) for q in quotes)


HOSTILE = {
    "letters": "a" * 300,
    "brackets": "(" * 200,
    "dollars": "$" * 200,
    "digits": "1 " * 150,
    "sums": "€5bn " * 15,
    "clauses": "Acme invests $1bn, " * 6,
    "sentences": "Acme will invest $1bn with Beta Corp in AI data centres. " * 6,
    "ideographs": "投資" * 80,
    "controls": "\u202e\x00" * 40,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_read_in_time_that_grows_with_its_length(name: str) -> None:
    """From 600 sums on, four times the text takes about four times as long; a quadratic step would take sixteen."""
    assert growth(lambda times: extract(article(HOSTILE[name] * times)), 40, 160) < 8


def test_names_dates_and_places_without_number_are_read_in_time_that_grows_with_the_text() -> None:
    def text(count: int) -> str:
        told = (f"Mayor Zork{k} of Lyon met Tarn{k} Ventures of Turin by the end of 20{k % 70 + 30}." for k in range(count))
        return "Acme will invest $1bn in an AI data centre in Lyon by 2030. " + " ".join(told)

    assert growth(lambda count: extract(article(text(count))), 200, 800) < 8


def test_many_sums_of_one_pair_of_actors_are_read_in_bounded_time() -> None:
    """Who pays together is asked for each sum, and both names may stand everywhere: quadratic within a piece, no more."""

    def text(count: int) -> str:
        return " ".join(f"Ardian and Brookfield will invest ${k + 1} million in data centres," for k in range(count))

    assert growth(lambda count: extract(article(text(count))), 50, 200) < 16


def test_a_text_cut_into_pieces_is_told_whole() -> None:
    """Every sum once, in order, at its place, and parts with the total of their own piece."""
    line = "In Lyon, Ardian will invest $%d.5 million in an AI data centre, said the fund.\n\n"
    text = "".join(line % k for k in range(MOST_SUMS + 40))
    document = article(text, "Ardian builds AI data centres in Lyon")
    records, explained = extract(document), explain(document)
    told = [next(span for name, span in r.spans if name == "sum") for r in records]
    assert [document.full[e.span.start : e.span.end] for e in explained] == [f"${k}.5 million" for k in range(MOST_SUMS + 40)]
    assert told == [e.span for e in explained if e.taken] and len(told) > MOST_SUMS
    assert {r.investor for r in records} == {("Ardian",)}
    assert all(r.part_of is None or abs(r.part_of - k) < MOST_SUMS for k, r in enumerate(records))


def test_a_sentence_of_too_many_sums_is_cut_before_a_sum() -> None:
    document = article("€5bn " * (MOST_SUMS + 50), "€5bn " * (MOST_SUMS + 5))
    parts = list(pieces(Analysis(document)))
    assert all(len(part.money) <= MOST_SUMS for part, _ in parts)
    found = [moved(m.span, by) for part, by in parts for m in part.money]
    assert found == [m.span for m in Analysis(document).money]


def test_the_seed_is_read() -> None:
    """All nine sums with their payers; the round of the start-ups, which nobody is said to pay, with none."""
    (document,) = documents(SEED)
    score = score_documents([document], {document["id"]: read(document)})
    assert score.sum_only_f1 == 1.0
    assert score.counts[0] == 9


def test_retellings_of_the_seed_are_read() -> None:
    """Ten retellings in five languages, nine commitments each, none trained on. Reached: 75 of 90; the floor is below it."""
    told = [d for path in VARIANTS for d in documents(path)]
    score = score_documents(told, {d["id"]: read(d) for d in told})
    assert len(told) == 10 and score.counts[2] == 90
    assert score.counts[0] >= 70


def test_payers_that_open_the_sentence_are_named_though_the_headline_names_none() -> None:
    (record,) = extract(
        Article(
            "x",
            "La start-up lyonnaise Sillage lève 120 millions d’euros",
            "Helvar Capital et la Banque Rivage investissent 120 millions d’euros dans la start-up lyonnaise Sillage.",
            "fr",
            None,
        )
    )
    assert set(record.investor) == {"Helvar Capital", "Banque Rivage"} and record.recipient == "Sillage"


@pytest.mark.parametrize(
    ("language", "title", "text", "word"),
    [
        ("en", "Start-up Pagora raises $110 million", "Pagora raised $110 million in a round {}led by Oakmere Ventures.", "for its AI "),
        ("fr", "Pagora lève 55 millions d’euros", "Pagora a levé 55 millions d’euros lors d’un tour de table {}mené par Partech.", "pour son IA "),
        ("de", "Pagora holt 40 Millionen Euro", "Creandum führt die Finanzierungsrunde über 40 Millionen Euro {}bei Pagora an.", "für KI "),
        ("es", "Pagora levanta 35 millones", "Pagora cerró una ronda de 35 millones de euros {}liderada por Kfund.", "para su IA "),
        ("it", "Pagora raccoglie 12 milioni", "Pagora ha chiuso un round da 12 milioni di euro {}guidato da United Ventures.", "per la sua IA "),
    ],
)
def test_a_round_in_a_text_that_says_nothing_of_ai_is_none(language: str, title: str, text: str, word: str) -> None:
    def read_with(told: str) -> Article:
        return Article("x", title, text.format(told), language, None)

    assert extract(read_with("")) == ()
    assert len(extract(read_with(word))) == 1
    reasons = [reason for one in explain(read_with("")) for reason, _ in one.reasons[:1]]
    assert reasons and set(reasons) == {"a round in a text that says nothing of AI"}


def test_three_who_pay_together_are_named() -> None:
    (record,) = extract(
        Article(
            "x",
            "Microsoft, OpenAI and Oracle to spend $50 billion on data centres",
            "Microsoft, OpenAI and Oracle will together spend $50 billion on data centres in Texas by 2029, they said on Monday.",
            "en",
            None,
        )
    )
    assert set(record.investor) == {"Microsoft", "OpenAI", "Oracle"} and record.recipient is None
