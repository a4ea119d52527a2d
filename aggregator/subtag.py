"""Read what a feed declares its language to be. Pure. Source: BCP 47.

Part of the ground, apart from :mod:`aggregator.text`, whose tables take 15 ms to load: most feeds need none of them.
"""

import re
from functools import lru_cache

# Codes that were given up, and what they are called now.
OLD_SUBTAGS = {"iw": "he", "in": "id", "ji": "yi", "mo": "ro", "nb": "no", "nn": "no", "sh": "sr", "tl": "fil"}


@lru_cache(maxsize=256)
def primary_subtag(declared: str) -> str:
    """Give the primary subtag of a declared language ("en-GB", "pt_BR"); empty: it has not the form of a tag."""
    primary = re.split(r"[-_]", declared.strip().casefold(), maxsplit=1)[0]
    if re.fullmatch(r"[a-z]{2,3}", primary) and primary not in ("und", "mul", "zxx", "mis"):
        return OLD_SUBTAGS.get(primary, primary)
    return ""
