"""Put a changed feeds.toml in the place of the old one: only if it is without mistakes, whole or not at all.

Owns the file. What is changed in the text is the business of :mod:`.edit`.
"""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from aggregator.config import Config, parse_config
from aggregator.config.file import read_text
from aggregator.errors import AggregatorError, ConfigError


def replace_config(path: Path, *, before: str, after: str, environ: Mapping[str, str]) -> Config:
    """Write ``after`` where ``before`` stands now. A symbolic link stays one, and the file keeps its rights.

    Returns:
        What the new file holds.

    Raises:
        AggregatorError: ``after`` has mistakes, somebody else changed the file meanwhile, or it cannot be written;
            the old file is untouched.
    """
    try:
        config = parse_config(after, path=path, environ=environ)
    except ConfigError as error:
        raise AggregatorError(f"nothing was written; with this change it would have mistakes:\n{error}") from error
    target = Path(os.path.realpath(path))
    if read_text(target) != before:
        raise AggregatorError(f"{path} was changed by somebody else meanwhile; nothing was written, please try again")
    try:
        _replace(target, after.encode())
    except OSError as error:
        raise AggregatorError(f"{path} cannot be written: {error.strerror}") from error
    return config


def _replace(target: Path, content: bytes) -> None:
    """Write beside the target, sync, rename: a reader and a power cut find the old file or the new one."""
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        shutil.copymode(target, name)
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
