"""The network: what it is handed, what survives the file, and that hostile lengths stay bounded."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import numpy as np
import pytest

from monitor.extraction import extract
from monitor.extraction.analysis import Analysis
from monitor.extraction.items import MOST_ITEMS, Window, windows
from monitor.extraction.network import ANSWERS, Network, Weights, joined, log_chances, read, shipped, write
from monitor.extraction.places import find_places
from monitor.model import Article

DAY = date(2026, 3, 2)


def analysed(text: str, title: str = "", language: str = "en") -> Analysis:
    return Analysis(Article("here", title, text, language, DAY))


def windows_of(a: Analysis) -> list[Window]:
    return list(windows(a, find_places(a)))


def test_names_and_figures_are_hidden() -> None:
    (window,) = windows_of(analysed("Brookfield will invest $5 billion in Leipzig by 2030."))
    assert "brookfield" not in window.words and "billion" not in window.words and "5" not in window.words
    assert [window.words[k] for k in window.sums.at] == ["<sum>"]
    assert "<year>" in window.words and len(window.deadlines.at) == 1
    same = windows_of(analysed("Vantage will invest $7 billion in Leipzig by 2030."))[0]
    assert same.words == window.words


def test_every_sum_is_in_just_one_window_however_long_the_text() -> None:
    a = analysed(" ".join(f"Vantage pays {n} million euros for hall {n}, says the mayor." for n in range(2, 900)))
    found = windows_of(a)
    assert len(found) > 3
    assert sorted(n for w in found for n in w.sums.of) == [s.index for s in a.sums]
    assert max(len(w.kinds) for w in found) <= MOST_ITEMS + 20


def test_a_sentence_without_end_is_cut() -> None:
    found = windows_of(analysed("and so on " * 4000 + "Vantage pays 3 billion euros"))
    assert [len(w.sums.at) for w in found] == [1]
    assert len(found[0].kinds) <= MOST_ITEMS + 1


def test_a_text_without_sums_is_not_read() -> None:
    assert windows_of(analysed("Brookfield opens an office.")) == []


def toy(members: int = 1) -> Network:
    """The shipped network's shapes with other numbers."""
    chance = np.random.default_rng(1)
    shapes = {k: v.shape for k, v in shipped().members[0].weights.items()}
    return Network(shipped().names, [{k: chance.normal(0, 0.3, v).astype(np.float32) for k, v in shapes.items()} for _ in range(members)])


def weights_of(network: Network) -> list[Weights]:
    return [m.weights for m in network.members]


def test_the_file_keeps_the_network() -> None:
    network = toy(2)
    text = write(network.names, weights_of(network))
    assert text == write(network.names, weights_of(network))
    a = analysed("Vantage and Telis will each invest $5 billion in Leipzig by 2030, of which $2 billion next year.")
    straight, again = network.read(a, find_places(a)), read(text).read(a, find_places(a))
    for name in ANSWERS:
        assert straight.of_pair[name].keys() == again.of_pair[name].keys()
    scores = [(straight.of_sum["status"][n], again.of_sum["status"][n]) for n in straight.of_sum["status"]]
    assert len(scores) == 2
    # Eight bits a weight: the order of likely answers holds.
    assert all(np.corrcoef(x, y)[0, 1] > 0.95 for x, y in scores)


def test_members_are_averaged() -> None:
    a = analysed("Vantage and Telis will each invest $5 billion in Leipzig by 2030, of which $2 billion next year.")
    places = find_places(a)
    both = toy(2)
    one, other = (Network(both.names, [w]).read(a, places) for w in weights_of(both))
    together = both.read(a, places)
    for name in ANSWERS:
        pairs = together.of_pair[name]
        assert pairs.keys() == one.of_pair[name].keys()
        assert pairs == pytest.approx({k: (one.of_pair[name][k] + other.of_pair[name][k]) / 2 for k in pairs}, abs=1e-4)
    for site, scores in together.of_sum["commitment"].items():
        assert scores == pytest.approx((one.of_sum["commitment"][site] + other.of_sum["commitment"][site]) / 2, abs=1e-4)
    for site, scores in together.of_sum["status"].items():
        mean = sum(log_chances(r.of_sum["status"][site]) for r in (one, other)) / 2
        np.testing.assert_allclose(scores, mean, atol=1e-4)


@pytest.mark.parametrize(
    ("text", "language", "payer"),
    [
        ("Vantage will invest $5 billion in a data centre in Leipzig, the mayor said. Siemens sells the transformers.", "en", "Vantage"),
        ("Der Minister lobte Siemens. Vantage will 5 Milliarden Euro in ein Rechenzentrum bei Leipzig stecken.", "de", "Vantage"),
        ("Brookfield va investir 5 milliards d'euros dans un centre de données à Lille, où siège OVHcloud.", "fr", "Brookfield"),
        ("Brookfield invertirá 5.000 millones de euros en un centro de datos, explicó ayer a Endesa.", "es", "Brookfield"),
        ("Brookfield investirà 5 miliardi di euro in un data center vicino alla sede di Eni.", "it", "Brookfield"),
    ],
)
def test_the_shipped_network_knows_who_pays(text: str, language: str, payer: str) -> None:
    a = analysed(text, language=language)
    reading = shipped().read(a, find_places(a))
    assert reading.of_sum["commitment"][0][0] > 0
    scores = {a.entities[n].name: score for (_, n), score in reading.of_pair["payer"].items()}
    assert payer in max(scores, key=lambda name: scores[name])


def test_whom_a_minister_praises_does_not_pay() -> None:
    a = analysed("Der Minister lobte Siemens. Vantage investiert 5 Milliarden Euro in ein Rechenzentrum bei Leipzig.", language="de")
    scores = shipped().read(a, find_places(a)).of_pair["payer"]
    assert a.entities[max(scores, key=lambda pair: scores[pair])[1]].name == "Vantage"
    (record,) = extract(a.article)
    assert record.investor == ("Vantage",) and record.amount_min == 5e9


def test_the_networks_word_moves_a_chance_by_its_share() -> None:
    assert joined(0.3, None, 0.5) == 0.3
    assert joined(0.5, 4.0, 0.0) == pytest.approx(0.5)
    assert joined(0.5, 4.0, 0.25) == pytest.approx(1 / (1 + np.exp(-1.0)))
    assert 0.0 <= joined(0.0, -1e9, 0.5) < joined(1.0, 1e9, 0.5) <= 1.0


def test_reading_takes_one_core() -> None:
    """A container's other cores are not ours: threads of the library of numpy would take more work than they save."""
    script = (
        "import time\n"
        "from monitor.extraction import extract\n"
        "from monitor.model import Article\n"
        "article = Article('here', 'A campus', 'Vantage will invest $5 billion in Leipzig, and Telis $2 billion. ' * 12, 'en', None)\n"
        "extract(article)\n"
        "work, wall = time.process_time(), time.perf_counter()\n"
        "for _ in range(40): extract(article)\n"
        "print((time.process_time() - work) / (time.perf_counter() - wall))\n"
    )
    kept = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=kept, check=True)
    assert float(done.stdout) < 1.15
