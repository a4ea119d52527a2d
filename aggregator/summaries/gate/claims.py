"""What a sentence does to its facts: denies them, doubts them, announces them, turns them round.

Owns the small word tables of negation, modality and opposites, in the languages that can be judged. Must not weigh
names, numbers or content words; that is :mod:`aggregator.summaries.gate`, which asks here.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from aggregator.summaries.words import stem, word_set

_NOT_WORDS: dict[str, str] = {
    "en": "not no never neither nor none nobody nothing nowhere without cannot unable hardly barely",
    "de": "nicht kein keine keinen keiner keinem nie niemals niemand nichts ohne weder",
    "fr": "pas jamais aucun aucune sans rien ni personne",
    "es": "no nunca jamás sin ningún ninguna ninguno nada nadie ni tampoco",
    "pt": "não nunca jamais sem nenhum nenhuma nada ninguém nem",
    "it": "non mai senza nessun nessuno nessuna niente né",
    "nl": "niet geen nooit zonder niemand niets",
    "sv": "inte ingen inget aldrig utan",
    "ru": "не ни нет без никогда никто ничего",
    "uk": "не ні немає без ніколи",
    "pl": "nie bez nigdy nikt nic",
    "tr": "değil yok asla hiç",
    "vi": "không chưa chẳng",
    "id": "tidak bukan tanpa belum",
    "ar": "لا لم لن ليس ليست غير بدون ما",
    "hi": "नहीं न बिना",
}
_NOT_PARTS: dict[str, str] = {
    "zh": "不|没|沒|未|无|無|非|否|勿",
    "ja": "ない|なかっ|なく|ません|ず[、に]|否|ぬ[。、]",
    "ko": "않|못|없|아니|안 |부인",
    "th": "ไม่|มิได้",
}
# Verbs that undo what follows them.
_DENY_WORDS: dict[str, str] = {
    "en": "deny denies denied denying reject rejects rejected rejecting refuse refuses refused refusing dismiss "
    "dismisses "
    "dismissed refute refutes refuted decline declines declined fail fails failed failing failure block blocks blocked "
    "oppose opposes opposed against false falsely cancel cancels canceled cancelled halt halts halted suspend suspends "
    "suspended withdraw withdraws withdrew ban bans banned lack lacks lacked stop stops stopped avoid avoids avoided "
    "prevent prevents prevented disprove disproved debunked unlikely overturn overturned veto vetoed scrap scrapped "
    "abandon abandoned postpone postponed delay delayed",
    "de": "bestreitet bestritt bestritten dementiert dementierte lehnt lehnte abgelehnt ablehnte verweigert gegen "
    "gescheitert",
    "fr": "nie nié dément démenti rejette rejeté refuse refusé contre échoué",
    "es": "niega negó niegan rechaza rechazó contra fracasó desmiente desmintió",
    "pt": "nega negou rejeita rejeitou contra fracassou desmente desmentiu recusa recusou",
    "it": "nega negato respinge respinto contro rifiuta rifiutato smentisce smentito",
    "ru": "отрицает отверг отвергла отказался отказалась против опроверг опровергла",
}  # fmt: skip
_MAY_WORDS: dict[str, str] = {
    "en": "may might could possible possibly perhaps maybe likely probably potentially potential if unless expected "
    "expects expect should consider considers considering considered weigh weighs weighing suggests appears appear "
    "appeared "
    "seems seem risk risks unclear whether fear fears feared",
    "de": "könnte könnten möglicherweise vielleicht wahrscheinlich dürfte falls sollte",
    "fr": "pourrait pourraient peut-être probablement éventuellement devrait",
    "es": "podría podrían quizás quizá probablemente posiblemente debería",
    "pt": "poderia poderiam pode podem talvez provavelmente possivelmente deveria",
    "it": "potrebbe potrebbero forse probabilmente",
    "ru": "может могут возможно вероятно",
}
_MAY_PARTS: dict[str, str] = {
    "zh": "可能|或许|或許|也许|也許|有望|疑似",
    "ja": "かもしれ|可能性|恐れ|おそれ|見通し|見込み|とみられ",
    "ko": "가능성|전망|수 있|수도 있|것으로 보",
}
_LATER_WORDS: dict[str, str] = {
    "en": "will would shall plan plans planned planning intend intends intended aim aims aimed going propose proposes "
    "proposed vow vows vowed pledge pledges pledged promise promises promised threaten threatens threatened 'll",
    "de": "wird werden will wollen plant planen soll sollen",
    "ru": "будет будут планирует планируют намерен",
}
_ALLEGE_WORDS: dict[str, str] = {
    "en": "alleged allegedly alleges alleging allegation allegations reportedly accused accuses accusing suspected "
    "purported "
    "purportedly claimed claims claiming supposedly",
    "de": "angeblich mutmaßlich mutmaßliche mutmaßlicher mutmaßlichen",
    "fr": "présumé présumée prétendu",
    "es": "presunto presunta presuntamente supuestamente supuesto",
    "pt": "suposto suposta supostamente suposto",
}
_ALLEGE_PARTS: dict[str, str] = {"zh": "涉嫌|据称|據稱", "ja": "容疑|疑い|とされる", "ko": "혐의|의혹"}
_OPPOSITES = tuple(
    (frozenset(map(stem, left.split())), frozenset(map(stem, right.split())))
    for left, right in (
        (("rise rises rose risen rising increase increased increases grow grew grows grown growth gain gained gains "
         "climb climbed climbs jump jumped jumps surge surged surges soar soared higher up"
         " raise raised raises raising"),
         ("fall falls fell fallen falling decrease decreased decreases decline declined declines drop dropped drops "
         "plunge plunged slump slumped shrink shrank lower down cut cuts cutting"
         " reduce reduced reduces lowered lowering")),
        ("win wins won winning victory", "lose loses lost losing defeat loss"),
        ("approve approved approves accept accepted accepts pass passed passes",
         "reject rejected rejects block blocked blocks veto vetoed"),
        ("before", "after"), ("more above over exceed exceeded exceeds", "less fewer below under"),
        ("support supported supports back backed backs", "oppose opposed opposes"),
        ("open opened opens reopen reopened", "close closed closes shut"),
        ("start started starts begin began begins launch launched", "end ended ends finish finished stop stopped"),
        ("arrive arrived arrives enter entered", "leave left leaves depart departed exit exited"),
        ("arrest arrested detain detained jailed imprisoned", "release released releases free freed"),
        ("guilty convict convicted", "innocent acquit acquitted"), ("buy bought buys", "sell sold sells"),
        ("best strongest biggest largest most highest", "worst weakest smallest least lowest"),
        ("north northern", "south southern"), ("east eastern", "west western"), ("first", "last second third"),
        ("ally allies", "enemy enemies rival rivals"), ("male man men boy boys husband father son brother",
         "female woman women girl girls wife mother daughter sister"),
        ("import imports imported", "export exports exported"), ("strengthen strengthened", "weaken weakened"),
        ("legal lawful", "illegal unlawful"),
        ("dead died killed die dies kill", "survive survived survives alive injured wounded"),
        ("majority", "minority"), ("public", "secret private"), ("agree agreed agrees", "disagree disagreed disagrees"),
        ("success successful succeed succeeded", "failure fail failed"), ("early earlier", "late later"),
        ("safe", "dangerous unsafe"),
        ("allow allowed allows permit permitted", "ban banned bans forbid forbade prohibit"),
    )
)  # fmt: skip
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*(?:-[^\W\d_]+)?")
_PASSIVE = re.compile(
    r"\b(?:is|are|was|were|be|been|being|gets?|got|wird|wurde|wurden|fue|fueron|foi|foram|été)\b.*\b(?:by|von|por|"
    r"par|da)\b",
    re.IGNORECASE,
)


_MAY_MONTH = re.compile(
    r"(?:\b(?:[Ii]n|[Ss]ince|[Uu]ntil|last|early|late|mid|next|\d{1,2})[ -]|\b(?:of|by) (?=May\b))(?:May|may)\b|"
    r"\b(?:May|may)(?= \d)"
)


@dataclass(frozen=True, slots=True)
class Stance:
    """How a text stands to its facts; two texts that tell the same have the same stance."""

    n_not: int
    n_deny: int
    may: bool
    later: bool
    alleged: bool

    def differs_from(self, source: "Stance") -> str:
        """Name in words what this stance adds to or drops from its source's; empty: nothing."""
        # "did not agree" and "refused" weigh the same; "did not deny" and "denied" do not.
        if self.n_not + self.n_deny != source.n_not + source.n_deny:
            return "negation"
        if self.may != source.may:
            return "modality"
        if self.later != source.later:
            return "modality"
        return "attribution" if self.alleged != source.alleged else ""


