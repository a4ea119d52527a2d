"""Run a target for a time: mutate, execute, write down what breaks. The same seed makes the same inputs.

Two engines: ``mutate`` is our own and needs nothing; ``atheris`` is guided by coverage and used where it is installed
(it is no dependency: a wheel exists for few Pythons). Neither stops at a finding; one place in the code is one finding.
"""

import hashlib
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from tests.fuzz.seeds import WORDS, seeds_of
from tests.fuzz.targets import TARGETS, Broken

MAX_BYTES = 20_000  # larger inputs find slowness, which the unit tests look for, and cost executions
MAX_SECONDS = 2.0  # of CPU for one input; the slowest honest one takes 0.1 s
POOL = 2_000  # mutated inputs that are kept to be mutated again


class TooSlow(Exception):  # noqa: N818 - a finding, not an error of the runner
    """An input took more than ``MAX_SECONDS`` of CPU."""


@dataclass(slots=True)
class Run:
    """What happened so far. ``findings``: place in the code -> (traceback, input)."""

    target: str
    seconds: float
    seed: int
    folder: Path | None = None
    n_executed: int = 0
    slowest: float = 0.0
    findings: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    started: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() - self.started >= self.seconds

    def execute(self, body: bytes) -> bool:
        """Run the target once. Returns whether it held."""
        self.n_executed += 1
        begin = time.process_time()
        try:
            with _limited(MAX_SECONDS):
                TARGETS[self.target](body)
        except (Exception, TooSlow) as error:  # whatever it is, it is what is looked for
            self._find(error, body)
            return False
        finally:
            self.slowest = max(self.slowest, time.process_time() - begin)
        return True

    def _find(self, error: Exception, body: bytes) -> None:
        words = str(error).partition(":")[0] if isinstance(error, Broken) else ""
        frames = traceback.extract_tb(error.__traceback__)
        ours = [each for each in frames if "aggregator" in each.filename and "fuzz" not in each.filename] or frames
        place = f"{type(error).__name__} {words} at {Path(ours[-1].filename).name}:{ours[-1].lineno}"
        known = self.findings.get(place)
        if known and len(known[1]) <= len(body):
            return
        self.findings[place] = ("".join(traceback.format_exception(error)), body)
        if self.folder:
            self.folder.mkdir(parents=True, exist_ok=True)
            name = f"{self.target}-{hashlib.sha256(place.encode()).hexdigest()[:12]}"
            (self.folder / name).write_bytes(body)
            (self.folder / f"{name}.txt").write_text(f"{place}\n\n{self.findings[place][0]}", errors="replace")

    def report(self) -> str:
        """Give one line of figures and one for each finding."""
        took = time.monotonic() - self.started
        line = (
            f"{self.target}: {self.n_executed} executions in {took:.0f} s ({self.n_executed / max(took, 1e-9):.0f}/s), "
            f"seed {self.seed}, slowest {self.slowest:.2f} s CPU, {len(self.findings)} findings"
        )
        return "\n".join([line, *(f"  {place} ({len(body)} bytes)" for place, (_, body) in self.findings.items())])


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow(f"more than {seconds} s of CPU")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def run_mutating(run: Run, tell: Callable[[str], None] = lambda line: None) -> None:
    """Execute the seeds, then their mutations, until the time is up."""
    chance = random.Random(run.seed)
    pool = list(seeds_of(run.target))
    for body in pool:
        run.execute(body)
    told = time.monotonic()
    while not run.is_over:
        body = mutated(chance, pool, WORDS[run.target])
        if run.execute(body) and chance.random() < 0.05:
            if len(pool) < POOL:
                pool.append(body)
            else:
                pool[chance.randrange(len(seeds_of(run.target)), POOL)] = body
        if time.monotonic() - told > 60:
            told = time.monotonic()
            tell(run.report())


def mutated(chance: random.Random, pool: list[bytes], words: tuple[bytes, ...]) -> bytes:
    """Give one input of the pool with one to eight changes; from time to time with a part of another one."""
    body = bytearray(chance.choice(pool))
    for _ in range(1 << chance.randrange(4)):
        at = chance.randrange(len(body) + 1)
        end = min(len(body), at + 1 + int(chance.expovariate(1 / 20)))
        match chance.randrange(8):
            case 0:
                body[at:end] = b""
            case 1:
                body[at:at] = body[at:end]
            case 2:
                body[at:at] = chance.choice(words)
            case 3:
                body[at:end] = chance.choice(words)
            case 4:
                body[at : at + 1] = bytes([chance.randrange(256)])
            case 5:
                body[at:at] = chance.choice(words) * chance.choice((2, 20, 300))
            case 6:
                other = chance.choice(pool)
                begin = chance.randrange(len(other) + 1)
                body[at:end] = other[begin : begin + 1 + int(chance.expovariate(1 / 200))]
            case 7:
                body[at:at] = chr(
                    chance.choice((0x202E, 0xFEFF, 0x301, 0x2028, 0xFFFE, 0x1F600, 0x7F, 0xE0041))
                ).encode()
    return bytes(body[:MAX_BYTES])
