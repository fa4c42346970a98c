"""Kinds of institutions: what a list calls them, and which of them belong together."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from allowance.money import is_english
from app.names import folded

_WORDS = re.compile(r"[^\W_]+")
# Shorter words ("GS", "BS") stand in names for other things as well.
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class Kind:
    """What sort of place an institution is.

    Attributes
    ----------
    slug : str
        The name in code, tables and policies.
    label : str
        The German name; for `other` the words of the list, so that nothing is lost.
    variants : tuple of str
        Other names lists use for it.
    is_school, is_daycare : bool
        Whether it belongs to that group, as in the remark "nur Kita/Schule".
    is_office : bool
        Whether it is a public authority, as in the remark "keine Behörden".
    measles_applies : bool
        Whether people born after 1970 need a measles proof there.

    References
    ----------
    § 20 (8) IfSG: day care, schools and shelters.
    """

    slug: str
    label: str
    variants: tuple[str, ...] = ()
    is_school: bool = False
    is_daycare: bool = False
    is_office: bool = False
    measles_applies: bool = False


def _daycare(slug: str, label: str, *variants: str) -> Kind:
    return Kind(slug, label, variants, is_daycare=True, measles_applies=True)


def _school(slug: str, label: str, *variants: str) -> Kind:
    return Kind(slug, label, variants, is_school=True, measles_applies=True)


def _office(slug: str, label: str, *variants: str) -> Kind:
    return Kind(slug, label, variants, is_office=True)


def _place(slug: str, label: str, *variants: str) -> Kind:
    return Kind(slug, label, variants)


PROTECTED_KINDS = frozenset({"womens_counselling"})
"""Institutions whose address is nowhere written down: there only the town is said."""
OTHER = Kind("other", "Sonstige", ("Sonstiges", "Andere", "Anderes"))

KINDS: tuple[Kind, ...] = (
    _daycare(
        "daycare", "Kita", "Kindertagesstätte", "Kindertageseinrichtung", "Kindergarten",
        "Kindergärten", "Krippe", "Kinderkrippe", "Kinderhaus", "Kinderhort", "Hort", "Tagespflege",
        "Kindertagespflege",
    ),
    _school("primary_school", "Grundschule", "Grundschulen", "GS", "Vorklasse"),
    _school(
        "comprehensive_school", "Gesamtschule", "IGS", "KGS", "Integrierte Gesamtschule",
        "Kooperative Gesamtschule",
    ),
    _school(
        "secondary_school", "Weiterführende Schule", "Gymnasium", "Realschule", "Hauptschule",
        "Mittelstufenschule", "Haupt- und Realschule", "Oberstufe", "Oberstufengymnasium", "Schule",
    ),
    _school("vocational_school", "Berufsschule", "Berufliche Schule", "Berufliche Schulen", "BS",
            "Berufsfachschule", "Fachschule"),
    _school("special_school", "Förderschule", "Sonderschule", "Schule mit Förderschwerpunkt", "BFZ",
            "Beratungs- und Förderzentrum"),
    Kind(
        "shelter", "Gemeinschaftsunterkunft",
        ("GU", "Unterkunft", "Flüchtlingsunterkunft", "Asylunterkunft", "Sammelunterkunft",
         "Erstaufnahme", "Erstaufnahmeeinrichtung", "HEAE", "Wohnheim", "Notunterkunft"),
        measles_applies=True,
    ),
    _office("youth_office", "Jugendamt", "ASD", "Allgemeiner Sozialer Dienst", "Jugendhilfe"),
    _office("social_office", "Sozialamt", "Fachbereich Soziales", "Fachdienst Soziales",
            "Amt für Soziales", "Sozialer Dienst"),
    _office("health_office", "Gesundheitsamt", "Fachbereich Gesundheit", "Fachdienst Gesundheit",
            "Amt für Gesundheit"),
    _office("citizens_office", "Bürgerbüro", "Bürgeramt", "Bürgerservice", "Einwohnermeldeamt",
            "Meldeamt", "Meldebehörde", "Rathaus", "Stadtverwaltung", "Gemeindeverwaltung"),
    _place(
        "counselling", "Beratungsstelle", "Beratung", "Migrationsberatung", "Sozialberatung", "MBE",
        "Jugendmigrationsdienst", "JMD", "Flüchtlingsberatung", "Erziehungsberatung",
        "Schuldnerberatung", "Schwangerenberatung", "Familienberatung", "Asylberatung",
    ),
    _place("womens_counselling", "Frauenberatung", "Frauenberatungsstelle", "Frauenhaus",
           "Frauennotruf", "Frauenbüro"),
    _office("jobcenter", "Jobcenter", "Job-Center", "Kommunales Jobcenter"),
    _office("employment_agency", "Agentur für Arbeit", "Arbeitsagentur", "Arbeitsamt",
            "Bundesagentur für Arbeit"),
    _office("immigration_office", "Ausländerbehörde", "Ausländeramt", "ABH",
            "Migrationsamt", "Zuwanderungsbehörde", "Einbürgerungsbehörde"),
    _office("bamf", "BAMF", "Bundesamt für Migration und Flüchtlinge",
            "Bundesamt für Migration"),
    _office("police", "Polizei", "Polizeistation", "Polizeipräsidium", "Polizeirevier",
            "Polizeidirektion", "Kriminalpolizei", "JVA", "Justizvollzugsanstalt"),
    _office("court", "Gericht", "Amtsgericht", "Landgericht", "Familiengericht",
            "Verwaltungsgericht", "Sozialgericht", "Arbeitsgericht", "Staatsanwaltschaft"),
    _place(
        "doctor", "Arztpraxis", "Arzt", "Ärztin", "Ärzte", "Praxis", "Hausarzt", "Hausarztpraxis",
        "Kinderarzt", "Kinderarztpraxis", "Zahnarzt", "Zahnarztpraxis", "Facharzt", "Frauenarzt",
        "MVZ", "Medizinisches Versorgungszentrum", "Dr. med",
    ),
    _place("hospital", "Klinik", "Klinikum", "Kliniken", "Krankenhaus", "Krankenhäuser", "Hospital",
           "Kinderklinik", "Psychiatrie", "SPZ", "Sozialpädiatrisches Zentrum"),
    _place("therapy", "Therapie", "Psychotherapie", "Psychotherapeut", "Psychotherapeutin",
           "Therapeut", "Therapeutin", "Ergotherapie", "Logopädie", "Frühförderung",
           "Frühförderstelle"),
    _place("lawyer", "Rechtsanwalt", "Rechtsanwältin", "Rechtsanwälte", "Anwalt", "Anwältin",
           "Anwälte",
           "Anwaltskanzlei",
           "Kanzlei", "Rechtsanwaltskanzlei"),
    _place("notary", "Notariat", "Notar", "Notarin"),
    _office("registry_office", "Standesamt"),
    _place("family_centre", "Familienzentrum", "Mehrgenerationenhaus", "Mütterzentrum",
           "Familienbildungsstätte", "Familienbildung"),
    _place("library", "Bücherei", "Bibliothek", "Stadtbücherei", "Stadtbibliothek", "Mediathek"),
    _place("integration_course", "Integrationskurs", "Sprachkurs", "Sprachschule",
           "Volkshochschule", "VHS", "Bildungsträger"),
    _office("housing_office", "Wohnungsamt", "Wohngeldstelle", "Amt für Wohnen",
            "Wohnungsbaugesellschaft"),
    _office("school_office", "Schulamt", "Staatliches Schulamt", "Aufnahme- und Beratungszentrum",
            "ABZ", "Schulverwaltungsamt"),
    OTHER,
)  # fmt: skip


def _by_name() -> dict[str, Kind]:
    names = {}
    for kind in KINDS:
        for name in (kind.slug, kind.label, *kind.variants):
            names[folded(name)] = kind
    return names


_BY_NAME: Mapping[str, Kind] = MappingProxyType(_by_name())
BY_SLUG: Mapping[str, Kind] = MappingProxyType({kind.slug: kind for kind in KINDS})
ENGLISH: Mapping[str, str] = MappingProxyType({
    "daycare": "Day care", "primary_school": "Primary school",
    "comprehensive_school": "Comprehensive school", "secondary_school": "Secondary school",
    "vocational_school": "Vocational school", "special_school": "Special school",
    "shelter": "Shelter", "youth_office": "Youth office", "social_office": "Social office",
    "health_office": "Public health office", "citizens_office": "Citizens' office",
    "counselling": "Advice centre", "womens_counselling": "Women's advice centre",
    "jobcenter": "Jobcenter", "employment_agency": "Employment agency",
    "immigration_office": "Immigration office", "bamf": "Federal Office for Migration (BAMF)",
    "police": "Police", "court": "Court", "doctor": "Doctor's practice", "hospital": "Hospital",
    "therapy": "Therapy", "lawyer": "Lawyer's office", "notary": "Notary's office",
    "registry_office": "Registry office", "family_centre": "Family centre", "library": "Library",
    "integration_course": "Integration course", "housing_office": "Housing office",
    "school_office": "School authority", "other": "Other",
})  # fmt: skip
"""What readers of English call each kind."""

# Names of several words stand anywhere: "Agentur für Arbeit Gießen".
_LONG = tuple(folded(n) for k in KINDS for n in (k.label, *k.variants) if " " in n)

_GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "schule": tuple(kind.slug for kind in KINDS if kind.is_school),
        "behoerde": tuple(kind.slug for kind in KINDS if kind.is_office),
        "amt": tuple(kind.slug for kind in KINDS if kind.is_office),
        "aemter": tuple(kind.slug for kind in KINDS if kind.is_office),
    }
)


def called(slug: str, locale: str) -> str:
    """The name of a kind for readers; `other` where it is not known."""
    kind = BY_SLUG.get(slug, OTHER)
    return ENGLISH[kind.slug] if is_english(locale) else kind.label


def read_kind(text: str) -> Kind:
    """The kind a list means; an unknown label becomes `other` and keeps its words.

    Singular and plural, umlauts, dashes and spaces make no difference, and words beside the kind
    do not hide it ("Jobcenter (SGB II)").
    """
    kind = _known(text) or kind_of_name(text)
    label = " ".join(text.split())
    return replace(kind, label=label) if kind == OTHER and label else kind


def kind_of_name(name: str) -> Kind:
    """The kind an institution's own name tells ("Jobcenter Echzell"), else `other`.

    For lists without a column for the kind: a forbidden place stays forbidden.
    """
    words = _WORDS.findall(unicodedata.normalize("NFC", name))
    for word in words:
        kind = _known(word) if len(word) >= _SHORTEST else None
        if kind is not None:
            return kind
    whole = folded(name)
    for variant in _LONG:
        if variant in whole:
            return _BY_NAME[variant]
    for word in words:
        kind = _ending(folded(word))
        if kind is not None:
            return kind
    return OTHER


def kinds_named(text: str) -> tuple[str, ...] | None:
    """Slugs of the kinds in a phrase such as "Kita/Schule"; None when one is not understood.

    "Schule" and "Behörde" stand for their whole group.
    """
    parts = [part for part in re.split(r"[/,;+&]|\bund\b|\boder\b", text) if part.strip()]
    slugs: list[str] = []
    for part in parts:
        found = _group(part)
        if found is None:
            return None
        slugs += [slug for slug in found if slug not in slugs]
    return tuple(slugs) or None


def _group(part: str) -> tuple[str, ...] | None:
    name = folded(part)
    for candidate in (name, name.removesuffix("n"), name.removesuffix("en")):
        if candidate in _GROUPS:
            return _GROUPS[candidate]
    kind = _known(part)
    return None if kind is None else (kind.slug,)


def _known(text: str) -> Kind | None:
    name = folded(text)
    endings = ("", "n", "en", "s", "e", "er")
    candidates = [name.removesuffix(ending) for ending in endings if name.endswith(ending)]
    # "Sozialämter" is the plural of "Sozialamt".
    candidates.append(name.removesuffix("er").replace("aemt", "amt"))
    return next((_BY_NAME[c] for c in candidates if c in _BY_NAME), None)


def _ending(word: str) -> Kind | None:
    """The kind of a compound ("Löwenzahnschule", "Waldkita"): its longest known ending."""
    endings = (word[at:] for at in range(1, len(word) - _SHORTEST + 1))
    return next((_BY_NAME[ending] for ending in endings if ending in _BY_NAME), None)
