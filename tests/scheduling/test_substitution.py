"""Which language stands in for which."""

import pytest

from scheduling.languages import catalogue, stand_ins, substitution, substitution_table

_ARABIC = [tag for tag, one in catalogue().items() if one.variety_of == "ar"]


def _cost(wanted: str, spoken: str) -> int | None:
    found = substitution(wanted, spoken)
    return None if found is None else found.cost


@pytest.mark.parametrize("variety", _ARABIC)
def test_arabic_and_its_varieties_cost_20_either_way(variety: str) -> None:
    assert (_cost("ar", variety), _cost(variety, "ar")) == (20, 20)


@pytest.mark.parametrize(
    ("wanted", "spoken", "cost"),
    [
        ("bs", "hr", 5),
        ("hr", "sr", 5),
        ("sr", "bs", 5),
        ("prs", "fa", 15),
        ("fa", "prs", 15),
        ("apc", "acm", 25),
        ("acm", "apc", 25),
        ("apc", "ary", 60),
        ("ary", "apc", None),
        ("kmr", "ckb", None),
        ("ckb", "kmr", None),
        ("ti", "tig", None),
        ("pa", "pnb", None),
        ("uk", "pl", None),
        ("de", "de", 0),
    ],
)
def test_a_substitution_has_its_cost(wanted: str, spoken: str, cost: int | None) -> None:
    assert _cost(wanted, spoken) == cost


@pytest.mark.parametrize(("wanted", "spoken"), [("uk", "ru"), ("kmr", "tr"), ("aln", "sr")])
def test_some_languages_stand_in_only_with_consent(wanted: str, spoken: str) -> None:
    found = substitution(wanted, spoken)
    assert found is not None
    assert found.needs_consent
    assert substitution(spoken, wanted) is None


def test_consent_is_needed_nowhere_else() -> None:
    _, consent = substitution_table(tuple(catalogue()))
    assert sum(map(sum, consent)) == 3


def test_the_table_has_rows_for_wanted_and_columns_for_spoken() -> None:
    costs, consent = substitution_table(("uk", "ru", "kmr"))
    assert costs == ((0, 30, -1), (-1, 0, -1), (-1, -1, 0))
    assert consent == ((False, True, False), (False, False, False), (False, False, False))


def test_every_cost_is_between_0_and_100_or_never() -> None:
    costs, _ = substitution_table(tuple(catalogue()))
    assert all(cost == -1 or 0 <= cost <= 100 for row in costs for cost in row)
    assert all(row[index] == 0 for index, row in enumerate(costs))


def test_an_unknown_tag_is_refused() -> None:
    with pytest.raises(ValueError, match="xx"):
        substitution("xx", "ar")


def test_stand_ins_come_best_first_and_never_name_the_language_itself() -> None:
    assert [(tag, one.cost) for tag, one in stand_ins("apc")] == [
        ("ar", 20),
        ("acm", 25),
        ("ary", 60),
    ]
    assert stand_ins("ckb") == ()
    assert [(tag, one.needs_consent) for tag, one in stand_ins("uk")] == [("ru", True)]


@pytest.mark.parametrize("wanted", sorted(catalogue()))
def test_stand_ins_agree_with_the_pairs(wanted: str) -> None:
    known = dict(stand_ins(wanted))
    for spoken in catalogue():
        if spoken != wanted:
            assert known.get(spoken) == substitution(wanted, spoken)


def test_stand_ins_of_an_unknown_tag_are_refused() -> None:
    with pytest.raises(ValueError, match="xx"):
        stand_ins("xx")
