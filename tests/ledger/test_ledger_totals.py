"""Totals by worked examples, each with its arithmetic. Sums in billions of euro."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from monitor.ledger.totals import Node, circular, totals


def node(id: str, low: float | None, high: float | None = None, **more: Any) -> Node:
    """A commitment of `low` bn euro, or of `low` to `high`."""
    top = high if high is not None else low
    return Node(
        id,
        low * 1e9 if low is not None else None,
        top * 1e9 if top is not None else None,
        more.pop("status", "announced"),
        more.pop("nature", "capital"),
        parents=frozenset(more.pop("of", "").split()),
        stated_on=more.pop("stated_on", date(2025, 2, 14)),
        **more,
    )


def bn(pair: tuple[float, float]) -> tuple[float, float]:
    return (round(pair[0] / 1e9, 3), round(pair[1] / 1e9, 3))


def three(*nodes: Node) -> tuple[tuple[float, float], ...]:
    found = totals(nodes)
    return bn(found.itemised), bn(found.remainder), bn(found.headline)


SEED = (
    node("france", 109),
    node("round", 0.021, nature="round"),
    node("champions", 200),
    node("mgx", 50, of="france"),
    node("brookfield", 20, of="france"),
    node("digital", 5, of="france"),
    Node("mistral", 1e9, None, "announced", "capital", parents=frozenset({"france"})),
    node("fluidstack", 10, of="france"),
    node("commission", 50, of="champions"),
)


def test_the_seed() -> None:
    """Itemised 50 + 20 + 5 + 1 (at least) + 10 = 86, and 50; left over 109 - 86 = 23 and 200 - 50 = 150; together 309."""
    found = totals(SEED, explain=True)
    assert (bn(found.itemised), bn(found.remainder), bn(found.headline)) == ((136, 136), (173, 173), (309, 309))
    assert {n: bn(p) for n, p in found.by_nature.items()} == {"round": (0.021, 0.021)}
    left = {line["id"]: bn(line["remainder"]) for line in found.lines}
    assert left["france"] == (23, 23) and left["champions"] == (150, 150)
    why = {line["id"]: line["why"] for line in found.lines}
    assert why["champions"] == "what its parts have not itemised: 200 bn - 50 bn (commission)"


def test_nested_umbrellas_are_worth_the_outermost() -> None:
    """200 holds 100 holds 30: leaves 30; left over 100 - 30 = 70 and 200 - 100 = 100; 30 + 170 = 200."""
    assert three(node("a", 200), node("b", 100, of="a"), node("c", 30, of="b")) == ((30, 30), (170, 170), (200, 200))


def test_a_cancelled_part_takes_its_sum_out_of_the_plan() -> None:
    """109 with a part of 20 that was cancelled later: 109 - 20 = 89."""
    dead = node("b", 20, of="a", status="cancelled", dead_since=date(2025, 9, 1))
    assert three(node("a", 109), dead) == ((0, 0), (89, 89), (89, 89))
    suspended = node("b", 20, of="a", status="suspended", dead_since=date(2025, 9, 1))
    assert three(node("a", 109), suspended)[2] == (89, 89)


def test_a_later_statement_of_the_whole_confirms_it_without_the_dead_part() -> None:
    """Cancelled in September, the plan of 109 confirmed in October: 109 again, and nothing itemised under it."""
    dead = node("b", 20, of="a", status="cancelled", dead_since=date(2025, 9, 1))
    again = node("a", 109, stated_on=date(2025, 10, 1))
    assert three(again, dead) == ((109, 109), (0, 0), (109, 109))


def test_a_rumoured_part_is_neither_counted_nor_taken_out() -> None:
    """A part that was only ever rumoured itemises nothing: the plan stays 109. Denied, still 109."""
    rumour = node("b", 20, of="a", status="rumoured", itemised=False)
    denied = node("b", 20, of="a", status="cancelled", itemised=False, dead_since=date(2025, 9, 1))
    assert three(node("a", 109), rumour)[2] == three(node("a", 109), denied)[2] == (109, 109)


def test_a_part_of_two_plans_is_summed_once_and_taken_from_both() -> None:
    """100 and 50 both hold 20: leaf 20; left over 80 and 30; 130. (The sum of the plans would be 150.)"""
    assert three(node("a", 100), node("b", 50), node("c", 20, of="a b")) == ((20, 20), (110, 110), (130, 130))


def test_parts_above_their_whole_are_reported_and_not_clipped_in_silence() -> None:
    """10 with parts of 8 and 7: leaves 15, nothing left over, and the plan's line says that its parts are 5 above it."""
    nodes = (node("a", 10), node("b", 8, of="a"), node("c", 7, of="a"))
    assert three(*nodes) == ((15, 15), (0, 0), (15, 15))
    line = next(one for one in totals(nodes, explain=True).lines if one["id"] == "a")
    assert line["why"].endswith("its parts are 5 bn above it")


def test_what_was_announced_before_is_not_announced_again() -> None:
    """30.4 of which 21.2 already announced, with a part of 4: 30.4 - 4 - 21.2 = 5.2."""
    assert three(node("a", 30.4, restated=21.2e9), node("b", 4, of="a")) == ((4, 4), (5.2, 5.2), (9.2, 9.2))


