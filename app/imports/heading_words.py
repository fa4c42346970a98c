"""The headings lists use, folded to letters and digits, by the field they mean."""

from collections.abc import Mapping
from types import MappingProxyType

_PERSON: dict[str, str] = {
    "row": "nr lfdnr lfdnummer laufendenummer nummer id zeile pos",
    "postal_code": "plz postleitzahl plznr",
    "town": "ort wohnort stadt gemeinde kommune wohnsitz einsatzort standort",
    "place": "plzort plzwohnort plzundort plzundwohnort plzstadt postleitzahlort ortplz",
    "phone": "telefon tel telefonnummer telnr telefonnr festnetz fon rufnummer",
    "mobile": "handy mobil handynummer mobiltelefon mobilnummer handynr mobilnr",
    "email": "email mail emailadresse mailadresse",
    "remark": "bemerkung bemerkungen notiz notizen anmerkung anmerkungen hinweis hinweise "
    "sonstiges kommentar kommentare besonderheiten",
}

_VOLUNTEERS: dict[str, str] = {
    **_PERSON,
    "surname": "nachname name familienname zuname",
    "given_name": "vorname vornamen rufname",
    "full_name": "vorundnachname vornamename vornamenachname vorundzuname vornameundnachname "
    "vollername",
    "name_surname_first": "namevorname nachnamevorname familiennamevorname",
    "birth_date": "gebam geb geburtsdatum gebdatum gebdat geburtstag geborenam geboren gebtag",
    "gender": "mwd wmd mw wm geschlecht anrede wd dwm",
    "role": "rolle rollen taetigkeit taetigkeiten funktion funktionen einsatzals aufgabe "
    "aufgaben taetigals einsatzbereich",
    "languages": "sprachen sprache sprachkenntnisse fremdsprachen arbeitssprachen "
    "dolmetschsprachen dolmetschersprachen sprachemitniveau sprachenmitniveau sprachenniveau "
    "spracheniveau spricht",
    "german_level": "deutsch deutschniveau deutschkenntnisse niveaudeutsch deutschlevel "
    "sprachniveaudeutsch deutschstufe",
    "training_day": "schulungam schulung basisqualifizierung basisqualifizierungam qualifizierung "
    "qualifizierungam schulungsdatum grundschulung basisschulung geschultam fortbildung "
    "ausbildungam qualifizierungsdatum datumschulung",
    "training_units": "ue unterrichtseinheiten schulungue umfangue anzahlue stundenumfang "
    "schulungsumfang ueschulung",
    "clearance_issued": "fzausgestellt fuehrungszeugnisausgestellt fuehrungszeugnisvom fzvom "
    "efzvom efzausgestellt fuehrungszeugnis fz efz fzausstellung fzdatum ausstellungfz "
    "ausstellungsdatumfz erweitertesfuehrungszeugnisvom erweitertesfuehrungszeugnis "
    "erweitertesfuehrungszeugnisausgestellt",
    "clearance_seen": "fzgesehen fuehrungszeugnisgesehen fzeingesehen efzgesehen efzeingesehen "
    "fuehrungszeugniseingesehen einsichtfz einsichtfuehrungszeugnis fzeinsicht fzvorgelegt "
    "fuehrungszeugnisvorgelegt efzvorgelegt fzgeprueft erweitertesfuehrungszeugnisgesehen",
    "declaration_day": "erklaerung verschwiegenheitserklaerung verschwiegenheit schweigepflicht "
    "schweigepflichtserklaerung schweigepflichterklaerung neutralitaetserklaerung "
    "erklaerungunterschrieben vertraulichkeitserklaerung vertraulichkeit "
    "verpflichtungserklaerung erklaerungvom",
    "measles": "masern masernschutz masernnachweis masernimpfung masernschutznachweis "
    "masernimpfschutz",
    "availability": "verfuegbarkeit verfuegbarkeiten verfuegbar zeiten einsatzzeiten "
    "zeitlicheverfuegbarkeit verfuegbarezeiten wann erreichbarkeit zeitfenster",
    "week_hours": "maxstdwoche maxstundenwoche stundenprowoche maxstunden stdwoche "
    "maxstdprowoche wochenstunden maxstundenprowoche stundenwoche stdprowoche maxhwoche "
    "maximalestundenprowoche maxstd hwoche maxwochenstunden",
    "iban": "iban kontoiban bankverbindung ibannr kontoverbindung ibannummer",
}

