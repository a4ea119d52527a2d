"""``python -m tests.fuzz TARGET --minutes 30 [--seed N] [--engine atheris|mutate] [--findings FOLDER]``.

Ends with one line of figures and one line for each finding; exit 1 if there is one.
"""

import argparse
import importlib.util
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.running import MAX_BYTES, Run, run_mutating
from tests.fuzz.seeds import WORDS, seeds_of
from tests.fuzz.targets import TARGETS


def tell(words: str) -> None:
    """Say something at once."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def run_atheris(run: Run) -> None:
    """Let atheris choose the inputs by the code that they reach. Does not return: libFuzzer owns the process."""
    import atheris

    corpus = Path(tempfile.mkdtemp(prefix="fuzz-"))
    for n, body in enumerate(seeds_of(run.target)):
        (corpus / f"{n:03}").write_bytes(body)
    words = corpus.with_suffix(".words")
    words.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in WORDS[run.target]))

    def one(body: bytes) -> None:
        run.execute(body)
        if run.n_executed % 20_000 == 0:
            tell(run.report())
        if run.is_over:
            tell(run.report())
            os._exit(1 if run.findings else 0)

    options = [f"-seed={run.seed}", f"-dict={words}", f"-max_len={MAX_BYTES}", "-timeout=60", "-verbosity=0"]
    atheris.instrument_all()  # takes half a minute
    run.started = time.monotonic()
    atheris.Setup(["fuzz", *options, str(corpus)], one)
    atheris.Fuzz()


def main() -> int:
    """Run one target."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("atheris", "mutate"))
    parser.add_argument("--findings", type=Path, metavar="FOLDER", help="where each finding's input is written")
    args = parser.parse_args()
    engine = args.engine or ("atheris" if importlib.util.find_spec("atheris") else "mutate")
    run = Run(target=args.target, seconds=args.minutes * 60, seed=args.seed, folder=args.findings)
    tell(f"{args.target}: {args.minutes:g} minutes with {engine}, seed {args.seed}")
    if engine == "atheris":
        run_atheris(run)
    run_mutating(run, tell)
    tell(run.report())
    return 1 if run.findings else 0


if __name__ == "__main__":
    sys.exit(main())
