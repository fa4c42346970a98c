"""The payment file: what a bank reads in it, the same bytes each time, and what is refused."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from allowance.transfers import Order, Payer, Payment, iban_of, pain001, plain

IBAN = "DE89370400440532013000"
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
ONE = Payment("LW-1-1", "Mirela Müßig", IBAN, 2000, "Aufwandsentschädigung 12/2026")
ORDER = Order(
    "LW-1",
    datetime(2027, 1, 4, 10, 0),  # noqa: DTZ001 - the wall clock of the order
    date(2027, 1, 5),
    Payer("Wetteraukreis & Partner", "DE89 3704 0044 0532 0130 00"),
    (ONE, replace(ONE, end_to_end_id="LW-1-2", name="Dilan Beispiel", cents=1)),
)


def read(made: bytes, path: str) -> list[str]:
    """The texts at a path of the file."""
    steps = "/".join(f"p:{step}" for step in path.split("/"))
    return [str(one.text) for one in etree.fromstring(made).findall(f".//{steps}", SPACE)]


def test_file_holds_sums_ids_and_payments() -> None:
    made = pain001(ORDER)
    assert read(made, "GrpHdr/MsgId") == read(made, "PmtInfId") == ["LW-1"]
    assert read(made, "GrpHdr/CreDtTm") == ["2027-01-04T10:00:00"]
    assert read(made, "NbOfTxs") == ["2", "2"]
    assert read(made, "CtrlSum") == ["20.01", "20.01"]
    assert read(made, "ReqdExctnDt/Dt") == ["2027-01-05"]
    assert read(made, "DbtrAcct/Id/IBAN") == [IBAN]
    assert read(made, "DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]
    assert read(made, "Amt/InstdAmt") == ["20.00", "0.01"]
    assert read(made, "PmtId/EndToEndId") == ["LW-1-1", "LW-1-2"]


def test_german_letters_are_written_out() -> None:
    made = pain001(ORDER)
    assert read(made, "Dbtr/Nm") == ["Wetteraukreis + Partner"]
    assert read(made, "Cdtr/Nm") == ["Mirela Muessig", "Dilan Beispiel"]
    assert read(made, "RmtInf/Ustrd")[0] == "Aufwandsentschaedigung 12/2026"


def test_same_order_gives_the_same_bytes() -> None:
    assert pain001(ORDER) == pain001(replace(ORDER))
    assert pain001(ORDER) != pain001(replace(ORDER, message_id="LW-2"))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"payments": ()}, "at least one payment"),
        ({"payments": (ONE, ONE)}, "LW-1-1 is in the order twice"),
        ({"payments": (replace(ONE, cents=0),)}, "no amount that can be paid"),
        ({"payments": (replace(ONE, cents=-100),)}, "no amount that can be paid"),
        ({"payments": (replace(ONE, iban="DE88370400440532013000"),)}, "figure by figure"),
        ({"payments": (replace(ONE, name="🙂"),)}, "cannot read the name"),
        ({"payments": (replace(ONE, end_to_end_id="a b"),)}, "is no id"),
        ({"message_id": "x" * 36}, "is no id"),
        ({"payer": Payer("Kreis", "")}, "figure by figure"),
    ],
)
def test_order_no_bank_would_carry_out_is_refused(
    change: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        pain001(replace(ORDER, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Müller & Söhne GmbH", "Mueller + Soehne GmbH"),
        ("Straße ÄÖÜ", "Strasse AeOeUe"),
        ("Mu\u0308ller", "Mueller"),
        ("Yıldız Şahin-O'Neill", "Yildiz Sahin-O'Neill"),
        ("Łukasz <Ćwik>", "Lukasz Cwik"),
        ("  zwei \t Zeilen\n", "zwei Zeilen"),
        ("Олена", "Olena"),
    ],
)
def test_names_are_written_in_letters_every_bank_takes(text: str, told: str) -> None:
    assert plain(text, 70) == told


@given(st.text(max_size=90), st.text(max_size=200), st.integers(1, 10**9))
@settings(deadline=None, max_examples=60)
def test_whatever_is_typed_the_file_keeps_its_schema(name: str, purpose: str, cents: int) -> None:
    payment = replace(ONE, name=f"A{name}", purpose=purpose, cents=cents)
    made = pain001(replace(ORDER, payments=(payment,)))
    assert read(made, "CdtTrfTxInf/Amt/InstdAmt") == [f"{cents // 100}.{cents % 100:02d}"]


def test_iban_is_read_with_blanks_and_small_letters() -> None:
    assert iban_of("de89 3704 0044 0532 0130 00") == IBAN
