"""Why a summary is what it is, and why a sentence was let through or refused, as records for people.

Owns the words of ``summarize --explain`` and ``verify --explain``. Must not decide anything: it asks the gate again and
tells what the summariser noted.
"""

from aggregator.model import Article, Report, Summary
from aggregator.summaries.gate import Verdict, check
from aggregator.summaries.pool import unfit
from aggregator.summaries.select import Chosen
from aggregator.summaries.write import Work


def explain_summary(summary: Summary, work: Work) -> dict[str, object]:
    """Tell why each sentence was taken, why each citation holds, and what was left out for which reason."""
    number_of = {source.article_id: source.n for source in summary.sources}
    passed = [_left_out(p.candidate.text, work.reports[p.candidate.report], number_of, p.reason) for p in work.passed]
    refused = [
        _left_out(text, report, number_of, f"unfit: {reason}")
        for report in work.reports
        for text, reason in unfit(report.article)
    ]
    return {
        "taken": [_taken(rank, one, work, number_of) for rank, one in enumerate(work.chosen, 1)],
        "left_out": [*passed, *refused],
    }


def explain_check(sentence: str, article: Article) -> dict[str, object]:
    """Tell what the gate compared a sentence with."""
    return explain_verdict(check(sentence, article))


def explain_verdict(verdict: Verdict) -> dict[str, object]:
    """Tell what a verdict rests on."""
    if verdict.is_verbatim:
        return {"how": "stands in the article word for word"}
    return {
        "how": "every check passed" if not verdict.reasons else "refused",
        "nearest": verdict.nearest,
        "words": round(verdict.share, 2),
    }


def _taken(rank: int, one: Chosen, work: Work, number_of: dict[str, int]) -> dict[str, object]:
    candidate = one.candidate
    own = work.reports[candidate.report].article
    gain = f"choice {rank}: sentence {candidate.position + 1} of [{number_of[own.id]}], gain {one.gain:.2f}"
    because = f"{gain}, lowered to {candidate.penalty:.0%} for how it reads" if candidate.penalty < 1 else gain
    citations = []
    for report in work.cited[candidate]:
        article = work.reports[report].article
        why = explain_check(candidate.text, article)
        citations.append({"n": number_of[article.id], **why})
    refused = [
        {"n": number_of[report.article.id], "reasons": list(verdict.reasons) or ["words: it is told too differently"]}
        for n, report in enumerate(work.reports)
        if n not in work.cited[candidate]
        for verdict in (check(candidate.text, report.article),)
    ]
    return {"text": candidate.text, "because": because, "citations": citations, "not_cited": refused}


def _left_out(text: str, report: Report, number_of: dict[str, int], reason: str) -> dict[str, object]:
    return {"text": text, "n": number_of[report.article.id], "reason": reason}
