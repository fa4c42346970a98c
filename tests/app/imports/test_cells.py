"""Single cells: choices, codes, names."""

import pytest

from app.imports import cells
from app.names import same_institution, same_name, same_town


@pytest.mark.parametrize(
    ("text", "gender"),
    [("w", "f"), ("W", "f"), ("weiblich", "f"), ("Frau", "f"), ("männl.", "m"), ("divers", "d")],
)
def test_genders_are_read(text: str, gender: str) -> None:
    assert cells.read_gender(text) == gender


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("w", ("f", False)),
        ("egal", ("any", False)),
        ("nur w", ("f", True)),
        ("m", ("m", False)),
        ("Frau bevorzugt", ("f", False)),
        ("unbedingt weiblich", ("f", True)),
        ("beliebig", ("any", False)),
    ],
)
def test_only_a_stressed_wish_is_hard(text: str, wish: tuple[str, bool]) -> None:
    assert cells.read_wish(text) == wish


@pytest.mark.parametrize(
    ("text", "roles", "coordinating"),
    [
        ("Integrationslotse/-lotsin", ("guide",), False),
        ("Integrationslots*in", ("guide",), False),
        ("Laiendolmetscher/in", ("interpreter",), False),
        ("Lotse (koordinierend)", ("guide",), True),
        ("beides", ("interpreter", "guide"), False),
        ("IL/LD", ("interpreter", "guide"), False),
        ("LD", ("interpreter",), False),
        ("Sprachmittler:in", ("interpreter",), False),
        ("Dolm.", ("interpreter",), False),
    ],
)
def test_roles_are_read(text: str, roles: tuple[str, ...], coordinating: bool) -> None:
    assert cells.read_roles(text) == (roles, coordinating, "")


def test_words_beside_a_role_are_kept() -> None:
    assert cells.read_roles("Lotse seit 2019")[2] == "Lotse seit 2019"


@pytest.mark.parametrize("text", ["Koch", "kein Lotse", "ehemalige Dolmetscherin"])
def test_no_role_is_no_role(text: str) -> None:
    with pytest.raises(ValueError, match="role"):
        cells.read_roles(text)


@pytest.mark.parametrize(
    ("text", "mode"),
    [("vor Ort", "on_site"), ("Telefon", "phone"), ("telefonisch", "phone"), ("online", "video")],
)
def test_modes_are_read(text: str, mode: str) -> None:
    assert cells.read_mode(text) == mode


@pytest.mark.parametrize(
    ("text", "answer"),
    [("ja", "yes"), ("x", "yes"), ("ja (2x)", "yes"), ("entfällt", "not_needed")],
)
def test_measles_answers_are_read(text: str, answer: str) -> None:
    assert cells.read_measles(text) == answer


@pytest.mark.parametrize(
    ("text", "level"), [("B2", "B2"), ("b1+", "B1"), ("B2 (Zertifikat)", "B2"), ("B2/C1", "B2")]
)
def test_levels_are_read(text: str, level: str) -> None:
    assert cells.read_level(text) == level


def test_iban_is_kept_without_spaces() -> None:
    assert cells.read_iban("DE90 5005 0000 4070 3789 21") == "DE90500500004070378921"


@pytest.mark.parametrize("text", ["DE91 5005 0000 4070 3789 21", "4070378921", "DE90"])
def test_iban_with_wrong_digits_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        cells.read_iban(text)


@pytest.mark.parametrize("text", ["mirela.o'connor6@example.org", "gülsen.al-khatib@example.org"])
def test_addresses_with_apostrophes_and_umlauts_are_fine(text: str) -> None:
    assert cells.read_email(text) == text


@pytest.mark.parametrize("text", ["O'Connor", "محمد", "Al-Khatib", "Ngọc", "Zoë", "ወልደ"])
def test_names_in_any_script_are_fine(text: str) -> None:
    assert cells.read_name(text) == text


@pytest.mark.parametrize(
    ("text", "surname_first", "names"),
    [
        ("Karimi, Leyla", True, ("Karimi", "Leyla")),
        ("Karimi Leyla", True, ("Karimi", "Leyla")),
        ("Leyla Karimi", False, ("Karimi", "Leyla")),
        ("Zarghuna", False, ("Zarghuna", "")),
    ],
)
def test_whole_names_are_split(text: str, surname_first: bool, names: tuple[str, str]) -> None:
    assert cells.split_name(text, surname_first=surname_first) == names


def test_spellings_of_one_name_are_one() -> None:
    spellings = ("Müller", "MUELLER", "mu\u0308ller", " Mü-ller ")
    assert len({same_name(name) for name in spellings}) == 1
    assert same_name("محمد") != same_name("أحمد")


def test_spellings_of_one_institution_are_one() -> None:
    assert same_institution("Kita St. Bonifatius") == same_institution("KITA Sankt-Bonifatius")
    assert same_institution("Jugendamt – Außenstelle") == same_institution("Jugendamt Aussenstelle")
    assert same_town("Friedberg (Hessen)") == same_town("friedberg")


def test_a_phone_number_a_sheet_has_rounded_is_refused() -> None:
    assert cells.read_phone("0151 23456789") == "0151 23456789"
    with pytest.raises(ValueError, match="phone"):
        cells.read_phone("1,51235E+11")
