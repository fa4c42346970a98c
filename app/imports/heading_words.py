"""The headings lists use, folded to letters and digits, by the field they mean."""

from collections.abc import Mapping
from types import MappingProxyType

_PERSON: dict[str, str] = {
    "row": "no number nr lfd laufnr lfdnr lfdnummer laufendenummer nummer id zeile pos laufendenr "
    "index personalnr mitgliedsnr mitgliedsnummer freiwilligennr karteinr einrichtungsnr kundennr "
    "anfragenr anfragenummer auftragsnr auftragsnummer terminnr einsatznr",
    "postal_code": "zip zipcode postcode postalcode plz postleitzahl plznr",
    "town": "city town ort wohnort stadt gemeinde kommune wohnsitz einsatzort standort "
    "stadtgemeinde wohnortgemeinde",
    "place": "plzort plzwohnort plzundort plzundwohnort plzstadt postleitzahlort ortplz "
    "postleitzahlundort postleitzahlwohnort",
    "phone": "phone phonenumber telephone telephonenumber landline telefon tel telefonnummer "
    "telnr telefonnr festnetz fon rufnummer telefonhandy telmobil telefonmobil telprivat "
    "telefonprivat",
    "mobile": "mobilephone cellphone cell handy mobil handynummer mobiltelefon mobilnummer "
    "handynr mobilnr mobilfunk mobilfunknummer",
    "email": "emailaddress email mail emailadresse mailadresse",
    "remark": "remark remarks comment comments notes note bemerkung bemerkungen notiz notizen "
    "anmerkung anmerkungen hinweis hinweise sonstiges kommentar kommentare besonderheiten bem "
    "vermerk info infos freitext mitteilung nachricht zusatzinfo interne bemerkungintern "
    "internebemerkung notizintern notizenintern wuensche sonstigesbemerkung",
}