def test_an_earlier_commitment_that_a_total_holds_is_counted_once() -> None:
    """30 restates the 20 of b: 30 - 20 = 10, and b itself 20: together 30."""
    earlier = node("b", 20, restated_by=frozenset({"a"}))
    assert three(node("a", 30), earlier) == ((30, 30), (0, 0), (30, 30))


def test_ranges_stay_ranges_and_an_exact_plan_stays_exact() -> None:
    """109 with 30 to 50, 20, 10 and 3: itemised 63 to 83, left over 26 to 46, the plan itself 109 either way."""
    nodes = (
        node("a", 109),
        node("mgx", 30, 50, of="a"),
        node("b", 20, of="a"),
        node("f", 10, of="a"),
        node("i", 3, of="a"),
    )
    assert three(*nodes) == ((63, 83), (26, 46), (109, 109))


def test_the_published_case_of_two_summits() -> None:
    """AI summit 109: 30–50 + 20 (15 + 5) + 10 + 3; Choose France 30.4, of which 21.2 before, with 4: itemised 67 to 87,
    left over 26 to 46 and 5.2; headline 109 + 4 + 5.2 = 118.2. The rows themselves would add up to 226.4 to 246.4."""
    nodes = (
        node("summit", 109),
        node("mgx", 30, 50, of="summit"),
        node("brookfield", 20, of="summit"),
        node("data4", 15, of="brookfield"),
        node("other", 5, of="brookfield"),
        node("fluidstack", 10, of="summit"),
        node("iliad", 3, of="summit"),
        node("choose", 30.4, restated=21.2e9),
        node("opcore", 4, of="choose"),
    )
    assert three(*nodes) == ((67, 87), (31.2, 51.2), (118.2, 118.2))


def test_ranges_through_cancelled_parts_cross() -> None:
    """100 with a cancelled part of 10 to 20: 80 to 90 is left."""
    dead = node("b", 10, 20, of="a", status="cancelled", dead_since=date(2025, 9, 1))
    assert three(node("a", 100), dead) == ((0, 0), (80, 90), (80, 90))


def test_open_ended_sums() -> None:
    """At least 5 counts as 5; up to 8 as nothing to 8."""
    least = Node("a", 5e9, None, "announced", "capital")
    most = Node("b", None, 8e9, "announced", "capital")
    assert three(least, most) == ((5, 13), (0, 0), (5, 13))


@pytest.mark.parametrize("status", ["rumoured", "suspended", "cancelled"])
def test_what_is_not_promised_is_not_counted(status: str) -> None:
    assert three(node("a", 10, status=status), node("b", 1)) == ((1, 1), (0, 0), (1, 1))


def test_a_replaced_commitment_is_not_counted_and_its_successor_takes_its_place_in_the_plan() -> None:
    """Plan 100; 20 replaced by 25 under the same plan: 25 + (100 - 25) = 100. Outside of the plan: 25 + (100 - 20)."""
    old = node("old", 20, of="a", superseded_by=frozenset({"new"}))
    assert three(node("a", 100), old, node("new", 25, of="a")) == ((25, 25), (75, 75), (100, 100))
    assert three(node("a", 100), old, node("new", 25)) == ((25, 25), (80, 80), (105, 105))


def test_commitments_without_a_sum_are_rows_and_unknown_rates_are_said() -> None:
    nodes = (node("a", None, has_sum=False), node("b", None, rate_note="no rate known for XXX"), node("c", 2))
    found = totals(nodes, explain=True)
    assert found.without_sum == 1 and bn(found.headline) == (2, 2)
    assert [(one["counted"], one["why"]) for one in found.lines][1] == ("no rate", "no rate known for XXX")


def test_natures_are_summed_apart() -> None:
    """Capital 10 with a grant of 2 as its part: capital 8 is left over, the grant stands apart."""
    found = totals([node("a", 10), node("g", 2, of="a", nature="grant"), node("p", 3, nature="purchase")])
    assert bn(found.headline) == (8, 8)
    assert {n: bn(p) for n, p in found.by_nature.items()} == {"grant": (2, 2), "purchase": (3, 3)}


def test_a_circle_of_parts_is_refused_whole_and_told() -> None:
    """a under b under c under a: none of the three edges counts, so the answer does not depend on which came first."""
    nodes = (node("a", 5, of="b"), node("b", 4, of="c"), node("c", 3, of="a"), node("d", 1, of="c"))
    assert three(*nodes)[2] == (12, 12)
    assert sum("refused" in line for line in totals(nodes, explain=True).lines) == 3
    assert circular({("x", "y"), ("y", "z")}) == set()


def test_a_view_by_place_shows_each_under_every_place_and_says_how_many() -> None:
    two = node("a", 10, groups={"place": ("France", "Spain")})
    rows = totals([two, node("b", 1, groups={"place": ("Spain",)})], by="place").lines
    assert [(row["place"], bn(row["headline"]), row["count"]) for row in rows] == [
        ("Spain", (11, 11), 2),
        ("France", (10, 10), 1),
    ]
