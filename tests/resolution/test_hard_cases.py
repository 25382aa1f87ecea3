"""The cases that decide whether a register can be used in its second week. Texts are fiction, written for these tests."""

import pytest
from press import RECOGNISER, groups, judged, mentions, piece, record, timeline, told

from monitor.model import Judgement, Span
from monitor.resolution.prepared import Prepared, slip

QUIET = {"confirmed", "repeated_no_change"}


def events(rows: list[list[tuple[int, str]]]) -> list[list[str]]:
    return [[event for _, event in row] for row in rows]


def homes(rows: list[list[tuple[int, str]]]) -> list[list[int]]:
    return [[home for home, _ in row] for row in rows]


def first_plan(**more: float) -> object:
    return piece(
        "2025-03-04", "fr", "Ostrane bâtira à Vierzon",
        "Le groupe Ostrane va investir 640 millions d’euros dans un centre de données à Vierzon, dans le Cher, d’ici 2028.\n\n"
        "Cent vingt emplois sont annoncés.",
        record("va investir 640 millions d’euros", "Ostrane", 640e6, place=("Vierzon", "Cher"), horizon=2028, **more),
    )  # fmt: skip


@pytest.mark.parametrize("confidence", [1.0, 0.7])
def test_two_projects_of_one_payer_and_equal_sum_stay_two(confidence: float) -> None:
    rows = told(
        first_plan(confidence=confidence),
        piece(
            "2025-09-10", "fr", "Ostrane choisit aussi Châteauroux",
            "Ostrane va investir 640 millions d’euros dans un second centre de données, à Châteauroux, dans l’Indre, d’ici 2029. "
            "Le premier, celui de Vierzon, n’est pas touché.",
            record("va investir 640 millions d’euros dans un second centre", "Ostrane", 640e6, place=("Châteauroux", "Indre"), horizon=2029, confidence=confidence),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [2]]
    assert events(rows) == [["new"], ["new"]]


def test_a_raised_sum_is_told_once_even_when_only_the_new_one_is_named() -> None:
    rows = told(
        first_plan(),
        piece(
            "2026-01-15", "en", "Ostrane enlarges its Vierzon data centre",
            "French developer Ostrane has lifted the budget of its data centre in Vierzon to €810m after signing a second tenant. "
            "Opening remains set for 2028.",
            record("has lifted the budget of its data centre in Vierzon to €810m", "Ostrane", 810e6, place="Vierzon", status="raised", horizon=2028),
        ),
        piece(
            "2026-01-16", "de", "Ostrane baut größer",
            "Der Betreiber Ostrane steckt nun 810 Mio. Euro in sein Rechenzentrum im französischen Vierzon.",
            record("steckt nun 810 Mio. Euro in sein Rechenzentrum", "Ostrane", 810e6, place="Vierzon"),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [1], [1]]
    assert events(rows) == [["new"], ["amount_raised"], ["repeated_no_change"]]


def test_a_raise_is_told_at_once_where_the_text_names_the_former_sum_though_the_quote_does_not() -> None:
    rows = told(
        piece(
            "2026-03-03", "en", "Ostrane to invest €640 million in Vierzon",
            "Ostrane today announced that it will invest €640 million in a data centre in Vierzon.",
            record("it will invest €640 million in a data centre in Vierzon", "Ostrane", 640e6, place="Vierzon", confidence=0.9),
            outlet="Ostrane",
        ),
        piece(
            "2026-03-11", "en", "Ostrane increases its investment in Vierzon to €810 million",
            "Ostrane has increased its investment in the data centre in Vierzon from €640 million to €810 million.\n\n"
            "Demand has outrun every forecast, the company said.",
            record("Ostrane increases its investment in Vierzon to €810 million", "Ostrane", 810e6, place="Vierzon", confidence=0.9),
            outlet="Ostrane",
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [1]]
    assert events(rows) == [["new"], ["amount_raised"]]


def test_a_former_sum_that_was_read_as_a_record_of_its_own_hides_no_raise() -> None:
    rows = told(
        piece(
            "2025-03-04", "fr", "Ostrane bâtira à Vierzon",
            "Le groupe Ostrane va investir 640 millions d’euros dans un centre de données à Vierzon.",
            record("va investir 640 millions d’euros", "Ostrane", 640e6, place="Vierzon", confidence=0.9),
        ),
        piece(
            "2026-01-15", "fr", "Ostrane voit plus grand",
            "Ostrane a décidé mardi de porter de 640 à 810 millions d’euros le budget de son centre de données de Vierzon.",
            record("de porter de 640 à 810 millions d’euros le budget", "Ostrane", 640e6, place="Vierzon", confidence=0.5, spans=(("sum", Span(61, 64)),)),
            record("de porter de 640 à 810 millions d’euros le budget", "Ostrane", 810e6, place="Vierzon", confidence=0.8),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [1, 1]]
    assert events(rows) == [["new"], ["repeated_no_change", "amount_raised"]]


def test_each_funding_round_is_its_own() -> None:
    rows = told(
        piece(
            "2024-05-02", "en", "Kvasir Labs raises $30m",
            "Oslo start-up Kvasir Labs has raised $30m in a Series A led by Northline Ventures.",
            record("has raised $30m in a Series A", "Northline Ventures", 30e6, currency="USD", recipient="Kvasir Labs", purpose="funding", status="signed"),
        ),
        piece(
            "2025-06-11", "en", "Kvasir Labs lands $95m",
            "Kvasir Labs, which trains language models in Oslo, has closed a $95m Series B. Northline Ventures led again.",
            record("has closed a $95m Series B", "Northline Ventures", 95e6, currency="USD", recipient="Kvasir Labs", purpose="funding", status="signed"),
        ),
        piece(
            "2025-06-12", "fr", "Kvasir Labs boucle sa série B",
            "La jeune pousse norvégienne Kvasir Labs a bouclé une série B de 95 millions de dollars auprès de Northline Ventures.",
            record("a bouclé une série B de 95 millions de dollars", "Northline Ventures", 95e6, currency="USD", recipient="Kvasir Labs", purpose="funding", status="signed"),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [2], [2]]
    assert events(rows) == [["new"], ["new"], ["repeated_no_change"]]


def test_tranches_are_commitments_of_their_own_beside_the_loan() -> None:
    rows = told(
        piece(
            "2025-02-03", "en", "Nordhav gets a loan for its Bodø halls",
            "The Fjordbank will lend Nordhav Data up to €150m for its campus in Bodø. A first tranche of €60m was signed on Monday.",
            record("will lend Nordhav Data up to €150m", "Fjordbank", None, 150e6, recipient="Nordhav Data", place="Bodø"),
            record("A first tranche of €60m was signed", "Fjordbank", 60e6, recipient="Nordhav Data", place="Bodø", status="signed", part_of=0),
        ),
        piece(
            "2025-10-21", "en", "Second slice for Nordhav",
            "Fjordbank has signed the second tranche of its loan to Nordhav Data, worth €50m, out of a line of up to €150m for the Bodø campus. "
            "The first tranche of €60m has been fully paid out.",
            record("has signed the second tranche of its loan to Nordhav Data, worth €50m", "Fjordbank", 50e6, recipient="Nordhav Data", place="Bodø", status="signed", part_of=1),
            record("a line of up to €150m for the Bodø campus", "Fjordbank", None, 150e6, recipient="Nordhav Data", place="Bodø"),
            record("The first tranche of €60m has been fully paid out", "Fjordbank", 60e6, recipient="Nordhav Data", place="Bodø", status="completed", part_of=1),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1, 2], [3, 1, 2]]
    assert events(rows) == [["new", "new"], ["new", "repeated_no_change", "completed"]]


def test_parts_that_get_names_months_later_do_not_melt_into_their_umbrella() -> None:
    rows = told(
        piece(
            "2025-04-07", "it", "Il patto di Bari vale 6 miliardi",
            "Imprese e fondi si sono impegnati a Bari a investire 6 miliardi di euro nell’intelligenza artificiale entro il 2031.",
            record("si sono impegnati a Bari a investire 6 miliardi di euro", None, 6e9, place="Bari", purpose="programme", horizon=2031),
        ),
        piece(
            "2025-11-19", "en", "Tessara names its share of the Bari pledge",
            "Tessara will spend €1.4bn on a server campus in Taranto, its part of the €6bn promised in Bari in April.",
            record("Tessara will spend €1.4bn on a server campus in Taranto", "Tessara", 1.4e9, place="Taranto", part_of=1),
            record("the €6bn promised in Bari in April", None, 6e9, place="Bari", purpose="programme"),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [2, 1]]
    assert events(rows) == [["new"], ["new", "repeated_no_change"]]


def test_another_currency_and_a_round_figure_are_no_change() -> None:
    rows = told(
        first_plan(),
        piece(
            "2025-03-05", "en", "Ostrane plans $670m French site",
            "Ostrane is to spend some $670 million on a data center in Vierzon, central France, by 2028.",
            record("is to spend some $670 million on a data center", "Ostrane", 670e6, currency="USD", place=("Vierzon", "France"), horizon=2028, qualifier="about"),
        ),
        piece(
            "2025-03-06", "de", "Ostrane geht nach Vierzon",
            "Rund 650 Millionen Euro will Ostrane in ein Rechenzentrum in Vierzon stecken.",
            record("Rund 650 Millionen Euro will Ostrane in ein Rechenzentrum", "Ostrane", 650e6, place="Vierzon", qualifier="about"),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [1], [1]]
    assert events(rows) == [["new"], ["repeated_no_change"], ["repeated_no_change"]]


def test_a_range_narrows_to_a_figure() -> None:
    rows = told(
        piece(
            "2025-05-06", "es", "Belmonte Energía mira a Soria",
            "Belmonte Energía invertirá entre 400 y 700 millones de euros en un centro de datos en Soria.",
            record("invertirá entre 400 y 700 millones de euros", "Belmonte Energía", 400e6, 700e6, place="Soria"),
        ),
        piece(
            "2025-12-01", "es", "Soria ya tiene cifra",
            "Ya no hay horquilla: Belmonte Energía destinará 550 millones de euros al centro de datos de Soria.",
            record("destinará 550 millones de euros al centro de datos de Soria", "Belmonte Energía", 550e6, place="Soria"),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [1]]
    assert events(rows) == [["new"], ["range_narrowed"]]


def test_rumour_denial_announcement_signature() -> None:
    stake = {"recipient": "Lumenar", "purpose": "funding", "currency": "USD"}
    rows = told(
        piece(
            "2025-01-13", "en", "Hadley Mutual in talks over Lumenar stake",
            "Hadley Mutual is in talks to invest about $200 million in Lumenar, a maker of AI models, sources say.",
            record("is in talks to invest about $200 million in Lumenar", "Hadley Mutual", 200e6, status="rumoured", **stake),
        ),
        piece(
            "2025-01-14", "en", "Hadley Mutual denies Lumenar talks",
            "Hadley Mutual denied on Tuesday that it was to put about $200 million into Lumenar. There are no such talks, it said.",
            record("denied on Tuesday that it was to put about $200 million into Lumenar", "Hadley Mutual", 200e6, status="cancelled", **stake),
        ),
        piece(
            "2025-08-20", "en", "Hadley Mutual will back Lumenar after all",
            "Seven months after denying it, Hadley Mutual said it will invest $200 million in Lumenar.",
            record("it will invest $200 million in Lumenar", "Hadley Mutual", 200e6, **stake),
        ),
        piece(
            "2025-10-02", "fr", "Hadley Mutual et Lumenar ont signé",
            "L’assureur Hadley Mutual a signé jeudi son entrée chez Lumenar, à hauteur de 200 millions de dollars.",
            record("a signé jeudi son entrée chez Lumenar, à hauteur de 200 millions de dollars", "Hadley Mutual", 200e6, status="signed", **stake),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [1], [1], [1]]
    assert events(rows) == [["new"], ["cancelled"], ["confirmed"], ["confirmed"]]


def test_reborn_under_another_sponsor_is_another_commitment() -> None:
    rows = told(
        first_plan(),
        piece(
            "2025-11-03", "fr", "Ostrane renonce à Vierzon",
            "Ostrane renonce à son centre de données de Vierzon. Les 640 millions d’euros ne seront pas dépensés.",
            record("Les 640 millions d’euros ne seront pas dépensés", "Ostrane", 640e6, place="Vierzon", status="cancelled"),
        ),
        piece(
            "2026-04-14", "fr", "Calvane reprend le terrain de Vierzon",
            "Calvane va investir 500 millions d’euros dans un centre de données à Vierzon, sur le terrain qu’Ostrane avait abandonné.",
            record("va investir 500 millions d’euros dans un centre de données à Vierzon", "Calvane", 500e6, place="Vierzon"),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [1], [2]]
    assert events(rows) == [["new"], ["cancelled"], ["new"]]


def test_joint_payers_told_one_at_a_time() -> None:
    rows = told(
        piece(
            "2025-06-03", "en", "Orrin and Pelagos join forces in Aveiro",
            "Orrin and Pelagos will together invest €900m in an AI campus in Aveiro, Portugal, by 2030.",
            record("will together invest €900m in an AI campus in Aveiro", ("Orrin", "Pelagos"), 900e6, place=("Aveiro", "Portugal"), horizon=2030),
        ),
        piece(
            "2025-06-04", "es", "Pelagos aterriza en Aveiro",
            "Pelagos invertirá con un socio 900 millones de euros en un campus de inteligencia artificial en Aveiro.",
            record("invertirá con un socio 900 millones de euros", "Pelagos", 900e6, place="Aveiro"),
        ),
        piece(
            "2025-06-05", "fr", "Orrin au Portugal",
            "Orrin participe à un campus d’IA de 900 millions d’euros à Aveiro, au Portugal.",
            record("participe à un campus d’IA de 900 millions d’euros à Aveiro", "Orrin", 900e6, place="Aveiro"),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [1], [1]]
    assert events(rows)[1:] == [["repeated_no_change"], ["repeated_no_change"]]


def test_a_misprint_and_its_correction_alert_nobody() -> None:
    rows = told(
        first_plan(),
        piece(
            "2025-03-05", "fr", "Vierzon décroche un centre de données",
            "Ostrane mettra 6,4 milliards d’euros dans un centre de données à Vierzon d’ici 2028.",
            record("mettra 6,4 milliards d’euros dans un centre de données", "Ostrane", 6.4e9, place="Vierzon", horizon=2028),
        ),
        piece(
            "2025-03-07", "fr", "Rectificatif",
            "Une erreur s’est glissée dans notre article sur Vierzon : le projet d’Ostrane représente 640 millions d’euros et non 6,4 milliards.",
            record("le projet d’Ostrane représente 640 millions d’euros", "Ostrane", 640e6, place="Vierzon"),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [1], [1]]
    assert events(rows)[1:] == [["repeated_no_change"], ["repeated_no_change"]]


def test_a_thousand_times_too_much_in_another_currency_is_taken_for_a_false_friend() -> None:
    def costs(figure: str, amount: float, currency: str) -> Prepared:
        text = f"Ostrane invertirá {figure} en un campus de inteligencia artificial en Toluca."
        told_so = record(f"invertirá {figure}", "Ostrane", amount, currency=currency, place="Toluca")
        (mention,) = mentions(piece("2025-02-05", "es", "Un campus en Toluca", text, told_so))
        return Prepared(mention)

    dollars = costs("900 millones de dólares", 900e6, "USD")
    assert slip(dollars, costs("18.5 billones de pesos", 18.5e12, "MXN"))
    assert not slip(dollars, costs("18.5 mil millones de pesos", 18.5e9, "MXN"))
    assert not slip(dollars, costs("3 billones de pesos", 3e12, "MXN"))


def test_words_without_a_sum_still_change_what_is_known() -> None:
    rows = told(
        first_plan(),
        piece(
            "2025-12-09", "en", "No data centre for Vierzon",
            "The data centre that Ostrane had promised to Vierzon will not be built, the mayor said on Tuesday.",
            record("The data centre that Ostrane had promised to Vierzon will not be built", "Ostrane", None, place="Vierzon", status="cancelled"),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [1]]
    assert events(rows) == [["new"], ["cancelled"]]


def test_background_months_later_is_silent() -> None:
    rows = told(
        first_plan(),
        piece(
            "2025-10-30", "it", "L’Europa dei server di provincia",
            "Nelle campagne francesi i server si moltiplicano. A Vierzon il gruppo Ostrane ha promesso in primavera 640 milioni di euro.",
            record("il gruppo Ostrane ha promesso in primavera 640 milioni di euro", "Ostrane", 640e6, place="Vierzon"),
        ),
    )  # fmt: skip
    assert homes(rows) == [[1], [1]]
    assert events(rows)[1] == ["repeated_no_change"]


def test_a_wire_copy_with_the_sum_converted_is_silent() -> None:
    text = (
        "MADRID - Belmonte Energía will invest 480 million euros in a data centre near Teruel, the company said on Tuesday.\n\n"
        "Work on the 60-megawatt site starts next spring and ends in 2029, chief executive Irene Salvatierra told reporters."
    )
    rows = told(
        piece("2025-07-01", "en", "Belmonte to invest 480 mln euros in Teruel", text,
              record("will invest 480 million euros in a data centre near Teruel", "Belmonte Energía", 480e6, place="Teruel", horizon=2029)),
        piece("2025-07-01", "en", "Z: Belmonte plans Teruel data centre", text.replace("480 million euros", "480 million euros ($565 million)"),
              record("will invest 480 million euros ($565 million) in a data centre near Teruel", "Belmonte Energía", 480e6, place="Teruel", horizon=2029)),
    )  # fmt: skip
    assert homes(rows) == [[1], [1]]
    assert events(rows) == [["new"], ["repeated_no_change"]]


def dispute() -> list[object]:
    def paper(day: str, title: str, figure: str, amount: float) -> object:
        return piece(
            day, "en", title, f"Ostrane is to build a data centre in Vierzon for €{figure}bn, the town hall said.",
            record(f"is to build a data centre in Vierzon for €{figure}bn", "Ostrane", amount, place="Vierzon"), outlet=title,
        )  # fmt: skip

    return [
        paper("2025-03-04", "Morning", "10", 10e9),
        paper("2025-03-05", "Noon", "12", 12e9),
        paper("2025-03-06", "Evening", "10", 10e9),
    ]


def test_papers_that_disagree_are_a_dispute_and_no_change() -> None:
    rows = told(*dispute())
    assert homes(rows) == [[1], [1], [1]]
    assert events(rows)[1:] == [["repeated_no_change"], ["repeated_no_change"]]
    steps = timeline(*dispute())
    assert [s.state.disputed for s in steps] == [False, True, True]
    assert {s.state.amount_min for s in steps} == {10e9}


def test_a_second_independent_paper_settles_a_new_sum() -> None:
    more = piece(
        "2025-04-09", "de", "Abend",
        "In Vierzon lässt der Betreiber Ostrane Bagger und Kräne auffahren; zwölf Hallen sollen es werden. 12 Milliarden Euro steckt die Firma hinein.",
        record("12 Milliarden Euro steckt die Firma hinein", "Ostrane", 12e9, place="Vierzon"), outlet="Abend",
    )  # fmt: skip
    steps = timeline(*dispute()[:2], more)
    assert steps[-1].event == "amount_raised"
    assert steps[-1].state.amount_min == 12e9


def test_a_person_is_obeyed_and_one_edge_of_ours_never_joins_two_groups() -> None:
    found = mentions(first_plan(), *dispute())
    apart = [Judgement(found[0].id, m.id, "different", 0.0, "two halls", by="Ana") for m in found[1:]]
    assert len(groups(found, apart)) == 2
    two = mentions(*dispute()[:2], piece("2025-05-05", "en", "Elsewhere", "Calvane will spend €3bn on chips in Nantes.",
                   record("Calvane will spend €3bn on chips in Nantes", "Calvane", 3e9, place="Nantes", purpose="chips")))  # fmt: skip
    edge = Judgement(two[0].id, two[2].id, "same", 0.9, "")
    others = [*judged(two), Judgement(two[1].id, two[2].id, "different", 0.01, "")]
    assert len(RECOGNISER.partition(two, [*others, edge])) == 2
    person = Judgement(two[0].id, two[2].id, "same", 1.0, "same decision", by="Ana")
    assert len(RECOGNISER.partition(two, [*others, person])) == 1


def test_a_name_takes_the_place_of_a_description() -> None:
    later = piece(
        "2025-03-06", "de", "Ostrane baut in Vierzon",
        "Der Betreiber Ostrane steckt 640 Millionen Euro in ein Rechenzentrum im französischen Vierzon, im Département Cher.",
        record("steckt 640 Millionen Euro in ein Rechenzentrum", "Ostrane", 640e6, place=("Vierzon", "Cher")),
    )  # fmt: skip
    vague = piece(
        "2025-03-04", "fr", "Un centre de données à Vierzon",
        "Le groupe va investir 640 millions d’euros dans un centre de données à Vierzon, dans le Cher, d’ici 2028, a dit Ostrane.",
        record("va investir 640 millions d’euros", "le groupe", 640e6, place=("Vierzon", "Cher"), horizon=2028),
    )  # fmt: skip
    again = piece(
        "2025-03-08", "fr", "Vierzon attend son centre",
        "À Vierzon, dans le Cher, le groupe va investir 640 millions d’euros dans son centre de données, rappelle Ostrane.",
        record("va investir 640 millions d’euros", "le groupe", 640e6, place=("Vierzon", "Cher")),
    )  # fmt: skip
    assert [step.state.investor for step in timeline(vague, later, again)] == [("le groupe",), ("Ostrane",), ("Ostrane",)]


def test_a_name_takes_the_place_of_a_description_with_a_capital() -> None:
    told = "A %s will invest $640 million in an AI data centre in Boise, Idaho, by 2028, the mayor said."
    first, later = (
        piece(day, "en", "A data centre for Boise", told % who, record("will invest $640 million", who, 640e6, place="Boise", currency="USD", horizon=2028))
        for day, who in (("2025-03-04", "Danish-owned developer"), ("2025-03-06", "Ostrane"))
    )  # fmt: skip
    steps = RECOGNISER.fold(mentions(first, later))
    assert [step.state.investor for step in steps] == [("Danish-owned developer",), ("Ostrane",)]


def test_nobody_is_told_to_pay_itself() -> None:
    first, later = (
        piece(day, "en", "A fab for Novara", f"{who} will put 3.2 billion euros into a fab at Novara.", record("will put 3.2 billion euros", who, 3.2e9, recipient=to, place="Novara"))
        for day, who, to in (("2025-03-04", "Silicon Box", None), ("2025-03-06", "The unlisted group", "Silicon Box"))
    )  # fmt: skip
    assert [(s.state.investor, s.state.recipient) for s in RECOGNISER.fold(mentions(first, later))] == [(("Silicon Box",), None)] * 2
