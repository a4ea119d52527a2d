"""The gate: does an article support a sentence?

One public function, :func:`check`, and one table, :data:`CHECKS`: every check with the code of its reason. Whatever is
published passes here: further citations, headings cut from sentences, each word that a model writes. The gate must not
choose, repair or shorten sentences. It errs on the side of refusing: a citation that is missing costs a reader little,
a wrong one costs the trust in all of them.
"""

from aggregator.summaries.gate.judge import CHECKS, Check, Verdict, check

__all__ = ["CHECKS", "Check", "Verdict", "check"]
