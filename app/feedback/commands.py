"""`lotsenwerk feedback`: what people said of the app, and that it was answered."""

from textwrap import indent
from typing import Annotated
from uuid import UUID

import typer
from sqlmodel import col

from app import db
from app.clock import local_day
from app.console import database, out, refuse
from app.errors import ApiError
from app.feedback import service as feedback
from app.tables import Feedback

commands = typer.Typer(help="What people said of the app.", no_args_is_help=True)


@commands.command(name="list")
def print_feedback(
    waiting: Annotated[
        bool, typer.Option("--open", help="Only what nobody has answered yet.")
    ] = False,
) -> None:
    """Print barriers, mistakes and wishes, the oldest first."""
    query = feedback.listed(waiting=waiting).order_by(col(Feedback.id))
    with database() as engine, db.transaction(engine, read_only=True) as session:
        rows = session.exec(query).all()
    for row in rows:
        out.print(_lines(row), markup=False, highlight=False, soft_wrap=True)
    if not rows:
        out.print("There is nothing.")


def _lines(row: Feedback) -> str:
    day, done = local_day(row.created_at), row.answered_at
    state = f"answered {local_day(done)}" if done else f"open, answer by {row.answer_by}"
    about = [("page: ", row.page), ("reply to: ", row.reply_to), ("", row.text)]
    said = [indent(label + text, "  ") for label, text in about if text]
    return "\n".join([f"{row.id}  {row.kind}  {day}  {state}", *said])


@commands.command()
def answered(
    feedback_id: Annotated[UUID, typer.Argument(help="As `lotsenwerk feedback list` prints it.")],
) -> None:
    """Note that it was answered; what was said is then kept for one more year."""
    with database() as engine:
        try:
            with db.transaction(engine) as session:
                feedback.answer(session, feedback_id)
        except ApiError:
            refuse(f"There is no feedback {feedback_id} here.")
    out.print(f"{feedback_id} is answered.", markup=False)
