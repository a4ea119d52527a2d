"""Log lines for people or for machines: one line each, control characters made visible, always to stderr.

What looks like a secret is masked in every line: foreign text ends up in errors, and an address may carry a password.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime


def printable(text: str) -> str:
    """Return the text with every character that could drive a terminal written as an escape; newlines stay."""
    return "".join(
        char if char.isprintable() or char == "\n" else char.encode("unicode_escape").decode("ascii") for char in text
    )


_USER = r"(?<=://)[^/?#@\s]+@"
_HEADER = r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie)(['\"]?\s*[:=]\s*)[^\r\n]+"
_PARAMETER = r"(?i)\b((?:access_|auth_?|api_?)?(?:token|key|secret|password|passwd|pwd))=[^&\s'\"]+"
MASK = "***"


def masked(text: str) -> str:
    """Return the text without what looks like a secret: user and password of an address, headers, query parameters."""
    text = re.sub(_USER, f"{MASK}@", text)
    text = re.sub(_HEADER, rf"\1\2{MASK}", text)
    return re.sub(_PARAMETER, rf"\1={MASK}", text)


class _TextFormatter(logging.Formatter):
    """``12:00:01 WARNING message``."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return printable(masked(f"{at} {record.levelname.lower()}: {text}"))


class _JsonFormatter(logging.Formatter):
    """One JSON object a line: ``at``, ``level``, ``logger``, ``message`` and, after a bug, ``traceback``."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
        }
        if record.exc_info:
            fields["traceback"] = masked(self.formatException(record.exc_info))
        return json.dumps(fields, ensure_ascii=True)


def set_up_logging(log_format: str, *, verbose: bool = False) -> None:
    """Send log lines to stderr as "text" or "json"; chatty libraries only speak of trouble."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter() if log_format == "json" else _TextFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in ("apscheduler", "requests", "tldextract", "uvicorn", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # It warns of each connection over the size of a pool; a connection less is nothing to warn of.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
