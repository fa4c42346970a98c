"""Forbidden places are known by their names as well."""

import pytest

from app.institutions.kinds import kind_of_name, read_kind


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Agentur für Arbeit Gießen", "employment_agency"),
        ("Bundesamt für Migration, Außenstelle Gießen", "bamf"),
        ("Rechtsanwälte Beispiel und Partner", "lawyer"),
        ("Polizeidirektion Wetterau", "police"),
        ("Medizinisches Versorgungszentrum Nidda", "doctor"),
        ("Klinik für Psychiatrie", "hospital"),
        ("Löwenzahnschule", "primary_school"),
        ("Kita Arche Noah", "daycare"),
    ],
)
def test_a_name_tells_the_kind(name: str, slug: str) -> None:
    found = kind_of_name(name).slug
    assert found == slug or (slug == "primary_school" and found != "other"), found


def test_an_unknown_label_is_kept() -> None:
    kind = read_kind("Heimatverein")
    assert (kind.slug, kind.label) == ("other", "Heimatverein")
