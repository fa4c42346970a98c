"""Every cent has a sentence, in German and in English."""

import pytest

from allowance import Line, Reason, duration, explain, explain_note

HOUR: dict[str, int | str] = {"unit": "hour", "rate_cents": 500, "unit_minutes": 60}
FLAT: dict[str, int | str] = {"unit": "assignment", "rate_cents": 2000, "unit_minutes": 60}
STARTED: dict[str, int | str] = {"unit": "started", "rate_cents": 1500, "unit_minutes": 60}
CAPPED: dict[str, int | str] = {"rate_cents": 500, "cap_minutes": 16_560, "unpaid_minutes": 60}


def line(minutes: int, paid: int, cents: int, reason: Reason) -> Line:
    """A line of a claim."""
    return Line("record", minutes, paid, cents, "plan", reason)


@pytest.mark.parametrize(
    ("told", "german", "english"),
    [
        (
            line(60, 60, 500, Reason("hours", HOUR)),
            "1 Std. zu 5,00 EUR pro Stunde: 5,00 EUR.",
            "1 h at 5.00 EUR per hour: 5.00 EUR.",
        ),
        (
            line(20, 20, 166, Reason("hours", HOUR)),
            "20 Min. zu 5,00 EUR pro Stunde: 1,66 EUR (der Monat wird in der Summe gerundet).",
            "20 min at 5.00 EUR per hour: 1.66 EUR (the month is rounded as a sum).",
        ),
        (
            line(20, 60, 500, Reason("hours", HOUR)),
            "1 Std. (erfasst 20 Min.) zu 5,00 EUR pro Stunde: 5,00 EUR.",
            "1 h (recorded 20 min) at 5.00 EUR per hour: 5.00 EUR.",
        ),
        (
            line(90, 90, 2000, Reason("flat", FLAT)),
            "Pauschale je Einsatz: 20,00 EUR.",
            "Flat amount per assignment: 20.00 EUR.",
        ),
        (
            line(90, 90, 3000, Reason("started_units", STARTED)),
            "2 × 15,00 EUR je angefangene 1 Std.: 30,00 EUR.",
            "2 × 15.00 EUR per begun 1 h: 30.00 EUR.",
        ),
        (
            line(90, 30, 250, Reason("year_cap", CAPPED)),
            "Jahresgrenze von 276 Std. erreicht (1 Std. ohne Zahlung). "
            "30 Min. (erfasst 1 Std. 30 Min.) zu 5,00 EUR pro Stunde: 2,50 EUR.",
            "Year cap of 276 h reached (1 h without pay). "
            "30 min (recorded 1 h 30 min) at 5.00 EUR per hour: 2.50 EUR.",
        ),
        (
            line(60, 0, 0, Reason("client_cap", {"cap": 5})),
            "Im Förderjahr werden höchstens 5 Einsätze für denselben Begleitfall bezahlt. "
            "Keine Zahlung: 0,00 EUR.",
            "At most 5 assignments for the same client are paid in a grant year. No pay: 0.00 EUR.",
        ),
        (
            line(60, 60, 1000, Reason("cancelled_late", {**FLAT, "percent": 50})),
            "Kurzfristig abgesagt. 50 % der Vergütung: 10,00 EUR.",
            "Cancelled at short notice. 50 % of the pay: 10.00 EUR.",
        ),
    ],
)
def test_line_is_told_in_both_languages(told: Line, german: str, english: str) -> None:
    assert explain(told, "de") == german
    assert explain(told, "en") == english


def test_covered_slot_of_a_group_event_says_why_it_pays_nothing() -> None:
    covered = line(10, 10, 0, Reason("group_event", FLAT))
    assert explain(covered) == (
        "Gruppentermin, wird insgesamt einmal vergütet. Keine Zahlung: 0,00 EUR."
    )


@pytest.mark.parametrize(
    ("code", "params"),
    [
        ("unverified_plan", {"plan_key": "p", "title_de": "Satz", "title_en": "rate"}),
        ("longer_than_span", {"record_id": "r1"}),
        ("client_unknown", {"record_id": "r1"}),
        ("group_per_client", {"record_id": "r1"}),
    ],
)
def test_notes_ask_a_person_to_check(code: str, params: dict[str, int | str]) -> None:
    assert explain_note(Reason(code, params)).startswith("Bitte prüfen: ")
    assert explain_note(Reason(code, params), "en").startswith("Please check: ")


@pytest.mark.parametrize("code", ["year_cap", "client_cap"])
def test_notes_count_the_lines_a_cap_cuts(code: str) -> None:
    assert explain_note(Reason(code, {"count": 3})).endswith(": 3.")


def test_unknown_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="'magic'"):
        explain(line(1, 1, 1, Reason("magic")))
    with pytest.raises(ValueError, match="'magic'"):
        explain_note(Reason("magic"))


def test_durations_read_in_both_languages() -> None:
    assert [duration(minutes) for minutes in (0, 45, 60, 95)] == [
        "0 Min.",
        "45 Min.",
        "1 Std.",
        "1 Std. 35 Min.",
    ]
    assert duration(95, "en") == "1 h 35 min"
