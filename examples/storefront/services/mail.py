"""This module writes mail into an outbox folder, for the postman to take."""

from pathlib import Path

from ..models import Order, User


def confirm_order(outbox: Path, user: User, order: Order) -> None:
    """Leave the confirmation of an order in the outbox. Blocking: meant for a background task."""
    total = sum(line.cents * line.quantity for line in order.lines) / 100
    text = f"To: {user.email}\nSubject: Your order {order.id}\n\nThank you! The total is {total:.2f} EUR.\n"
    (outbox / f"order-{order.id}.txt").write_text(text)