_VOLUNTEERS: dict[str, str] = {
    **_PERSON,
    "surname": "surname lastname familyname nachname name familienname zuname",
    "given_name": "firstname givenname forename vorname vornamen rufname",
    "full_name": "fullname namevollstaendig vorundnachname vornamename vornamenachname "
    "vorundzuname vornameundnachname vollername",
    "name_surname_first": "namevorname nachnamevorname familiennamevorname",
    "birth_date": "dateofbirth birthdate birthday dob born gebam geb geburtsdatum gebdatum gebdat "
    "geburtstag geborenam geboren gebtag",
    "gender": "gender sex mwd wmd mw wm geschlecht anrede wd dwm geschl",
    "role": "role roles volunteersas rolle rollen taetigkeit taetigkeiten funktion funktionen "
    "einsatzals aufgabe aufgaben taetigals einsatzbereich artdertaetigkeit engagementals "
    "rolleimpool ehrenamtals einsatzart volunteerrole ichmoechtemitmachenals ichmoechtehelfenals "
    "mitmachenals",
    "languages": "language languages spokenlanguages weiteresprachen weiteresprache "
    "anderesprachen einsatzsprache zweitsprache drittsprache sprachen sprache sprachkenntnisse "
    "fremdsprachen arbeitssprachen dolmetschsprachen dolmetschersprachen sprachemitniveau "
    "sprachenmitniveau sprachenniveau spracheniveau spricht sprachenundniveau sprachenunddialekte "
    "einsatzsprachen sprachkompetenz otherlanguages welchesprachensprichstdu "
    "welchesprachensprechensie",
    "german_level": "german germanlevel levelofgerman deutsch deutschniveau deutschkenntnisse "
    "niveaudeutsch deutschlevel sprachniveaudeutsch deutschstufe gerdeutsch deutschger "
    "sprachniveau wiegutsprichstdudeutsch wiegutsprechensiedeutsch",
    "training_day": "schulungam schulung basisqualifizierung basisqualifizierungam qualifizierung "
    "qualifizierungam schulungsdatum grundschulung basisschulung geschultam fortbildung "
    "ausbildungam qualifizierungsdatum datumschulung schulungabgeschlossen grundqualifizierung "
    "grundkurs basiskurs qualifiziert datumderschulung schulungbesucht",
    "training_units": "ue unterrichtseinheiten schulungue umfangue anzahlue stundenumfang "
    "schulungsumfang ueschulung ustd schulungsstunden kursumfang stundenschulung "
    "unterrichtsstunden",
    "clearance_issued": "fzausgestellt fuehrungszeugnisausgestellt fuehrungszeugnisvom fzvom "
    "efzvom efzausgestellt fuehrungszeugnis fz efz fzausstellung fzdatum ausstellungfz "
    "ausstellungsdatumfz erweitertesfuehrungszeugnisvom erweitertesfuehrungszeugnis "
    "erweitertesfuehrungszeugnisausgestellt erwfuehrungszeugnis erweitertesfz "
    "ausstellungsdatumfuehrungszeugnis datumfuehrungszeugnis fuehrungszeugnisdatum "
    "polizeilichesfuehrungszeugnis polizeilfuehrungszeugnis polfuehrungszeugnis erwfz "
    "criminalrecordcheckissued policecheckissued",
    "clearance_seen": "fzgesehen fuehrungszeugnisgesehen fzeingesehen efzgesehen efzeingesehen "
    "fuehrungszeugniseingesehen einsichtfz einsichtfuehrungszeugnis fzeinsicht fzvorgelegt "
    "fuehrungszeugnisvorgelegt efzvorgelegt fzgeprueft erweitertesfuehrungszeugnisgesehen "
    "eingesehen einsichtnahme einsicht gesehen vorgelegt fuehrungszeugnisgeprueft "
    "einsichtnahmefuehrungszeugnis einsichtnahmefz criminalrecordcheckseen policecheckseen",
    "declaration_day": "erklaerung verschwiegenheitserklaerung verschwiegenheit schweigepflicht "
    "schweigepflichtserklaerung schweigepflichterklaerung neutralitaetserklaerung "
    "erklaerungunterschrieben vertraulichkeitserklaerung vertraulichkeit verpflichtungserklaerung "
    "erklaerungvom schweigepflichtunterschrieben verschwiegenheitunterschrieben "
    "verschwiegenheitserklaerungunterschrieben schweigepflichtserklaerungunterschrieben "
    "unterschriebeneerklaerung verpflichtung",
    "measles": "masern masernschutz masernnachweis masernimpfung masernschutznachweis "
    "masernimpfschutz masernschutznachgewiesen masernschutzvorhanden nachweismasern "
    "nachweismasernschutz masernnachweisvorhanden masernjanein",
    "availability": "availability available times verfuegbarkeit verfuegbarkeiten verfuegbar "
    "zeiten einsatzzeiten zeitlicheverfuegbarkeit verfuegbarezeiten wann erreichbarkeit "
    "zeitfenster moeglichezeiten wannverfuegbar einsatzzeit zeit tagezeiten tageundzeiten "
    "verfuegbartagezeiten wannhastduzeit wannhabensiezeit wannkannstdu wannkoennensie",
    "week_hours": "hoursperweek maxhoursperweek maxstdwoche maxstundenwoche stundenprowoche "
    "maxstunden stdwoche maxstdprowoche wochenstunden maxstundenprowoche stundenwoche stdprowoche "
    "maxhwoche maximalestundenprowoche maxstd hwoche maxwochenstunden stdwo hwo stdprowochemax "
    "stundenprowochemax stundenwochemax maxhoursweek hoursweek maxhours wievielestundenprowoche",
    "iban": "iban kontoiban bankverbindung ibannr kontoverbindung ibannummer kontonummer konto "
    "kontonr ibankonto kontonriban",
}

_INSTITUTIONS: dict[str, str] = {
    **_PERSON,
    "name": "einrichtung institution name nameeinrichtung namedereinrichtung einrichtungsname "
    "bezeichnung behoerde dienststelle organisation namederinstitution kooperationspartner "
    "partner stelle partnereinrichtung",
    "kind": "kind type art typ einrichtungsart kategorie artdereinrichtung einrichtungstyp "
    "bereich institutionsart artderinstitution sparte",
    "street": "street address strasse anschrift adresse strassenr strassehausnr "
    "strasseundhausnummer strassehausnummer strasseundnr strasseundhausnr str strnr",
    "contact": "contact contactperson ansprechperson ansprechpartner ansprechpartnerin kontakt "
    "kontaktperson kontaktname ansprechpartnerinnen zustaendig leitung",
    "agreement_since": "kooperationseit kooperationsvereinbarung vereinbarungvom vereinbarungseit "
    "vereinbarung partnerseit kooperation kooperationab vertragseit kooperationbeginn "
    "kooperationsvertrag kooperationsvertragvom dabei dabeiseit kooperationsbeginn seit",
}