@lru_cache(maxsize=4096)
def stance(text: str, lang: str) -> Stance:
    """Read negation, doubt, announcement and allegation off a text. Languages without a table are all neutral."""
    text = _MAY_MONTH.sub(" ", text) if lang == "en" else text
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(text)]
    n_not = _count(words, _NOT, lang) + sum(word.endswith("n't") for word in words)
    if lang in _NOT_PARTS:
        n_not += len(re.findall(_NOT_PARTS[lang], text))
    if lang == "fr" and "que" in words and "ne" in words and not n_not:
        n_not = 1
    return Stance(
        n_not=n_not,
        n_deny=_count(words, _DENY, lang),
        may=_count(words, _MAY, lang) > 0 or _has_part(_MAY_PARTS, text, lang),
        later=_count(words, _LATER, lang) > 0 or (lang == "en" and "won't" in words),
        alleged=_count(words, _ALLEGE, lang) > 0 or _has_part(_ALLEGE_PARTS, text, lang),
    )


def _has_part(table: dict[str, str], text: str, lang: str) -> bool:
    return lang in table and re.search(table[lang], text) is not None


def _frozen(table: dict[str, str]) -> dict[str, frozenset[str]]:
    return {lang: frozenset(words.split()) for lang, words in table.items()}


_NOT, _DENY, _MAY, _LATER, _ALLEGE = map(_frozen, (_NOT_WORDS, _DENY_WORDS, _MAY_WORDS, _LATER_WORDS, _ALLEGE_WORDS))


