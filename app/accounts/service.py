"""Who somebody is, and the steps of signing in that more than one door has in common."""

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app import access, db
from app.access import Actor
from app.accounts import arrivals, choosing, codes, factors, sessions, throttling
from app.accounts.arrivals import Given
from app.accounts.refusals import AppNeeded
from app.accounts.schemas import FactorRead, MembershipRead, MeRead
from app.accounts.sessions import Ticket, Visitor
from app.accounts.throttling import MAIL, MAILS_FROM_PLACE
from app.actors import PROOF_LASTS
from app.tables import Account, CodePurpose, Volunteer


def me(session: Session, actor: Actor) -> MeRead:
    """Who is signed in, with the names of the sponsors."""
    names = {s.id: s.name for s in session.exec(access.visible_sponsors(actor)).all()}
    email, given_name = _herself(session, actor)
    proof = actor.proof
    return MeRead(
        account_id=actor.account_id,
        name=actor.name,
        given_name=given_name or actor.name,
        email=email,
        memberships=[
            MembershipRead(sponsor_id=sponsor_id, sponsor=names.get(sponsor_id, ""), role=role)
            for sponsor_id, role in sorted(actor.memberships, key=str)
        ],
        volunteer_id=actor.volunteer_id,
        institution_ids=sorted(actor.institution_ids),
        operator=actor.operator,
        programme=actor.programme,
        factor=factor(session, actor),
        proven_until=proof.proven_at + PROOF_LASTS
        if proof.session and proof.proven_at and proof.is_fresh()
        else None,
    )


def _herself(session: Session, actor: Actor) -> tuple[str, str | None]:
    """The address with which she signs in, and the given name of a volunteer."""
    query = (
        select(Account.email, Volunteer.given_name)
        .outerjoin(Volunteer, col(Volunteer.id) == actor.volunteer_id)
        .where(col(Account.id) == actor.account_id)
    )
    email, given_name = session.exec(query).one()
    return email, given_name


def factor(session: Session, actor: Actor) -> FactorRead:
    """How it stands with her second factor."""
    proof = actor.proof
    return FactorRead(
        needed=access.needs_factor(actor),
        app=proof.has_app,
        mail=proof.session and not proof.has_app and factors.may_use_mail(session, actor),
    )


def look_again(session: Session) -> None:
    """Go on after what was tried was taken back."""
    db.set_scope(session, db.SYSTEM)


def owner_of_link(session: Session, token: str) -> str:
    """The address of whom a mailed link signs in; raises `WrongCode`. Nothing is used up."""
    db.set_scope(session, db.SYSTEM)
    return session.get_one(Account, codes.behind_link(session, token).account_id).email


def ask_for_mail(
    engine: Engine, session: Session, email: str, place: str, *, to_app: bool = False
) -> None:
    """Mail a code and a link to an address; where nobody has it the same is done for nobody."""
    throttling.attempt(engine, MAIL, email, (MAILS_FROM_PLACE, place))
    db.set_scope(session, db.SYSTEM)
    query = select(Account.id).where(col(Account.email) == email)
    account_id = session.exec(query).one_or_none()
    codes.ask_for(session, CodePurpose.SIGN_IN, account_id, to_app=to_app)


def sign_in(
    engine: Engine, session: Session, email: str, password: str, visitor: Visitor
) -> Ticket:
    """Begin a session with address and password."""
    arrival = arrivals.by_password(engine, session, email, password, visitor.place)
    return sessions.begin(session, arrival, visitor)


def sign_in_by_code(
    engine: Engine, session: Session, email: str, code: str, visitor: Visitor
) -> Ticket:
    """Begin a session with address and the code that was mailed."""
    arrival = arrivals.by_code(engine, session, email, code, visitor.place)
    return sessions.begin(session, arrival, visitor)


def sign_in_by_link(session: Session, token: str, visitor: Visitor) -> Ticket:
    """Begin a session with the link that was mailed."""
    return sessions.begin(session, arrivals.by_link(session, token), visitor)


def give_factor(
    engine: Engine, session: Session, actor: Actor, code: str, visitor: Visitor
) -> Ticket:
    """Take a code as the second factor, or `AppNeeded` where a mailed one is none."""
    given = factors.shown(engine, session, actor, code)
    is_factor = factors.counts(session, actor, actor.proof.given | {given})
    if not is_factor and access.needs_factor(actor):
        raise AppNeeded
    return sessions.raised(session, actor, visitor.secret, given, factor=is_factor)


def ask_for_factor(engine: Engine, session: Session, actor: Actor) -> None:
    """Mail a code to somebody who is signed in; `AppNeeded` where the app is to be used."""
    factors.require_mail(session, actor)
    session.rollback()
    throttling.attempt(engine, MAIL, str(actor.account_id))
    db.set_scope(session, db.SYSTEM)
    codes.ask_for(session, CodePurpose.FACTOR, actor.account_id)


def prove_by_code(
    engine: Engine, session: Session, actor: Actor, code: str, visitor: Visitor
) -> Ticket:
    """Prove anew with a code; where that makes two factors it is the second as well."""
    given = factors.shown(engine, session, actor, code)
    is_factor = factors.counts(session, actor, actor.proof.given | {given})
    return sessions.raised(session, actor, visitor.secret, given, factor=is_factor)


def prove(
    engine: Engine, session: Session, actor: Actor, password: str, visitor: Visitor
) -> Ticket:
    """Prove anew, with the password, that it is still she."""
    account = choosing.set_apart(session, session.get_one(Account, actor.account_id))
    tried = choosing.check_password(engine, account, password)
    db.set_scope(session, db.SYSTEM)
    throttling.was_right(session, tried)
    shown = actor.proof.given | {Given.PASSWORD}
    is_factor = factors.counts(session, actor, shown)
    return sessions.raised(session, actor, visitor.secret, Given.PASSWORD, factor=is_factor)


def set_password(
    engine: Engine, session: Session, actor: Actor, new: str, old: str | None, visitor: Visitor
) -> Ticket:
    """Change the password; every other session ends, and this one gets a new secret."""
    choosing.choose(engine, session, actor, new, old)
    sessions.end_all(session, actor.account_id, but=actor.proof.secret_id)
    given = None if old is None else Given.PASSWORD
    return sessions.raised(session, actor, visitor.secret, given, factor=False)


def set_up_app(
    engine: Engine, session: Session, actor: Actor, code: str, visitor: Visitor
) -> Ticket:
    """Take an app into use with its first code, which is a second factor at once."""
    factors.confirm_app(engine, session, actor, code)
    return sessions.raised(session, actor, visitor.secret, Given.APP, factor=True)


def remove_app(session: Session, actor: Actor) -> None:
    """Take the app out of use; every other session ends."""
    factors.remove_app(session, actor)
    sessions.end_all(session, actor.account_id, but=actor.proof.secret_id)


def ensure_account(session: Session, email: str, name: str, password_hash: str | None) -> Account:
    """The account with this address, made when it is new."""
    account = session.exec(select(Account).where(col(Account.email) == email)).one_or_none()
    if account is None:
        account = Account(email=email, name=name, password_hash=password_hash)
        session.add(account)
        session.flush()
    return account
