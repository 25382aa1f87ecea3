"""`extract`, `replay` and `add`: every kind of document, and the shapes that other programs rely on."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pytest_httpserver import HTTPServer

from monitor.cli import app

SENTENCE = "Exemplar Capital will invest €2 billion in an AI data centre in Lille by 2029, it announced on Tuesday."
TEXT = f"Exemplar Capital to build in Lille\n\n{SENTENCE}\n\nThe mayor welcomed the plan and spoke of jobs."
HTML = (
    "<!doctype html><html lang='en'><head><title>Exemplar Capital to build in Lille</title>"
    "<meta property='article:published_time' content='2026-03-03T08:00:00Z'></head><body><nav>Home</nav><article>"
    f"<h1>Exemplar Capital to build in Lille</h1><p>{SENTENCE}</p><p>{'The mayor welcomed the plan. ' * 12}</p>"
    "</article><footer>© Example</footer></body></html>"
)
RECORD_KEYS = {
    "investor", "recipient", "amount_min", "amount_max", "currency", "qualifier", "status", "purpose", "place",
    "horizon", "part_of", "evidence", "confidence", "spans",
}  # fmt: skip


def monitor(*arguments: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, arguments, input=stdin)


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def document(id: str, day: str, text: str = SENTENCE, **more: object) -> dict[str, Any]:
    return {"id": id, "lang": "en", "published": day, "title": f"Title of {id}", "text": text, **more}


def written(path: Path, documents: list[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(d, ensure_ascii=False) + "\n" for d in documents), encoding="utf-8")
    return str(path)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def pdf(text: str) -> bytes:
    """A PDF of one page with one line of text, made by hand."""
    stream = f"BT /F1 12 Tf 40 700 Td ({text}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 900 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    out, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + table
    return out + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


def test_documents_in_json_lines_give_an_object_each_in_the_fixed_shape(tmp_path: Path) -> None:
    gold = {"commitments": [{"investor": ["Somebody else"]}], "traps": []}
    path = written(
        tmp_path / "d.jsonl", [document("a", "2026-03-03", **gold), document("b", "2026-03-04", "Nothing here.")]
    )
    first, second = lines(monitor("extract", "--format", "jsonl", path))
    assert set(first) == {"id", "commitments"} and second == {"id": "b", "commitments": []}
    (record,) = first["commitments"]
    assert set(record) == RECORD_KEYS
    assert record["investor"] == ["Exemplar Capital"] and record["amount_min"] == record["amount_max"] == 2_000_000_000
    assert (record["currency"], record["qualifier"], record["horizon"]) == ("EUR", "exact", 2029)
    full = f"Title of a\n\n{SENTENCE}"
    assert record["evidence"] in full and all(0 <= start < end <= len(full) for start, end in record["spans"])


@pytest.mark.parametrize("kind", ["txt", "html", "pdf", "jsonl"])
def test_every_kind_of_file_is_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"article.{kind}"
    if kind == "jsonl":
        written(path, [document("a", "2026-03-03")])
    else:
        path.write_bytes({"txt": TEXT.encode(), "html": HTML.encode(), "pdf": pdf(SENTENCE.replace("€", "\x80"))}[kind])
    if kind == "pdf":
        path.write_bytes(pdf(SENTENCE.replace("€2 billion", "2 billion euros")))
    (answer,) = lines(monitor("extract", "--format", "jsonl", str(path)))
    assert [r["amount_min"] for r in answer["commitments"]] == [2_000_000_000]


@pytest.mark.parametrize("body", [TEXT, HTML, json.dumps(document("a", "2026-03-03"))], ids=["text", "html", "json"])
def test_standard_input_is_recognised_by_what_it_holds(body: str) -> None:
    (answer,) = lines(monitor("extract", "--format", "jsonl", "-", stdin=body))
    assert [r["amount_min"] for r in answer["commitments"]] == [2_000_000_000]


def test_an_address_is_fetched_with_the_guard_on(tmp_path: Path, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    httpserver.expect_request("/article").respond_with_data(HTML, content_type="text/html")
    url = httpserver.url_for("/article")
    refused = monitor("extract", url)
    assert refused.exit_code != 0 and "private" in str(refused.exception)
    (tmp_path / "sources.yaml").write_text("fetch: {allow_private: true}\n")
    (answer,) = lines(monitor("extract", "--format", "jsonl", url))
    assert answer["id"] == url and len(answer["commitments"]) == 1


def test_a_table_shows_the_passage_with_the_sum_marked(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    result = monitor("extract", "a.txt")
    assert result.exit_code == 0
    assert "[€2 billion]" in result.stdout and "2 bn EUR" in result.stdout and "Exemplar Capital" in result.stdout


def test_explaining_shows_sums_that_are_in_and_out_and_who_could_have_paid(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(f"{TEXT}\n\nIts revenue rose to €900 million last year.", encoding="utf-8")
    result = monitor("extract", "--explain", "a.txt")
    assert result.exit_code == 0, result.output
    rows = [line for line in result.stdout.splitlines() if "€" in line]
    assert any("€2 billion" in r and " in " in r and "Exemplar Capital" in r for r in rows)
    assert any("€900 million" in r and " out " in r for r in rows)


def test_csv_has_a_row_a_commitment(tmp_path: Path) -> None:
    path = written(tmp_path / "d.jsonl", [document("a", "2026-03-03")])
    result = monitor("extract", "--format", "csv", path)
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert row["id"] == "a" and row["investor"] == "Exemplar Capital"


def test_the_day_on_the_command_line_dates_what_tells_none(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT.replace("by 2029", "over five years"), encoding="utf-8")
    (answer,) = lines(monitor("extract", "--format", "jsonl", "--published", "2026-03-03", "a.txt"))
    assert answer["commitments"][0]["horizon"] == 2031


RAISED = "Exemplar Capital will now invest €3 billion in the AI data centre in Lille, up from €2 billion, it announced."


def test_replay_answers_in_order_of_date_then_id_in_the_fixed_shape(tmp_path: Path) -> None:
    documents = [
        document("z", "2026-03-10", RAISED),
        document("b", "2026-03-03"),
        document("a", "2026-03-10", "Nothing."),
    ]
    answers = lines(monitor("replay", "--format", "jsonl", written(tmp_path / "d.jsonl", documents)))
    assert [answer["id"] for answer in answers] == ["b", "a", "z"]
    first, nothing, last = answers
    assert nothing == {"id": "a", "mentions": []}
    assert set(first["mentions"][0]) == {"record", "commitment", "event"}
    assert set(first["mentions"][0]["record"]) == RECORD_KEYS
    assert first["mentions"][0]["event"] == "new" and last["mentions"][0]["event"] == "amount_raised"
    assert first["mentions"][0]["commitment"] == last["mentions"][0]["commitment"]


def test_replay_leaves_no_trace_unless_a_database_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "d.jsonl", [document("a", "2026-03-03")])
    lines(monitor("replay", "--format", "jsonl", path))
    assert [p.name for p in tmp_path.iterdir()] == ["d.jsonl"]
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    (answer,) = lines(monitor("replay", "--format", "jsonl", path, "--database", url))
    shown = monitor("show", answer["mentions"][0]["commitment"], "--database", url)
    assert shown.exit_code == 0 and "Exemplar Capital" in shown.output


def test_a_wire_copy_repeats_what_its_original_told(tmp_path: Path) -> None:
    text = f"{SENTENCE} " + " ".join(f"Voices {n} from the region spoke of hope and of doubt." for n in "abcdefghij")
    documents = [document("a", "2026-03-03", text, title="Lille"), document("b", "2026-03-04", text, title="Lille")]
    first, copy = lines(monitor("replay", "--format", "jsonl", written(tmp_path / "d.jsonl", documents)))
    assert [m["event"] for m in copy["mentions"]] == ["repeated_no_change"]
    assert copy["mentions"][0]["commitment"] == first["mentions"][0]["commitment"]


def test_totals_have_the_fixed_shape(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'l.db'}"
    monitor("replay", "--database", url, written(tmp_path / "d.jsonl", [document("a", "2026-03-03")]))
    result = monitor("totals", "--format", "json", "--database", url)
    totals = json.loads(result.stdout)
    assert set(totals) >= {"itemised", "remainder", "headline", "currency", "by_nature", "without_sum"}
    assert totals["itemised"] == totals["headline"] == [2e9, 2e9] and totals["currency"] == "EUR"


def test_an_article_added_by_hand_is_in_the_ledger_with_its_outlet(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    added = monitor(
        "add", "a.txt", "--published", "2026-03-03", "--outlet", "The Ledger", "--url", "https://l.example/a"
    )
    assert added.exit_code == 0 and "1 commitments" in added.output, added.output
    (row,) = lines(monitor("list", "--format", "jsonl"))
    assert "Exemplar Capital" in json.dumps(row)
    again = monitor(
        "add", "a.txt", "--published", "2026-03-03", "--outlet", "The Ledger", "--url", "https://l.example/a"
    )
    assert again.exit_code == 0 and len(lines(monitor("list", "--format", "jsonl"))) == 1


def test_a_commitment_read_by_hand_is_kept_as_given(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "A quiet notice\n\nThe board of Umbra resolved to set aside 40m for the hall.\n", encoding="utf-8"
    )
    record = {
        "investor": ["Umbra"],
        "amount_min": 40e6,
        "amount_max": 40e6,
        "currency": "CHF",
        "evidence": "set aside 40m",
    }
    (tmp_path / "r.json").write_text(json.dumps([record]))
    added = monitor("add", "a.txt", "--published", "2026-03-03", "--records", "r.json")
    assert added.exit_code == 0, added.output
    assert "Umbra: " not in added.output and "40 m CHF" in added.output
    (row,) = lines(monitor("list", "--format", "jsonl"))
    assert "Umbra" in json.dumps(row)
