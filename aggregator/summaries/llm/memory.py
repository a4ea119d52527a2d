"""What the model's writer remembers between calls: good answers, and what a day has cost.

Owns the promise (:class:`Memory`) and two who keep it: one for a process, one in a file of JSON lines. A store may be a
third. Must not judge an answer: whoever takes one out of a memory passes it through the gate again.
"""

import contextlib
import json
from datetime import date
from pathlib import Path
from typing import Protocol

MAX_ANSWERS = 20_000  # lines read back from a file; older answers are asked again


class Memory(Protocol):
    """What outlives a call: answers by the hash of what was asked, and what was spent on a day."""

    def answer(self, key: str) -> str | None:
        """Give the remembered answer; ``None``: none."""
        ...

    def remember(self, key: str, answer: str) -> None:
        """Keep an answer that was found good."""
        ...

    def spent(self, day: date) -> tuple[int, int]:
        """Give (calls, tokens) of a day."""
        ...

    def spend(self, day: date, *, calls: int, tokens: int) -> None:
        """Add to what was spent on a day."""
        ...


class ShortMemory:
    """A memory that ends with the process."""

    def __init__(self) -> None:
        self._answers: dict[str, str] = {}
        self._spent: dict[date, tuple[int, int]] = {}

    def answer(self, key: str) -> str | None:
        """Give the remembered answer; ``None``: none."""
        return self._answers.get(key)

    def remember(self, key: str, answer: str) -> None:
        """Keep an answer that was found good."""
        self._answers[key] = answer

    def spent(self, day: date) -> tuple[int, int]:
        """Give (calls, tokens) of a day."""
        return self._spent.get(day, (0, 0))

    def spend(self, day: date, *, calls: int, tokens: int) -> None:
        """Add to what was spent on a day."""
        before = self.spent(day)
        self._spent[day] = (before[0] + calls, before[1] + tokens)


class FileMemory:
    """A memory in a file of JSON lines, only ever added to; a line that cannot be read is passed over.

    Args:
        path: The file; made by the first line, in a folder that exists.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._short = ShortMemory()
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        for line in lines[-MAX_ANSWERS:]:
            self._take(line)

    def answer(self, key: str) -> str | None:
        """Give the remembered answer; ``None``: none."""
        return self._short.answer(key)

    def remember(self, key: str, answer: str) -> None:
        """Keep an answer that was found good."""
        self._short.remember(key, answer)
        self._add({"key": key, "answer": answer})

    def spent(self, day: date) -> tuple[int, int]:
        """Give (calls, tokens) of a day."""
        return self._short.spent(day)

    def spend(self, day: date, *, calls: int, tokens: int) -> None:
        """Add to what was spent on a day."""
        self._short.spend(day, calls=calls, tokens=tokens)
        self._add({"day": day.isoformat(), "calls": calls, "tokens": tokens})

    def _take(self, line: str) -> None:
        try:
            row = json.loads(line)
            if "key" in row:
                self._short.remember(str(row["key"]), str(row["answer"]))
            else:
                self._short.spend(date.fromisoformat(row["day"]), calls=int(row["calls"]), tokens=int(row["tokens"]))
        except (ValueError, KeyError, TypeError, RecursionError):
            return

    def _add(self, row: dict[str, object]) -> None:
        # What cannot be written is asked again by the next process; this one still keeps to its caps.
        with contextlib.suppress(OSError), self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
