"""Compare what a renderer gives with the file that a person has looked at.

``UPDATE_GOLDEN=1 pytest ...`` writes the files anew; look at the difference before it is committed.
"""

import os
from pathlib import Path

_HERE = Path(__file__).parent


def check_golden(name: str, body: bytes) -> None:
    """Assert that ``body`` is the golden file ``name``, "outputs/top.atom"."""
    path = _HERE / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    assert path.is_file(), f"{name} is missing: look at the output, then run with UPDATE_GOLDEN=1"
    assert body.decode() == path.read_text(encoding="utf-8"), f"{name} differs: if so intended, UPDATE_GOLDEN=1"
