"""SQL about subscriptions with hubs. Each function runs in a transaction."""

import sqlite3

from aggregator.model import Subscription
from aggregator.store.codec import decode, encode


def subscriptions(conn: sqlite3.Connection) -> tuple[Subscription, ...]:
    """See :meth:`.base.Store.subscriptions`."""
    found = conn.execute("SELECT subscription FROM subscriptions ORDER BY source_url, token")
    return tuple([decode(Subscription, text) for (text,) in found])


def subscription(conn: sqlite3.Connection, token: str) -> Subscription | None:
    """See :meth:`.base.Store.subscription`."""
    found = conn.execute("SELECT subscription FROM subscriptions WHERE token = ?", (token,)).fetchone()
    return decode(Subscription, found[0]) if found else None


def save_subscription(conn: sqlite3.Connection, subscription: Subscription) -> None:
    """See :meth:`.base.Store.save_subscription`."""
    conn.execute(
        "INSERT OR REPLACE INTO subscriptions (token, source_url, subscription) VALUES (?, ?, ?)",
        (subscription.token, subscription.source_url, encode(Subscription, subscription)),
    )


def delete_subscription(conn: sqlite3.Connection, token: str) -> None:
    """See :meth:`.base.Store.delete_subscription`."""
    conn.execute("DELETE FROM subscriptions WHERE token = ?", (token,))
