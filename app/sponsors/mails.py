"""What is written about roles and settings: to everybody who looks after the sponsor's money."""

from app.messages.telling import Text
from app.messages.wording import known, letter
from app.tables import FourEyes, Role, Sponsor

ROLES = {
    "de": {
        Role.COORDINATOR: "Koordination",
        Role.FINANCE: "Abrechnung",
        Role.LEAD: "Leitung",
        Role.AUDITOR: "Prüfung",
    },
    "en": {
        Role.COORDINATOR: "coordination",
        Role.FINANCE: "finance",
        Role.LEAD: "lead",
        Role.AUDITOR: "audit",
    },
}
WAYS = {
    "de": {
        FourEyes.TWO_PEOPLE: "Zwei Personen prüfen und geben frei.",
        FourEyes.TREASURER_LINK: "Die Kasse gibt mit einem Link frei: {name}.",
    },
    "en": {
        FourEyes.TWO_PEOPLE: "Two people check and approve.",
        FourEyes.TREASURER_LINK: "The treasurer approves by a link: {name}.",
    },
}
PAPER = {
    "de": {
        True: "Was von einem Zettel eingetragen wird, bestätigt eine zweite Person.",
        False: "Was von einem Zettel eingetragen wird, zählt sofort.",
    },
    "en": {
        True: "A second person confirms what is typed from a slip of paper.",
        False: "What is typed from a slip of paper counts at once.",
    },
}
"""What becomes of a slip that an institution has signed."""
IF_WRONG = {
    "de": "Ist das nicht richtig? Dann melden Sie sich bitte gleich bei der Leitung.",
    "en": "Is this not right? Then please speak to the lead at once.",
}


def settings_changed(locale: str, sponsor: Sponsor, *, by: str) -> Text:
    """How claims are approved has changed."""
    tongue = known(locale)
    subject, lead, who = {
        "de": (
            "Geändert: Freigabe der Abrechnungen",
            "wer Abrechnungen freigibt, wurde gerade geändert.",
            "Geändert von",
        ),
        "en": (
            "Changed: approval of claims",
            "who approves claims was changed just now.",
            "Changed by",
        ),
    }[tongue]
    way = WAYS[tongue][FourEyes(sponsor.four_eyes)].format(name=sponsor.treasurer_name)
    return letter(
        locale,
        "",
        subject=f"{subject} ({sponsor.name})",
        lead=f"{lead}\n{way}\n{PAPER[tongue][sponsor.paper_four_eyes]}",
        facts=[(who, by)],
        after=IF_WRONG[tongue],
    )


def account_changed(locale: str, sponsor: Sponsor, *, by: str) -> Text:
    """Allowances are paid from another account; which one is not written down."""
    subject, lead, who = {
        "de": (
            "Geändert: Konto des Trägers",
            "das Konto, von dem Aufwandsentschädigungen gezahlt werden, wurde gerade geändert.",
            "Geändert von",
        ),
        "en": (
            "Changed: the sponsor's account",
            "the account from which allowances are paid was changed just now.",
            "Changed by",
        ),
    }[known(locale)]
    return letter(
        locale,
        "",
        subject=f"{subject} ({sponsor.name})",
        lead=lead,
        facts=[(who, by)],
        after=IF_WRONG[known(locale)],
    )


def role_changed(
    locale: str, sponsor: Sponsor, name: str, role: str, *, by: str, action: str
) -> Text:
    """Somebody was given a role, or lost one."""
    tongue = known(locale)
    subject, given, taken, what, whose, who = {
        "de": (
            "Geändert: Rollen",
            "jemand hat eine Rolle bekommen.",
            "jemand hat eine Rolle verloren.",
            "Rolle",
            "Person",
            "Geändert von",
        ),
        "en": (
            "Changed: roles",
            "somebody was given a role.",
            "somebody has lost a role.",
            "Role",
            "Person",
            "Changed by",
        ),
    }[tongue]
    return letter(
        locale,
        "",
        subject=f"{subject} ({sponsor.name})",
        lead=given if action == "member.add" else taken,
        facts=[(whose, name), (what, ROLES[tongue][Role(role)]), (who, by)],
        after=IF_WRONG[tongue],
    )
