"""Own the connections that stay open after their answer: a few, the last used ones."""

from aggregator.intake.fetching.line import Key, Line

MAX_IDLE = 64


class IdleLines:
    """Connections that may carry another answer, by place. Beyond ``MAX_IDLE`` the one is closed that waits longest."""

    def __init__(self) -> None:
        self._line_by_fd: dict[int, Line] = {}  # oldest first
        self._fds: dict[Key, list[int]] = {}

    def __contains__(self, fd: int) -> bool:
        return fd in self._line_by_fd

    def keep(self, line: Line) -> None:
        """Keep a connection open."""
        line.was_used = True
        self._line_by_fd[line.fd] = line
        self._fds.setdefault(line.key, []).append(line.fd)
        if len(self._line_by_fd) > MAX_IDLE:
            self.drop(next(iter(self._line_by_fd)))

    def take(self, key: Key) -> Line | None:
        """Give one that leads to a place, the last used one; ``None``: there is none."""
        fds = self._fds.get(key)
        if not fds:
            return None
        fd = fds.pop()
        if not fds:
            del self._fds[key]
        return self._line_by_fd.pop(fd)

    def drop(self, fd: int) -> None:
        """Close one: its server has, or it is one too many."""
        line = self._line_by_fd.pop(fd)
        fds = self._fds[line.key]
        fds.remove(fd)
        if not fds:
            del self._fds[line.key]
        line.close()

    def close(self) -> None:
        """Close all."""
        for fd in list(self._line_by_fd):
            self.drop(fd)
