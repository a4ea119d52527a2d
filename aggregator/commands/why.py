"""``why``: what joined two articles, or parted them."""

import argparse
import os

from aggregator.app import make_encoder, open_store_to_read
from aggregator.commands.common import iso, place_of, print_json
from aggregator.config import load_config
from aggregator.config.file import overrides_beside
from aggregator.config.overrides import load_overrides
from aggregator.errors import AggregatorError
from aggregator.logs import printable
from aggregator.model import Article, Membership
from aggregator.pipeline.comparing import Answer
from aggregator.pipeline.comparing import why as find_out
from aggregator.store.base import Store
from aggregator.stories.why import Comparison


def why(args: argparse.Namespace) -> int:
    """Say why two articles are in one story, or in two."""
    config = load_config(args.config, environ=os.environ)
    overrides = load_overrides(overrides_beside(args.config))
    with open_store_to_read(place_of(args)) as store:
        one, other = (_article_at(store, url) for url in args.urls)
        if one.id == other.id:
            raise AggregatorError("both addresses lead to one article")
        answer = find_out(store, one, other, overrides, make_encoder(config.settings.encoder))
    if args.json:
        print_json(_record(answer))
    else:
        print(printable("\n".join(_lines(answer))))
    return 0


def _article_at(store: Store, url: str) -> Article:
    """Return the article at an address; of several, as feeds repeat each other, the first."""
    found = store.articles_at([url])
    if not found:
        raise AggregatorError(f"no stored article has the address {printable(url)}")
    return found[0]


def _verdict(answer: Answer) -> str:
    if answer.comparison is None:
        return "no story yet"
    return "same story" if answer.are_together else "different stories"


def _record(answer: Answer) -> dict[str, object]:
    compared = answer.comparison
    return {
        "verdict": _verdict(answer),
        "articles": [
            {"title": a.title, "url": a.link, "publisher": a.publisher, "at": iso(a.at), **_membership_record(m)}
            for a, m in zip(answer.articles, answer.memberships, strict=True)
        ],
        "override": answer.override or None,
        "compared": compared
        and {
            "probability": compared.probability,
            "rule": compared.rule,
            "reason": compared.reason,
            "shared": list(compared.shared),
            "only_later": list(compared.only_one),
            "only_earlier": list(compared.only_other),
            "meaning": compared.meaning,
            "hours": compared.hours,
            "model": compared.model,
        },
    }


def _membership_record(membership: Membership | None) -> dict[str, object]:
    if membership is None:
        return {"story": None}
    return {
        "story": membership.story_id,
        "rule": membership.rule,
        "probability": round(membership.probability, 4),
        "reason": membership.reason,
        "copy_of": membership.copy_of or None,
        "model": membership.model,
    }


def _lines(answer: Answer) -> list[str]:
    lines = [f"{_verdict(answer)}:"]
    for article, membership in zip(answer.articles, answer.memberships, strict=True):
        lines.append(f"- {article.title} ({article.publisher}, {iso(article.at)})")
        if membership is None:
            lines.append("    in no story yet: run `aggregator build`")
        else:
            sure = f"{membership.rule}, p = {membership.probability:.2f}"
            lines.append(f"    in {membership.story_id}: {sure}: {membership.reason}")
    if answer.are_together and _is_copy(answer):
        lines.append("one repeats the text of the other")
    if answer.override:
        lines.append(f"a person said that they are never in one story (override {answer.override})")
    return lines + (_compared_lines(answer.comparison) if answer.comparison else [])


def _is_copy(answer: Answer) -> bool:
    one, other = answer.articles
    first, second = answer.memberships
    return bool(first and second and (first.copy_of == other.id or second.copy_of == one.id))


def _compared_lines(compared: Comparison) -> list[str]:
    if not compared.is_near:
        said = "the model does not compare them: the story lies more than five days away"
    elif compared.probability is None:
        said = "the model never compares them: they have no rare word in common"
    elif compared.rule == "new story":
        said = f"by itself the later one does not belong to the story of the earlier: p = {compared.probability:.2f}"
    else:
        sure = f"{compared.rule}, p = {compared.probability:.2f}"
        said = f"by itself the later one belongs to the story of the earlier: {sure}"
    lines = [said]
    if compared.rule != "new story" and compared.reason:
        lines.append(f"    {compared.reason}")
    lines.append(f"    both have: {', '.join(compared.shared) or 'no word that says much'}")
    lines.append(f"    only the later one has: {', '.join(compared.only_one) or 'no name or number'}")
    lines.append(f"    only the earlier one has: {', '.join(compared.only_other) or 'no name or number'}")
    if compared.meaning is not None:
        usual = " (reports of one event mostly stand above 0.4)" if compared.model.endswith("use-3") else ""
        lines.append(f"    meaning: {compared.meaning:.2f}{usual}")
    lines.append(f"    {compared.hours:g} h apart; model {compared.model}")
    return lines
