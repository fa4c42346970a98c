"""Why a pool cannot be asked, or cannot answer, for somebody who is lent."""

from app.errors import Conflict


class NobodyToLend(Conflict):
    """This pool has nobody who may be lent for the seat; it says nothing about anybody else."""

    slug, title = "nobody-to-lend", "Nobody to lend"
    de = (
        "Dieser Pool kann für diesen Platz zurzeit niemanden ausleihen. Bitte einen anderen fragen."
    )
    en = "This pool can lend nobody for this seat at present. Please ask another one."


class PoolAsked(Conflict):
    """The same pool is being asked for the same seat."""

    slug, title = "pool-asked", "This pool is being asked already"
    de = "Dieser Pool ist für diesen Platz schon gefragt. Bitte die Antwort abwarten."
    en = "This pool is being asked for this seat already. Please wait for its answer."


class LendingAnswered(Conflict):
    """Somebody answered before, or the question was taken back."""

    slug, title = "lending-answered", "Answered already"
    de = "Diese Frage ist schon beantwortet oder zurückgezogen."
    en = "This question is answered already or taken back."


class CannotBeLent(Conflict):
    """The volunteer does not want to be lent, or may not go there at any of the times."""

    slug, title = "cannot-be-lent", "Cannot be lent for this"
    de = (
        "Diese Person kann für diesen Termin nicht ausgeliehen werden. Bitte jemanden aus der Liste"
        " der Frage wählen."
    )
    en = (
        "This person cannot be lent for this appointment. Please choose somebody from the list of"
        " the question."
    )


class OtherSide(Conflict):
    """What the other pool of a lending decides."""

    slug, title = "other-side", "The other pool decides"
    de = "Das entscheidet der andere Pool."
    en = "The other pool decides this."
