"""Kinds of institutions by the words of the lists."""

import pytest

from app.institutions.kinds import (
    BY_SLUG,
    ENGLISH,
    KINDS,
    called,
    kind_of_name,
    kinds_named,
    read_kind,
)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Kita", "daycare"),
        ("Kindergarten", "daycare"),
        ("Grundschule", "primary_school"),
        ("Gesamtschule", "comprehensive_school"),
        ("AUSLÄNDERBEHÖRDE", "immigration_office"),
        ("Auslaenderbehoerde", "immigration_office"),
        ("Job-Center", "jobcenter"),
        ("Jobcenter (SGB II)", "jobcenter"),
        ("Sozialämter", "social_office"),
        ("Frauenberatung", "womens_counselling"),
    ],
)
def test_labels_are_understood(text: str, slug: str) -> None:
    assert read_kind(text).slug == slug


def test_every_kind_has_a_name_in_both_languages() -> None:
    assert ENGLISH.keys() == BY_SLUG.keys()
    assert (called("daycare", "de"), called("daycare", "en")) == ("Kita", "Day care")
    assert (called("castle", "de"), called("castle", "en")) == ("Sonstige", "Other")


def test_unknown_label_is_other_and_kept() -> None:
    kind = read_kind("Tierheim")
    assert (kind.slug, kind.label) == ("other", "Tierheim")


def test_a_name_tells_its_kind() -> None:
    assert kind_of_name("Jobcenter Echzell").slug == "jobcenter"
    assert kind_of_name("Wiesengrundschule Altenstadt").slug == "primary_school"
    assert kind_of_name("Verein Brücke").slug == "other"


def test_groups_stand_for_their_kinds() -> None:
    named = kinds_named("Kita/Schule")
    assert named is not None
    assert set(named) == {k.slug for k in KINDS if k.is_school or k.is_daycare}
    assert kinds_named("Sozialamt und Montag") is None


def test_measles_proof_is_for_day_care_schools_and_shelters() -> None:
    needing = {kind.slug for kind in KINDS if kind.measles_applies}
    assert needing == {"daycare", "shelter"} | {k.slug for k in KINDS if k.is_school}


def test_slugs_are_unique() -> None:
    assert len(BY_SLUG) == len(KINDS)
