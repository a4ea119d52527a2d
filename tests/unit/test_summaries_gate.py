"""The gate: pairs that an article supports, and traps that it does not. All texts are written for this test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.summaries.gate import CHECKS, check
from tests.builders import article

DAM = article(
    title="Norfield dam gives way after a week of rain",
    text="The old dam above Norfield gave way on Monday, flooding 240 houses and killing three people. Mayor Ana "
    "Brandt "
    "said that the town had asked the regional government twice for repairs. “We were not heard,” Brandt told "
    "reporters. "
    "Rescue crews from Westerley reached the valley by boat and brought 1,200 residents to schools. Repairs may cost "
    "4.5 million euros, the river authority said. The authority did not say when the dam was last inspected. "
    "Police are "
    "investigating whether a valve was left open. Trains between Norfield and Westerley will not run until Friday.",
)
BANK = article(
    title="Central bank of Arland raises key rate to 4.25 percent",
    text="The Central Bank of Arland raised its key interest rate by 0.25 percentage points to 4.25 percent on 12 "
    "March. "
    "Inflation rose to 6.1 percent in February, the highest in nine years. Governor Leda Okun denied that the "
    "government "
    "had put pressure on the bank. Economists expect another rise in June. The Arland crown gained 2 percent "
    "against the "
    "euro. Unemployment fell to 3.8 percent. The bank bought gold worth $300 million last year.",
)
COURT = article(
    title="Court in Pelham orders Quillon to pay $2.4 billion",
    text="A court in Pelham ordered the drug maker Quillon to pay $2.4 billion to patients on Thursday. Judge Mara "
    "Stone "
    "ruled that Quillon had hidden a study of 2011. Quillon sued the laboratory Benwick in 2019. More than 5,000 "
    "patients "
    "joined the case. The company said it would appeal. Lawyers for the patients called the ruling “a victory for "
    "honesty”. The court rejected a claim against the regulator.",
)
TALKS = article(
    title="Norland and Sudmark sign fishing accord",
    text="Norland and Sudmark signed an accord on fishing in the Grey Strait after two years of talks. Norland "
    "will lower "
    "its catch by 30 percent by 2028. Sudmark agreed to open two harbours to boats from Norland. Foreign ministers "
    "from "
    "both countries met in Ostby on 3 May. Fishermen in Ostby protested against the accord. The parliament of Norland "
    "must approve the text before the summer.",
)
GERMAN = article(
    lang="de",
    title="Staudamm bei Norfeld bricht",
    text="Der alte Staudamm bei Norfeld ist am Montag gebrochen. Drei Menschen kamen ums Leben, 240 Häuser wurden "
    "überflutet. Die Behörde bestätigte den Bericht nicht. Die Reparatur kostet 4,5 Millionen Euro.",
)
JAPANESE = article(
    lang="ja",
    title="ノルランドと漁業協定",
    text="ノルランド政府は12日、隣国と漁業協定に署名した。漁獲量は30%減る。議会はまだ承認していない。",
)
SPANISH = article(
    lang="es",
    title="El banco central de Arlandia sube los tipos",
    text="El banco central de Arlandia subió los tipos de interés al 4,25 por ciento el 12 de marzo. El gobierno negó "
    "haber presionado al banco. La inflación llegó al 6,1 por ciento en febrero.",
)

SUPPORTED = [
    (DAM, "The old dam above Norfield gave way on Monday, flooding 240 houses and killing three people."),
    (DAM, "The old dam above Norfield gave way on Monday"),
    (DAM, "The dam above Norfield gave way on Monday, killing 3 people."),
    (DAM, "Three people were killed when the old dam above Norfield gave way."),
    (DAM, "240 houses were flooded on Monday when the dam above Norfield gave way."),
    (DAM, "The dam above Norfield flooded 240 houses."),
    (DAM, "Rescue crews brought 1,200 residents to schools."),
    (DAM, "Crews from Westerley reached the valley by boat."),
    (DAM, "Rescue crews from Westerley brought 1200 residents of the valley to schools."),
    (DAM, "Repairs may cost €4.5 million, the river authority said."),
    (DAM, "The river authority said repairs may cost 4.5 million euros."),
    (DAM, "The repairs might cost 4.5 million euros."),
    (DAM, "Mayor Ana Brandt said the town had asked the regional government for repairs twice."),
    (DAM, "The town had twice asked the regional government for repairs, Brandt said."),
    (DAM, "“We were not heard,” Mayor Ana Brandt told reporters."),
    (DAM, "The authority didn't say when the dam was last inspected."),
    (DAM, "Police investigate whether a valve was left open."),
    (DAM, "Trains will not run between Norfield and Westerley until Friday."),
    (DAM, "No trains will run between Westerley and Norfield until Friday."),
    (BANK, "The Central Bank of Arland raised its key interest rate to 4.25 percent on 12 March."),
    (BANK, "Arland's central bank raised its key interest rate to 4.25% on March 12."),
    (BANK, "The bank raised the key rate by 0.25 percentage points to 4.25 per cent."),
    (BANK, "Inflation in February rose to 6.1%, the highest in nine years."),
    (BANK, "Inflation rose to 6.1 percent in February, the highest in 9 years."),
    (BANK, "Governor Leda Okun denied that the government put pressure on the bank."),
    (BANK, "Leda Okun denied government pressure on the bank."),
    (BANK, "Economists expect another rise in June."),
    (BANK, "Another rise is expected in June by economists."),
    (BANK, "The Arland crown gained 2% against the euro."),
    (BANK, "Unemployment in Arland fell to 3.8 percent."),
    (BANK, "The bank bought $300 million worth of gold last year."),
    (BANK, "Last year the bank bought gold worth 300 million dollars."),
    (BANK, "In February, inflation rose to 6.1 percent."),
    (COURT, "A court in Pelham ordered Quillon to pay patients $2.4 billion."),
    (COURT, "Quillon was ordered by a court in Pelham to pay $2.4 billion to patients."),
    (COURT, "On Thursday, a Pelham court ordered the drug maker to pay $2.4 billion to patients."),
    (COURT, "Drug maker Quillon was ordered to pay patients 2.4 billion dollars on Thursday."),
    (COURT, "Judge Mara Stone ruled that Quillon hid a study of 2011."),
    (COURT, "Quillon had hidden a 2011 study, Judge Mara Stone ruled."),
    (COURT, "Quillon sued Benwick in 2019."),
    (COURT, "The laboratory Benwick was sued by Quillon in 2019."),
    (COURT, "In 2019 Quillon sued the laboratory Benwick."),
    (COURT, "More than 5,000 patients joined the case."),
    (COURT, "The case was joined by more than 5000 patients."),
    (COURT, "The company said it will appeal."),
    (COURT, "The ruling is “a victory for honesty”, lawyers for the patients said."),
    (COURT, "A claim against the regulator was rejected by the court."),
    (COURT, "The court also rejected the claim against the regulator."),
    (TALKS, "Norland and Sudmark signed a fishing accord after two years of talks."),
    (TALKS, "After 2 years of talks, Norland and Sudmark signed an accord on fishing in the Grey Strait."),
    (TALKS, "An accord on fishing in the Grey Strait was signed by Norland and Sudmark."),
    (TALKS, "Norland will lower its catch by 30% by 2028."),
    (TALKS, "By 2028, Norland will lower its catch by 30 percent."),
    (TALKS, "Sudmark agreed to open two harbours to boats from Norland."),
    (TALKS, "Two harbours will open to boats from Norland, Sudmark agreed."),
    (TALKS, "The foreign ministers of both countries met on May 3 in Ostby."),
    (TALKS, "Foreign ministers met in Ostby on 3 May."),
    (TALKS, "In Ostby, fishermen protested against the accord."),
    (TALKS, "Fishermen protested in Ostby against the fishing accord."),
    (TALKS, "Norland's parliament must approve the text before the summer."),
    (TALKS, "The text must be approved by the parliament of Norland before summer."),
    (GERMAN, "Drei Menschen kamen ums Leben, 240 Häuser wurden überflutet."),
    (GERMAN, "Die Reparatur kostet 4,5 Millionen Euro."),
    (GERMAN, "Am Montag ist der alte Staudamm bei Norfeld gebrochen."),
    (GERMAN, "3 Menschen kamen ums Leben."),
    (JAPANESE, "ノルランド政府は12日、隣国と漁業協定に署名した。"),
    (JAPANESE, "議会はまだ承認していない。"),
    (SPANISH, "El banco central de Arlandia subió los tipos al 4,25 por ciento el 12 de marzo."),
    (SPANISH, "La inflación llegó en febrero al 6,1 %."),
]

TRAPS = [
    ("number", DAM, "The old dam above Norfield gave way on Monday, flooding 420 houses and killing three people."),
    ("number word", DAM, "The old dam above Norfield gave way on Monday, killing four people."),
    ("numbers swapped", DAM, "The dam gave way on Monday, flooding three houses and killing 240 people."),
    ("magnitude", DAM, "Repairs may cost 4.5 billion euros, the river authority said."),
    ("unit", DAM, "Repairs may cost 4.5 million dollars, the river authority said."),
    ("weekday", DAM, "The old dam above Norfield gave way on Tuesday, killing three people."),
    ("place", DAM, "The old dam above Westfield gave way on Monday, killing three people."),
    ("person", DAM, "Mayor Ana Keller said that the town had asked the regional government twice for repairs."),
    ("person at the start", DAM, "Keller told reporters that the town had asked the regional government for repairs."),
    ("negation dropped", DAM, "The authority did say when the dam was last inspected."),
    ("negation added", DAM, "Rescue crews from Westerley have not reached the valley by boat."),
    ("modality dropped", DAM, "Repairs cost 4.5 million euros, the river authority said."),
    ("doubt dropped", DAM, "Police say a valve was left open."),
    ("quotation changed", DAM, "“We were not warned,” Brandt told reporters."),
    ("quotation turned", DAM, "“We were heard,” Brandt told reporters."),
    ("negation dropped", DAM, "Trains between Norfield and Westerley will run until Friday."),
    ("denial dropped", BANK, "The government had put pressure on the bank, Governor Leda Okun said."),
    ("denial turned", BANK, "Governor Leda Okun confirmed that the government had put pressure on the bank."),
    ("denied clause alone", BANK, "The government had put pressure on the bank."),
    ("opposite", BANK, "Inflation fell to 6.1 percent in February, the highest in nine years."),
    ("opposite", BANK, "The Central Bank of Arland lowered its key interest rate to 4.25 percent on 12 March."),
    ("percent points", BANK, "The bank raised the key rate by 0.25 percent to 4.25 percent."),
    ("month", BANK, "The Central Bank of Arland raised its key interest rate to 4.25 percent on 12 April."),
    ("day", BANK, "The Central Bank of Arland raised its key interest rate to 4.25 percent on 14 March."),
    ("currency", BANK, "The bank bought gold worth €300 million last year."),
    ("office", BANK, "President Leda Okun denied that the government had put pressure on the bank."),
    ("announced as done", TALKS, "Norland lowered its catch by 30 percent."),
    ("done as announced", COURT, "A court in Pelham will order Quillon to pay $2.4 billion to patients."),
    ("who did what", COURT, "The laboratory Benwick sued Quillon in 2019."),
    ("who did what, passive", COURT, "Quillon was sued by the laboratory Benwick in 2019."),
    ("rejection dropped", COURT, "The court upheld a claim against the regulator."),
    ("comparison", COURT, "Fewer than 5,000 patients joined the case."),
    ("year", COURT, "Judge Mara Stone ruled that Quillon had hidden a study of 2012."),
    ("countries swapped", TALKS, "Norland agreed to open two harbours to boats from Sudmark."),
    ("against or for", TALKS, "Fishermen in Ostby protested for the accord."),
    ("another subject", TALKS, "The river authority will inspect every dam in the region this year."),
    ("de number", GERMAN, "Vier Menschen kamen ums Leben, 240 Häuser wurden überflutet."),
    ("de negation", GERMAN, "Die Behörde bestätigte den Bericht."),
    ("de magnitude", GERMAN, "Die Reparatur kostet 4,5 Milliarden Euro."),
    ("ja number", JAPANESE, "漁獲量は40%減る。"),
    ("ja name", JAPANESE, "スドマルク政府は12日、隣国と漁業協定に署名した。"),
    ("ja negation", JAPANESE, "議会はすでに承認した。"),
    ("es denial", SPANISH, "El gobierno presionó al banco."),
    ("es number", SPANISH, "La inflación llegó al 7,1 por ciento en febrero."),
    ("es month", SPANISH, "La inflación llegó al 6,1 por ciento en marzo."),
]  # fmt: skip
# Nine in ten must pass; a paraphrase that is refused only loses a citation.
MIN_RECALL = 0.9


def test_paraphrases_are_supported():
    refused = [(sentence, reasons) for source, sentence in SUPPORTED if (reasons := check(sentence, source).reasons)]
    assert len(SUPPORTED) >= 60
    assert 1 - len(refused) / len(SUPPORTED) >= MIN_RECALL, refused


@pytest.mark.parametrize(
    ("kind", "source", "sentence"), TRAPS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_traps_are_refused(kind, source, sentence):
    assert check(sentence, source).reasons, kind


@pytest.mark.parametrize("source", [DAM, BANK, COURT, TALKS, GERMAN, JAPANESE, SPANISH], ids=lambda a: a.title)
def test_every_sentence_of_an_article_is_supported_by_it(source):
    separator = "。" if source.lang == "ja" else ". "
    for sentence in filter(None, source.text.split(separator)):
        assert check(sentence, source).is_supported
    assert check(source.title, source).is_verbatim


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("The old dam above Norfield gave way on Monday, killing four people.", "number"),
        ("Repairs may cost 4.5 million dollars, the river authority said.", "unit"),
        ("The old dam above Norfield gave way on Tuesday, killing three people.", "date"),
        ("Mayor Ana Keller said that the town had asked the regional government twice for repairs.", "name"),
        ("“We were never heard,” Brandt told reporters.", "quotation"),
        ("Rescue crews from Westerley have not reached the valley by boat.", "negation"),
        ("Repairs cost 4.5 million euros, the river authority said.", "modality"),
        ("Nobody expects a cold winter this time.", "content"),
        ("…", "empty"),
    ],
)
def test_reasons_start_with_their_code(sentence, code):
    assert code in [reason.split(":")[0] for reason in check(sentence, DAM).reasons]


def test_what_only_the_summary_says_counts():
    source = article(title="", text="", summary="<p>The dam at Norfield broke on <b>Monday</b>.</p>")
    assert check("The dam at Norfield broke on Monday.", source).is_supported


def test_an_article_without_text_supports_nothing():
    assert not check("The dam broke.", article(title="", text="", summary="")).is_supported


@given(st.text(max_size=120), st.text(max_size=300))
def test_no_text_breaks_the_gate(sentence, text):
    assert isinstance(check(sentence, article(title="", text=text)).reasons, tuple)


def test_every_check_has_one_code_and_one_question() -> None:
    codes = [each.code for each in CHECKS]
    assert len(codes) == len(set(codes))
    assert all((each.of_article is None) != (each.of_passage is None) for each in CHECKS)


RAIL = article(
    title="Corva rail strike ends",
    text=(
        "Minister Ada Brandt signed on Friday a bill that will make trains in Corva free. "
        "The Corva strike ended in May after nine weeks. "
        "The line, which the mayor opened in 2019, carries freight and passengers. "
        "Two Norvian nationals were held at the border. The nationals were freed on Sunday."
    ),
)


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        ("Minister Ada Brandt signed a bill on Friday.", ""),  # what the bill will do is another matter
        ("The Corva strike ended after nine weeks.", ""),  # May is a month here
        ("The line carries freight and passengers.", ""),  # nobody aside is spoken of
        ("Norvian nationals were freed on Sunday.", ""),
        ("Former nationals were freed on Sunday.", "added"),
        ("Minister Ada Brandt will sign a bill on Friday.", "modality"),
        ("The line carries freight, oil and passengers.", "added"),
        ("Corva says the strike ended after nine weeks.", "subject"),
        ("...", "empty"),
        ("It was so.", "empty"),
    ],
)
def test_what_a_passage_tells_besides_does_not_count(sentence: str, code: str) -> None:
    reasons = check(sentence, RAIL).reasons
    assert [reason.split(":")[0] for reason in reasons] == ([code] if code else [])
    assert {reason.split(":")[0] for reason in reasons} <= {each.code for each in CHECKS}
