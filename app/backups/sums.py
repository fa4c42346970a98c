"""The sums of money: claims, their lines, the transfers and the books say the same, always."""

_BOOKED = "('approved', 'in_payrun', 'paid', 'reported')"
_TAKEN = "SELECT claim_id, sum(amount_cents) AS cents, sum(minutes) AS minutes FROM ledger_entry"
_OF = f"{_TAKEN} WHERE kind = '{{kind}}' GROUP BY claim_id"
_BOOKS = (
    "SELECT c.id FROM claim c LEFT JOIN ({of}) b ON b.claim_id = c.id"
    " WHERE c.state <> 'reversed' AND (coalesce(b.cents, 0) <>"
    " CASE WHEN {when} THEN c.amount_cents ELSE 0 END OR coalesce(b.minutes, 0) <>"
    " CASE WHEN {when} THEN c.minutes ELSE 0 END)"
)


def _books(kind: str, when: str) -> str:
    """Claims of which the books say something else than their state."""
    return _BOOKS.format(of=_OF.format(kind=kind), when=when)


SUMS: dict[str, str] = {
    "A claim is not the sum of its lines": (
        "SELECT c.id FROM claim c LEFT JOIN (SELECT claim_id, sum(amount_cents) AS cents,"
        " sum(minutes) AS minutes, sum(travel_cents) AS travel FROM claim_line GROUP BY claim_id) l"
        " ON l.claim_id = c.id WHERE c.amount_cents <> coalesce(l.cents, 0)"
        " OR c.minutes <> coalesce(l.minutes, 0) OR c.travel_cents <> coalesce(l.travel, 0)"
    ),
    "The books say something else of what was approved than the claim": _books(
        "approved", f"c.state IN {_BOOKED} OR c.held_from = 'approved'"
    ),
    "The books say something else of what was paid than the claim": _books(
        "paid", "c.state IN ('paid', 'reported')"
    ),
    "The books say something else of what was waived than the claim": _books(
        "waived", "c.state = 'waived'"
    ),
    "A claim that was taken back is neither whole in the books nor gone": (
        f"SELECT c.id FROM claim c LEFT JOIN ({_OF.format(kind='approved')}) a"  # noqa: S608
        f" ON a.claim_id = c.id LEFT JOIN ({_OF.format(kind='paid')}) p ON p.claim_id = c.id"
        " WHERE c.state = 'reversed' AND (coalesce(a.cents, 0) <> coalesce(p.cents, 0)"
        " OR coalesce(p.cents, 0) NOT IN (0, c.amount_cents))"
    ),
    "A payrun is not the sum of its transfers": (
        "SELECT p.id FROM payrun p WHERE p.amount_cents <>"
        " (SELECT coalesce(sum(m.amount_cents), 0) FROM payment m WHERE m.payrun_id = p.id)"
    ),
    "A transfer is not the sum of its claims": (
        "SELECT m.id FROM payment m WHERE m.amount_cents <>"
        " (SELECT coalesce(sum(t.amount_cents), 0) FROM payment_part t WHERE t.payment_id = m.id)"
    ),
    "A transfer holds another amount than the claim": (
        "SELECT t.id FROM payment_part t JOIN claim c ON c.id = t.claim_id"
        " WHERE t.amount_cents <> c.amount_cents AND NOT t.returned"
    ),
    "The books say something else of what was paid than the transfer": (
        "SELECT m.id FROM payment m LEFT JOIN (SELECT payment_id, sum(amount_cents) AS cents"
        " FROM ledger_entry WHERE kind = 'paid' GROUP BY payment_id) b ON b.payment_id = m.id"
        " WHERE coalesce(b.cents, 0) <> CASE WHEN m.state = 'paid' THEN m.amount_cents ELSE 0 END"
    ),
    "A claim is in a payrun, but no transfer pays it": (
        "SELECT c.id FROM claim c WHERE c.state IN ('in_payrun', 'paid', 'reported')"
        " AND c.payrun_id IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM payment_part t WHERE t.claim_id = c.id AND NOT t.returned)"
    ),
    "A transfer holds a claim that waits": (
        "SELECT t.id FROM payment_part t JOIN claim c ON c.id = t.claim_id WHERE NOT t.returned"
        " AND c.state NOT IN ('in_payrun', 'paid', 'reported', 'reversed')"
    ),
    "A moment of somebody is paid twice": (
        "SELECT l.id FROM claim_line l JOIN claim_line m ON m.volunteer_id = l.volunteer_id"
        " AND m.id > l.id AND m.counts AND l.counts AND m.amount_cents > 0 AND l.amount_cents > 0"
        " AND l.started_at < m.ended_at AND m.started_at < l.ended_at"
    ),
    "A line counts that was taken back or rejected, or the other way round": (
        "SELECT l.id FROM claim_line l JOIN claim c ON c.id = l.claim_id WHERE"
        " CASE WHEN c.kind = 'counter' OR c.state IN ('reversed', 'rejected') THEN l.counts"
        " ELSE NOT l.counts AND c.state <> 'returned' END"
    ),
    "A counter-booking does not take back what was booked": (
        "SELECT c.id FROM claim c JOIN claim r ON r.id = c.reverses_id"  # noqa: S608
        " WHERE c.amount_cents <> -r.amount_cents OR c.minutes <> -r.minutes OR r.state <>"
        " 'reversed' AND (c.state = 'reversed' OR c.held_from = 'approved'"
        f" OR c.state IN {_BOOKED})"
    ),
}
"""A sentence and the query that finds the rows of which it is true, as in `invariants`."""
