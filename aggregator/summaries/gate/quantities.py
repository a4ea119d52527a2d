"""Numbers, units and dates of a text, by value.

Owns what a number means: digits in every notation, number words, magnitudes ("3 million" is not "3 billion"), percent,
currencies and units, months and weekdays. Must not decide whether a text is supported; that is
:mod:`aggregator.summaries.gate`.
"""

import re
import unicodedata
from dataclasses import dataclass

from aggregator.summaries.words import word_set
from aggregator.text import numbers as digits_of

_ONES = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince",
    "pt": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze",
    "it": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici",
    "nl": "nul een twee drie vier vijf zes zeven acht negen tien elf twaalf",
    "ru": "ноль один два три четыре пять шесть семь восемь девять десять",
    "vi": "không một hai ba bốn năm sáu bảy tám chín mười",
    "id": "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh",
}
_MORE_WORDS: dict[str, dict[str, float]] = {
    "en": {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12,
           "twice": 2, "double": 2, "triple": 3, "half": 0.5, "third": 3, "fourth": 4, "fifth": 5,
           "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10},
    "de": {"zwanzig": 20, "dreißig": 30, "vierzig": 40, "fünfzig": 50, "dutzend": 12},
    "fr": {"vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "douzaine": 12},
    "es": {"veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "docena": 12},
    "pt": {"vinte": 20, "trinta": 30, "quarenta": 40, "duas": 2},
    "ru": {"две": 2, "двое": 2, "трое": 3, "двадцать": 20},
}  # fmt: skip
# One is also an article or a pronoun, "six" and "once" are words of other languages: told apart by language.
_IGNORED = frozenset({("en", "one"), ("fr", "un"), ("es", "uno"), ("pt", "um"), ("it", "uno"), ("nl", "een")})
WORDS_BY_LANG: dict[str, dict[str, float]] = {
    lang: {
        **{word: float(n) for n, word in enumerate(text.split()) if (lang, word) not in _IGNORED},
        **_MORE_WORDS.get(lang, {}),
    }
    for lang, text in _ONES.items()
}
WORDS_BY_LANG["vi"].pop("không")  # also "not"
WORDS_BY_LANG["vi"].pop("năm")  # also "year"
_ANY_WORD = {word: value for lang in sorted(WORDS_BY_LANG, reverse=True) for word, value in WORDS_BY_LANG[lang].items()}

_SCALES: dict[str, float] = {}
for _value, _names in (
    (1e2, "hundred hundreds hundert cent cents cientos cem сто"),
    (1e3, "thousand thousands k tausend mille mil тысяч тысячи тыс nghìn ngàn ribu bin 千 천"),
    (1e4, "万 만 萬"),
    (1e5, "lakh lakhs"),
    (1e6, ("million millions m mn mln mio millionen millón millones milhão milhões milioni milione miljoen миллион "
           "миллионов млн triệu juta milyon مليون")),
    (1e7, "crore crores"),
    (1e8, "億 亿 억"),
    (1e9, ("billion billions bn b mrd milliarde milliarden milliard milliards miliardi miljard миллиард миллиардов "
           "млрд tỷ miliar milyar مليار")),
    (1e12, "trillion trillions tn trn billones bilhões 兆 조 триллион"),
):  # fmt: skip
    for _name in _names.split():
        _SCALES[_name] = _value
# Magnitudes that stand alone: "hundreds of people" is not "thousands of people".
_VAGUE = word_set("hundred hundreds thousand thousands million millions billion billions trillion trillions dozens")

_UNITS: dict[str, str] = {}
for _unit, _names in (
    ("%", "% ٪ percent per-cent pct prozent pourcent percento procent процентов процента"),
    ("pp", "percentage-point percentage-points"),
    ("usd", "$ us$ usd dollar dollars dólares dólar"),
    ("eur", "€ eur euro euros"),
    ("gbp", "£ gbp pound pounds"),
    ("jpy", "¥ jpy yen 円"),
    ("krw", "₩ krw won 원"),
    ("cny", "yuan renminbi cny 元"),
    ("inr", "₹ rs rupee rupees inr"),
    ("rub", "₽ ruble rubles rouble roubles рублей"),
    ("km", "km kilometer kilometers kilometre kilometres kilomètres kilómetros quilômetros"),
    ("mi", "mile miles mi"),
    ("m", "meter meters metre metres mètres metros"),
    ("km2", "km² square-kilometer square-kilometers square-kilometre square-kilometres quadratkilometer sqkm"),
    ("mi2", "square-mile square-miles"),
    ("m2", "m² square-meter square-meters square-metre square-metres quadratmeter"),
    ("ha", "hectare hectares hektar ha hectáreas hectárea ヘクタール"),
    ("ac", "acre acres"),
    ("km/h", "km/h kph"),
    ("mph", "mph"),
    ("ft", "foot feet ft"),
    ("kg", "kg kilogram kilograms kilo kilos kilogramm"),
    ("lb", "lb lbs"),
    ("t", "ton tons tonne tonnes tonnen tonnes"),
    ("g", "gram grams"),
    ("l", "liter liters litre litres"),
    ("gal", "gallon gallons"),
    ("bbl", "barrel barrels"),
    ("mw", "mw megawatt megawatts"),
    ("gw", "gw gigawatt gigawatts"),
    ("c", "°c celsius"),
    ("f", "°f fahrenheit"),
    ("bp", "basis-point basis-points"),
    ("s", "second seconds sekunden secondes segundos 秒 초"),
    ("min", "minute minutes minuten minutos 分 분"),
    ("h", "hour hours stunde stunden heure heures hora horas 時間 小时 시간"),
    ("d", "day days tag tage tagen jour jours día días dia dias"),
    ("w", "week weeks woche wochen semaine semaines semana semanas"),
    ("mo", "month months monat monate monaten mois mes meses"),
    ("y", "year years jahr jahre jahren an ans année années año años ano anos"),
    ("dec", "decade decades"),
):
    for _name in _names.split():
        _UNITS[_name] = _unit

_MONTH_NAMES = (
    "january jan januar januari janvier enero janeiro gennaio января",
    "february feb februar februari février febrero fevereiro febbraio февраля",
    "march mar märz maart mars marzo março марта",
    "april apr avril abril aprile апреля",
    "may mai mei mayo maio maggio мая",
    "june jun juni juin junio junho giugno июня",
    "july jul juli juillet julio julho luglio июля",
    "august aug août agosto августа",
    "september sep sept septembre septiembre setembro settembre сентября",
    "october oct oktober octobre octubre outubro ottobre октября",
    "november nov novembre noviembre novembro ноября",
    "december dec dezember décembre diciembre dezembro dicembre декабря",
)
_MONTHS = {name: n for n, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_BARE_MONTHS = {name: n for name, n in _MONTHS.items() if name not in {"may", "march", "mar", "mai", "mars", "mei"}}
_WEEKDAY_NAMES = (
    "monday mon. montag lundi lunes lunedì segunda-feira понедельник 월요일 月曜日 星期一 周一 الاثنين",
    "tuesday tue. tues. dienstag mardi martes martedì terça-feira вторник 화요일 火曜日 星期二 周二 الثلاثاء",
    "wednesday wed. mittwoch mercredi miércoles mercoledì quarta-feira среду 수요일 水曜日 星期三 周三 الأربعاء",
    "thursday thu. thurs. donnerstag jeudi jueves giovedì quinta-feira четверг 목요일 木曜日 星期四 周四 الخميس",
    "friday fri. freitag vendredi viernes venerdì sexta-feira пятницу 금요일 金曜日 星期五 周五 الجمعة",
    "saturday sat. samstag samedi sábado sabato субботу 토요일 土曜日 星期六 周六 السبت",
    "sunday sun. sonntag dimanche domingo domenica воскресенье 일요일 日曜日 星期日 周日 الأحد",
)
_WEEKDAYS = {name: n for n, names in enumerate(_WEEKDAY_NAMES) for name in names.split()}
_WEEKDAY = re.compile("|".join(sorted(map(re.escape, _WEEKDAYS), key=len, reverse=True)), re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:today|yesterday|tomorrow|tonight|(?:last|next|this) (?:week|month|year|spring|summer|autumn|fall|winter)|"
    r"heute|gestern|morgen|hier|demain|aujourd'hui|ayer|mañana|hoy|ontem|amanhã|hoje)\b|昨日|明日|今日|昨天|明天|今天|"
    r"어제|내일|오늘",
    re.IGNORECASE,
)
# Digits behind a letter are part of a name: "G20", "COVID-19".
_PIECE = re.compile(
    r"(?<![A-Za-zÀ-ɏЀ-ӿ\d])(?<![A-Za-zÀ-ɏЀ-ӿ]-)(?:\d[\d.,]*\d|\d)|[$€£¥₩₹₽%٪]|[^\W\d_]+(?:['’-][^\W\d_]+)*\.?|°[CF]"
)
_PERCENT = re.compile(r"\b(?:per cent|por ciento|por cento|per cento|pour cent|pro cent)\b", re.IGNORECASE)
_JOINED = re.compile(r"\b(percentage|basis|square) (points?|kilomet(?:er|re)s?|met(?:er|re)s?|miles?)\b", re.IGNORECASE)


_N_BEHIND, _LONG_ENOUGH = 3, 3  # words behind a number that tell what it is about; letters of such a word


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number: its value with the magnitude worked in, its unit ("" for none), and the word that it counts.

    Attributes:
        before: The word before it ("from", "to"); "": none.
        behind: The two words behind it and its unit, short ones left out.
    """

    value: float
    unit: str = ""
    head: str = ""
    before: str = ""
    behind: tuple[str, ...] = ()


def quantities(text: str, lang: str = "") -> list[Quantity]:
    """Find every number of a text, in digits and in words, in order.

    "$3.5 billion" is (3.5e9, "usd"), "twenty-one" is 21, "40 percent" is (40, "%"), "12 people" counts "people".
    "One" and its like are left out: they are mostly no numbers.
    """
    pieces = _PIECE.findall(_prepare(text))
    words = WORDS_BY_LANG.get(lang, _ANY_WORD)
    found: list[Quantity] = []
    at = 0
    while at < len(pieces):
        end, value = _read_value(pieces, at, words)
        if end == at:
            at += 1
            continue
        end, unit = _read_unit(pieces, at, end)
        behind = [word.rstrip(".").casefold() for word in pieces[end : end + _N_BEHIND]]
        found.append(
            Quantity(
                value,
                unit,
                head=behind[0] if behind else "",
                before=pieces[at - 1].casefold() if at else "",
                behind=tuple(word for word in behind if len(word) >= _LONG_ENOUGH and not word[0].isdigit()),
            )
        )
        at = end if end > at else at + 1
    return found


def _prepare(text: str) -> str:
    text = _PERCENT.sub("%", unicodedata.normalize("NFKC", text))
    return _JOINED.sub(lambda m: "-".join(part for part in m.groups() if part), text)


def _read_value(pieces: list[str], at: int, words: dict[str, float]) -> tuple[int, float]:
    """Read a number that starts at a piece; the end equals ``at`` where none does."""
    piece = pieces[at]
    if piece[0].isdigit():
        parts = digits_of(piece)
        if not parts:
            return at, 0.0
        value = float(parts[0].rstrip("%")) if len(parts) == 1 else float("".join(p.rstrip("%") for p in parts)[:15])
        at += 1
    else:
        word = piece.rstrip(".").casefold()
        number = _word_value(word, words)
        if number is None and word in _VAGUE:
            return at + 1, _SCALES.get(word, 12.0)
        if number is None:
            return at, 0.0
        value, at = number, at + 1
        if at < len(pieces) and value >= 20 and value % 10 == 0:
            after = _word_value(pieces[at].casefold(), words)
            if after is not None and after < 10:
                value, at = value + after, at + 1
    while at < len(pieces) and (scale := _SCALES.get(pieces[at].rstrip(".").casefold())):
        value, at = value * scale, at + 1
    return at, value


def _word_value(word: str, words: dict[str, float]) -> float | None:
    if word in words:
        return words[word]
    if "-" in word:
        tens, _, ones = word.partition("-")
        if words.get(tens, 0) >= 20 and (ones in words or ones == "one"):
            return words[tens] + words.get(ones, 1.0)
    return None


def _read_unit(pieces: list[str], start: int, end: int) -> tuple[int, str]:
    """Read the unit behind a number, or the currency sign before it."""
    if end < len(pieces) and (unit := _UNITS.get(pieces[end].rstrip(".").casefold(), "")):
        return end + 1, unit
    if start > 0 and pieces[start - 1] in "$€£¥₩₹₽":
        return end, _UNITS[pieces[start - 1]]
    return end, ""


def months_and_days(text: str) -> list[tuple[int, float]]:
    """Find dates: (month 1..12, day; 0 where no day stands beside it). "May" and "March" need a number beside them."""
    pieces = [p.rstrip(".").casefold() for p in _PIECE.findall(_prepare(text))]
    found = []
    for n, piece in enumerate(pieces):
        month = _MONTHS.get(piece)
        if month is None:
            continue
        day = next(
            (float(p) for p in (*pieces[n + 1 : n + 2], *reversed(pieces[max(0, n - 1) : n])) if _is_day(p)), 0.0
        )
        if day or piece in _BARE_MONTHS:
            found.append((month, day))
    return found


def _is_day(piece: str) -> bool:
    return piece.isdecimal() and len(piece) <= 2 and 1 <= int(piece) <= 31


def is_unit(word: str) -> bool:
    """Tell whether a folded word is a unit, a currency or a magnitude, so that a number stands before it."""
    return word in _UNITS or word in _SCALES


def is_calendar(word: str) -> bool:
    """Tell whether a folded word is a month or a weekday."""
    return word in _MONTHS or word in _WEEKDAYS


def weekdays(text: str) -> set[int]:
    """Find the weekdays that a text names, 0 = Monday."""
    return {_WEEKDAYS[found.casefold()] for found in _WEEKDAY.findall(text) if found.casefold() in _WEEKDAYS}


def relative_days(text: str) -> set[str]:
    """Find words whose meaning depends on when they are read: "today", "last week"."""
    return {found.casefold() for found in _RELATIVE.findall(text)}