_INSTITUTIONS: dict[str, str] = {
    **_PERSON,
    "name": "einrichtung institution name nameeinrichtung namedereinrichtung einrichtungsname "
    "bezeichnung behoerde dienststelle organisation namederinstitution kooperationspartner",
    "kind": "art typ einrichtungsart kategorie artdereinrichtung einrichtungstyp bereich "
    "institutionsart artderinstitution",
    "street": "strasse anschrift adresse strassenr strassehausnr strasseundhausnummer "
    "strassehausnummer strasseundnr strasseundhausnr str strnr",
    "contact": "ansprechperson ansprechpartner ansprechpartnerin kontakt kontaktperson "
    "kontaktname ansprechpartnerinnen zustaendig leitung",
    "agreement_since": "kooperationseit kooperationsvereinbarung vereinbarungvom "
    "vereinbarungseit vereinbarung partnerseit kooperation kooperationab vertragseit "
    "kooperationbeginn",
}

_REQUESTS: dict[str, str] = {
    **_PERSON,
    "received": "eingang eingegangen eingegangenam eingangam eingangsdatum anfragevom "
    "anfragedatum gemeldetam bestelldatum datumanfrage datumderanfrage eingangdatum",
    "institution": "einrichtung institution auftraggeber auftraggeberin behoerde kunde "
    "anfragendestelle anfragendeeinrichtung dienststelle stelle bedarfstraeger "
    "namedereinrichtung anfragesteller",
    "day": "datum tag einsatzdatum termindatum einsatztag einsatzam datumdestermins "
    "datumdeseinsatzes",
    "termin": "termin terminam",
    "moment": "datumuhrzeit terminuhrzeit datumunduhrzeit zeitpunkt datumzeit",
    "start": "uhrzeit zeit beginn von startzeit uhrzeitvon anfang start um uhr beginnuhrzeit "
    "einsatzbeginn terminbeginn",
    "end": "bis ende uhrzeitbis endzeit einsatzende terminende",
    "duration": "dauer dauermin dauerstd dauerinminuten dauerinstunden geplantedauer "
    "voraussichtlichedauer dauerca zeitbedarf geschaetztedauer dauerh einsatzdauer termindauer",
    "language": "sprache sprachen zielsprache benoetigtesprache gewuenschtesprache "
    "sprachedialekt einsatzsprache dolmetschsprache sprachevarietaet",
    "topic": "anlass thema gespraechsanlass grund inhalt betreff gespraechsthema zweck "
    "gegenstand anlassdesgespraechs",
    "mode": "art form modus durchfuehrung format artdeseinsatzes einsatzart gespraechsform "
    "terminart einsatzform artdestermins",
    "gender": "wm mw mwd wmd geschlecht geschlechtswunsch gewuenschtesgeschlecht "
    "geschlechtdolmetscher wunschgeschlecht wmegal",
    "alternatives": "ausweichtermin ausweichtermine alternativtermin alternativtermine "
    "alternative alternativen ersatztermin ersatztermine zweittermin",
    "case_number": "aktenzeichen az fallnummer fallnr vorgang vorgangsnummer kennzeichen "
    "geschaeftszeichen fall vorgangsnr",
    "role": "leistung rolle leistungsart taetigkeit einsatzals funktion",
    "contact": "ansprechperson ansprechpartner ansprechpartnerin kontakt kontaktperson "
    "sachbearbeiter sachbearbeiterin sachbearbeitung",
    "room": "raum zimmer raumnr zimmernr treffpunkt",
}


def _by_heading(fields: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(
        {word: field for field, words in fields.items() for word in words.split()}
    )


WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "volunteers": _by_heading(_VOLUNTEERS),
        "institutions": _by_heading(_INSTITUTIONS),
        "requests": _by_heading(_REQUESTS),
    }
)
"""List kind to folded heading to field."""