def _count(words: list[str], table: dict[str, frozenset[str]], lang: str) -> int:
    known = table.get(lang, frozenset())
    # "The suspect" alleges nothing, "a plane" plans nothing.
    if lang != "en" or table is _ALLEGE or table is _LATER:
        return sum(word in known for word in words)
    # "blocking" and "fearing" are the words of the table, too.
    stems = _stems(known)
    return sum(
        stem(word) in stems and not (word == "against" and n and stem(words[n - 1]) in _HARMLESS_AGAINST)
        for n, word in enumerate(words)
    )


@lru_cache(maxsize=16)
def _stems(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(stem, words))


# "Protect against", "a lawsuit against": nobody denies or refuses anything.
_HARMLESS_AGAINST = _stems(
    word_set(
        "protect protects protected protection guard discriminate discrimination discriminating effective "
        "insure lawsuit suit suits charge charges charged case cases complaint complaints allegation "
        "allegations accusation accusations evidence crime crimes sanction sanctions violence attack attacks "
        "war fight filed brought "
    )
)


def opposite(ours: set[str], theirs: set[str]) -> str:
    """Find a word of ours that stands against theirs ("rose" where the source says "fell"); empty: none.

    Args:
        ours: Stems of the sentence, stop-words included.
        theirs: Stems of the passage that it was made from, stop-words included.
    """
    for left, right in _OPPOSITES:
        for side, other in ((left, right), (right, left)):
            mine = ours & side
            if mine and not ours & other and theirs & other and not theirs & side:
                return min(mine)
    return ""


def is_passive(text: str) -> bool:
    """Tell whether a stretch between two names turns doer and done-to round ("was sued by")."""
    return bool(_PASSIVE.search(text))
