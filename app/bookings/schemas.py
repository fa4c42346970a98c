"""What travels about bookings."""

from app.bodies import Reason, Strict


class Cancel(Strict):
    """Why it will not take place."""

    reason: Reason
