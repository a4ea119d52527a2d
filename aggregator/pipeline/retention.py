"""How long what is stored is kept: the decision, for the command and for the daemon. The deed is the store's."""

from datetime import datetime, timedelta
from pathlib import Path

from aggregator.errors import AggregatorError
from aggregator.store import upkeep
from aggregator.store.upkeep import Pruned
from aggregator.stories.cluster import REOPEN, WINDOW

KEEP_POLLS = timedelta(days=90)  # the status page looks back 30
KEEP_TEXTS_AT_LEAST = REOPEN + WINDOW  # an article may join a story as old as this, and is compared with its texts


def prune(database: Path, *, keep: timedelta, now: datetime) -> Pruned:
    """Drop texts of stories that are closed for longer than ``keep``, and polls that are long past; all pages stay.

    Raises:
        AggregatorError: Stories may still grow for longer than ``keep``.
        StoreError: The database cannot be used.
    """
    if keep < KEEP_TEXTS_AT_LEAST:
        raise AggregatorError(f"texts are needed for {KEEP_TEXTS_AT_LEAST.days} days: a story may grow for so long")
    return upkeep.prune(database, texts_before=now - keep, polls_before=now - KEEP_POLLS, now=now)
