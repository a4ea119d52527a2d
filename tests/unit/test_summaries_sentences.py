"""Where a sentence ends, in many languages."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.summaries.sentences import is_balanced, split

CASES = [
    ("en", ("Dr. Reed met J. K. Marsh in the U.S. on Monday.", "Sales rose 3.5 percent.", "Why?", "Nobody knows.")),
    ("en", ("The firm left the U.S.", "The move surprised nobody.")),
    ("en", ("It opened at 9 a.m. on Jan. 14 in St. Oswin.", "Plan B.", "It failed.")),
    ("en", ("“I am here. I stay,” she said.", "Then she left.")),
    ("en", ('"Did it hold?" he asked.', '"It did!" Marsh said.', "They laughed.")),
    ("en", ("The mayor (who was there. Really.) agreed.", "So did we.")),
    ("en", ("Acme Inc. and Bolt Ltd. will merge.", "The deal is worth $2.4 billion.")),
    ("en", ("First line without a stop", "Second line.")),
    ("en", ("Wait... what happened?", "Nothing!")),
    ("de", ("Am 14. Januar kam z. B. Dr. Meier.", "„Das ist gut. Sehr gut“, sagte er.", "Danach ging er.")),
    ("de", ("Es kostet ca. 3,5 Mio. Euro.", "Das ist viel.")),
    ("fr", ("M. Durand a dit « Oui. Non. » puis est parti.", "Il reviendra.")),
    ("es", ("¿Qué pasó?", "El Sr. Ruiz no lo dijo.", "¡Nada!")),
    ("pt", ("O Sr. Silva saiu.", "Ninguém sabe por quê.")),
    ("ja", ("首脳は14日、会談した。", "「協力する。必ず」と述べた。", "次は来月だ！", "本当か？", "はい。")),
    ("zh", ("两国领导人会晤。", "他说：“合作很好。”会议结束。")),
    ("ko", ("정상은 2026. 1. 14. 만났다.", "3.5% 올랐다.", '"협력한다. 반드시"라고 말했다.')),
    ("ar", ("هل وصل الوفد؟", "نعم وصل.", "ثم غادر.")),
    ("ur", ("وفد پہنچ گیا۔", "بات چیت ہوئی۔")),
    ("hi", ("बैठक हुई।", "फैसला कल होगा।")),
    ("vi", ("Hai bên đã gặp nhau.", "Cuộc họp kéo dài 3,5 giờ.")),
    ("ru", ("Встреча прошла в понедельник.", "Решения нет.")),
]


@pytest.mark.parametrize(("lang", "sentences"), CASES)
def test_sentences_come_apart_where_they_were_joined(lang, sentences):
    joint = "" if lang in ("ja", "zh") else " "
    if sentences[0].endswith("stop"):
        joint = "\n"
    assert split(joint.join(sentences), lang) == sentences


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\r\n \u2028"])
def test_nothing_gives_nothing(text):
    assert split(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said “yes” (twice).", True),
        ("„Ja“, sagte er.", True),
        ("« Oui », dit-elle.", True),
        ("「はい」と述べた。", True),
        ("It's the mayor's house, isn't it?", True),
        ("a) this", True),
        ('He said "yes.', False),
        ("He said “yes.", False),
        ("yes” he said.", False),
        ("The mayor (who left.", False),
        ("「はい", False),
    ],
)
def test_cut_quotations_are_seen(text, expected):
    assert is_balanced(text) is expected


_PIECES = st.sampled_from(
    ["A", "b.", "! ", "? ", "。", "\u0301", " ", "“", "”", '"', "(", ")", "3.5", "Dr.", "é", "👩\u200d👧", "\n"]
)


@given(st.lists(_PIECES, max_size=60).map("".join), st.sampled_from(["", "en", "de", "ja"]))
def test_pieces_are_slices_and_lose_only_white_space(text, lang):
    pieces = split(text, lang)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    at = 0
    for piece in pieces:
        start = text.index(piece, at)
        at = start + len(piece)
        assert piece == piece.strip()
        # A cut inside what the reader sees as one character would start a piece with a combining mark.
        assert not unicodedata.combining(piece[0]) or not start or text[start - 1].isspace()


def test_a_french_quotation_closes_behind_a_space() -> None:
    text = "Il a dit : « Je pars. » Elle reste. « Non ! » crie-t-il. « Il part. Elle reste. » a-t-il dit."
    assert split(text, "fr") == (
        "Il a dit : « Je pars. »",
        "Elle reste.",
        "« Non ! » crie-t-il.",
        "« Il part. Elle reste. » a-t-il dit.",
    )
