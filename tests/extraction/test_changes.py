"""Changes that a text tells without a sum."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.extraction import extract
from monitor.extraction.analysis import Analysis
from monitor.extraction.changes import MOST, sumless
from monitor.model import Article, Record


def article(text: str, language: str = "en", title: str = "Notes") -> Article:
    return Article("test", title, text, language, date(2026, 11, 20))


def read(text: str, language: str = "en") -> list[tuple[tuple[str, ...], str, str]]:
    return [(r.investor, r.status, r.purpose) for r in extract(article(text, language))]


TOLD = [
    ("en", "Microsoft has cancelled its plan for a data centre in Caledonia, the company said on Thursday.", "Microsoft", "cancelled"),
    ("fr", "Amazon a renoncé à son centre de données de Brétigny-sur-Orge, a indiqué le groupe jeudi.", "Amazon", "cancelled"),
    ("de", "Google gibt sein geplantes Rechenzentrum in Mittenwalde auf, wie das Unternehmen am Montag mitteilte.", "Google", "cancelled"),
    ("es", "Meta aplaza a 2029 la apertura de su centro de datos de Talavera de la Reina.", "Meta", "delayed"),
    ("it", "Microsoft ha rinviato al 2029 il suo data center di Settimo Milanese.", "Microsoft", "delayed"),
]


@pytest.mark.parametrize(("language", "text", "actor", "status"), TOLD)
def test_a_project_that_is_given_up_or_put_off(language: str, text: str, actor: str, status: str) -> None:
    assert read(text, language) == [((actor,), status, "data_center")]


def test_a_change_says_no_sum_and_points_at_its_word() -> None:
    text = "Meta aplaza a 2029 la apertura de su centro de datos de Talavera de la Reina."
    one = article(text, "es")
    (record,) = extract(one)
    assert (record.amount_min, record.amount_max, record.currency, record.qualifier) == (None, None, None, "unknown")
    assert (record.place, record.horizon) == (("Talavera de la Reina",), 2029)
    (role, span), *_ = record.spans
    assert (role, one.full[span.start : span.end]) == ("verb", "aplaza")
    assert Record.from_json(record.to_json()).spans == record.spans


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The airline cancelled 200 flights on Monday after a failure at its data centre."),
        ("en", "OpenAI delayed the release of its new model by two weeks."),
        ("en", "Nvidia denied that its next chip would be delayed."),
        ("fr", "La SNCF a supprimé des trains lundi ; la panne venait d'un centre de données."),
        ("de", "Das Gericht vertagte den Prozess um den KI-Chatbot auf März."),
    ],
)
def test_what_else_is_cancelled_or_delayed(language: str, text: str) -> None:
    assert read(text, language) == []


def test_what_a_sum_tells_is_not_told_again() -> None:
    text = (
        "Meta has cancelled its $3 billion data centre in Caledonia, the company said on Thursday. "
        "Meta has cancelled its plan for a data centre after protests."
    )
    assert [(r.amount_min, r.status) for r in extract(article(text))] == [(3e9, "cancelled")]


def test_records_keep_the_order_of_the_text_and_their_wholes() -> None:
    text = (
        "Microsoft has cancelled its plan for a data centre in Caledonia, the company said on Thursday.\n\n"
        "Brookfield will invest 20 billion euros in France by 2030. Of this, 15 billion euros will go to data centres of its unit Data4."
    )
    first, whole, part = extract(article(text))
    assert first.qualifier == "unknown" and (whole.amount_min, part.amount_min) == (20e9, 15e9)
    assert part.part_of == 1


def test_words_of_change_beside_a_sum_are_the_sums_own() -> None:
    text = "The data centre is delayed. The $3 billion data centre is delayed. The court ruled. AI is delayed."
    found = sumless(Analysis(article(text)))
    assert found is not None and [s.money.text for s in found.sums] == ["delayed", "delayed"]
    assert [found.text.tokens[s.first].sentence for s in found.sums] == [1, 4]


def test_a_text_without_theme_is_not_asked_and_a_long_one_no_more_than_so_often() -> None:
    assert sumless(Analysis(article("The flight is delayed. The match is cancelled."))) is None
    found = sumless(Analysis(article("The data centre is delayed. " * 500)))
    assert found is not None and len(found.sums) == MOST