# Requests have no place of their own for these: such columns are kept in the note.
_ASKING = {
    field: words
    for field, words in _PERSON.items()
    if field not in ("place", "postal_code", "mobile", "email")
}

_REQUESTS: dict[str, str] = {
    **_ASKING,
    "received": "received receivedon eingang eingegangen eingegangenam eingangam eingangsdatum "
    "anfragevom anfragedatum gemeldetam bestelldatum datumanfrage datumderanfrage eingangdatum "
    "angefragt bestellt anfrage anfrageam anfrageeingang datumeingang",
    "institution": "organisation organization requestedby einrichtung institution auftraggeber "
    "auftraggeberin behoerde kunde anfragendestelle anfragendeeinrichtung dienststelle stelle "
    "bedarfstraeger werfragtan werfragt namedereinrichtung anfragesteller anforderer "
    "anfragendeinstitution besteller",
    "day": "date datum tag einsatzdatum termindatum einsatztag einsatzam datumdestermins "
    "datumdeseinsatzes datumeinsatz datumtermin einsatz",
    "termin": "termin terminam wann when",
    "moment": "datumuhrzeit terminuhrzeit datumunduhrzeit zeitpunkt datumzeit",
    "start": "time start starttime begin from uhrzeit zeit beginn von startzeit uhrzeitvon anfang "
    "um uhr beginnuhrzeit einsatzbeginn terminbeginn uhrzeitbeginn zeitvon",
    "end": "end endtime until to bis ende uhrzeitbis endzeit einsatzende terminende",
    "duration": "duration length minutes dauer dauermin dauerstd dauerinminuten dauerinstunden "
    "geplantedauer voraussichtlichedauer dauerca zeitbedarf geschaetztedauer dauerh einsatzdauer "
    "termindauer dauerinmin dauerinstd laenge vorausdauer voraussdauer minuten zeitumfang "
    "dauerminuten dauerstunden wielange",
    "language": "language languages requestedlanguage sprache sprachen zielsprache "
    "benoetigtesprache gewuenschtesprache sprachedialekt einsatzsprache dolmetschsprache "
    "sprachevarietaet sprachwunsch gesuchtesprache fuersprache sprachbedarf angefragtesprache "
    "erforderlichesprache wunschsprache",
    "topic": "topic subject reason anlass thema gespraechsanlass grund inhalt betreff "
    "gespraechsthema zweck gegenstand anlassdesgespraechs themadesgespraechs worumgehtes "
    "gespraechsinhalt anlassdestermins terminanlass gespraechszweck worumgehts",
    "mode": "mode art form modus durchfuehrung format artdeseinsatzes einsatzart gespraechsform "
    "terminart einsatzform artdestermins vororttelefonvideo gespraechsart artderdurchfuehrung "
    "kanal setting terminform durchfuehrungsart",
    "gender": "gender preferredgender wm mw mwd wmd geschlecht geschlechtswunsch "
    "gewuenschtesgeschlecht geschlechtdolmetscher wunschgeschlecht wmegal mwegal "
    "geschlechtderdolmetscherin geschlechtdesdolmetschers dolmetscherwm dolmetschermw wunschwm "
    "wunschmw mannfrau fraumann wunschgeschlechtdolmetscher geschlechtdolmetscherin",
    "alternatives": "ausweichtermin ausweichtermine alternativtermin alternativtermine "
    "alternative alternativen ersatztermin ersatztermine zweittermin 2termin alternativertermin "
    "ersatz ausweichdatum ersatzdatum weitereterminvorschlaege",
    "case_number": "aktenzeichen az fallnummer fallnr vorgang vorgangsnummer kennzeichen "
    "geschaeftszeichen fall vorgangsnr aktenz akte zeichen ihrzeichen kennziffer",
    "role": "leistung rolle leistungsart taetigkeit einsatzals funktion artderleistung "
    "begleitungdolmetschen dolmetschenbegleitung",
    "contact": "contact contactperson ansprechperson ansprechpartner ansprechpartnerin kontakt "
    "kontaktperson sachbearbeiter sachbearbeiterin sachbearbeitung",
    "room": "room raum zimmer raumnr zimmernr treffpunkt",
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
