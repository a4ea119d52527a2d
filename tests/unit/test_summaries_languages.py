"""One story, told in ten languages: sentence ends, quotations kept whole, second citations, verbatim slices."""

import unicodedata

import pytest

from aggregator.model import Report
from aggregator.summaries.gate import check
from aggregator.summaries.write import summarise
from tests.builders import report

STORIES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "ko": (
        (
            "노르빌 댐 붕괴로 240가구 침수",
            (
                "노르빌 상류의 오래된 댐이 12일 무너져 240가구가 물에 잠겼다.",
                "소방당국은 주민 1,200명을 학교로 대피시켰다고 밝혔다.",
                '시장은 "피해 규모를 조사하고 있다. 곧 발표하겠다"고 말했다.',
            ),
        ),
        (
            "노르빌 댐 무너져…주민 1,200명 대피",
            (
                "노르빌 상류의 댐이 12일 무너져 240가구가 침수됐다.",
                "구조대가 보트로 주민을 옮겼다.",
                "열차 운행은 14일까지 중단된다.",
            ),
        ),
        (
            "노르빌 홍수, 열차 중단",
            (
                "열차 운행은 14일까지 중단된다.",
                "정부는 복구비로 30억 원을 지원하기로 했다.",
            ),
        ),
    ),
    "ja": (
        (
            "ノルビルのダムが決壊、240戸が浸水",
            (
                "ノルビル上流の古いダムが12日に決壊し、240戸が浸水した。",
                "市は住民1200人を学校に避難させた。",
                "市長は「被害を調べている。まもなく発表する」と述べた。",
            ),
        ),
        (
            "ダム決壊で1200人避難",
            (
                "ノルビル上流のダムが12日に決壊し、240戸が水につかった。",
                "救助隊はボートで住民を運んだ。",
                "列車は14日まで運休する。",
            ),
        ),
        (
            "ノルビル洪水、列車運休",
            (
                "列車は14日まで運休する。",
                "政府は復旧に3億円を支出する。",
            ),
        ),
    ),
    "zh": (
        (
            "诺维尔大坝溃决 240户被淹",
            (
                "诺维尔上游的旧大坝12日溃决，240户被淹。",
                "当局将1200名居民转移到学校。",
                "市长说：“我们正在调查损失。很快会公布。”",
            ),
        ),
        (
            "大坝溃决1200人转移",
            (
                "诺维尔上游大坝12日溃决，240户被淹。",
                "救援队用船运送居民。",
                "列车停运至14日。",
            ),
        ),
        (
            "诺维尔洪水列车停运",
            (
                "列车停运至14日。",
                "政府拨款3亿元用于重建。",
            ),
        ),
    ),
    "fr": (
        (
            "Le barrage de Norville cède, 240 maisons inondées",
            (
                "Le vieux barrage en amont de Norville a cédé lundi 12 janv. et 240 maisons ont été inondées.",
                "M. Dupré, le maire, a dit : « Nous évaluons les dégâts. »",
                "Environ 1 200 personnes dorment dans des écoles.",
            ),
        ),
        (
            "Norville : 1 200 habitants évacués",
            (
                "Le barrage en amont de Norville a cédé lundi.",
                "Les secours ont évacué 1 200 habitants en bateau.",
                "Les trains ne circuleront pas avant vendredi.",
            ),
        ),
        (
            "Norville : les trains arrêtés",
            (
                "Les trains ne circuleront pas avant vendredi.",
                "L'État débloque 3 millions d'euros.",
            ),
        ),
    ),
    "de": (
        (
            "Damm bei Norfeld bricht, 240 Häuser überflutet",
            (
                "Der alte Damm oberhalb von Norfeld ist am 12. Januar gebrochen, 240 Häuser wurden überflutet.",
                "Rund 1.200 Menschen schlafen in Schulen.",
                "Dr. Meier, z. B., sagte: „Wir prüfen die Schäden.“",
            ),
        ),
        (
            "Dammbruch in Norfeld: 1.200 Menschen evakuiert",
            (
                "Der Damm oberhalb von Norfeld brach am Montag.",
                "Retter brachten 1.200 Menschen mit Booten in Sicherheit.",
                "Züge fahren bis Freitag nicht.",
            ),
        ),
        (
            "Norfeld: Keine Züge bis Freitag",
            (
                "Züge fahren bis Freitag nicht.",
                "Das Land stellt 3 Millionen Euro bereit.",
            ),
        ),
    ),
    "es": (
        (
            "Cede la presa de Norvalle y se inundan 240 casas",
            (
                "La vieja presa sobre Norvalle cedió el lunes y 240 casas quedaron inundadas.",
                "El Sr. Ruiz, alcalde, dijo: «Evaluamos los daños».",
                "Unas 1.200 personas duermen en escuelas.",
            ),
        ),
        (
            "Norvalle: evacuadas 1.200 personas",
            (
                "La presa sobre Norvalle cedió el lunes.",
                "Los equipos evacuaron a 1.200 vecinos en lancha.",
                "Los trenes no circularán hasta el viernes.",
            ),
        ),
        (
            "Norvalle sin trenes",
            (
                "Los trenes no circularán hasta el viernes.",
                "El Estado destina 3 millones de euros.",
            ),
        ),
    ),
    "pt": (
        (
            "Barragem de Norvale cede e inunda 240 casas",
            (
                "A velha barragem acima de Norvale cedeu na segunda-feira e 240 casas ficaram inundadas.",
                "O Sr. Ramos, presidente da câmara, disse: «Avaliamos os danos».",
                "Cerca de 1.200 pessoas dormem em escolas.",
            ),
        ),
        (
            "Norvale: 1.200 pessoas retiradas",
            (
                "A barragem acima de Norvale cedeu na segunda-feira.",
                "As equipas retiraram 1.200 moradores de barco.",
                "Os comboios não circulam até sexta-feira.",
            ),
        ),
        (
            "Norvale sem comboios",
            (
                "Os comboios não circulam até sexta-feira.",
                "O Estado destina 3 milhões de euros.",
            ),
        ),
    ),
    "ar": (
        (
            "انهيار سد نورفيل يغمر 240 منزلا",
            (
                "انهار السد القديم فوق نورفيل يوم الاثنين وغمرت المياه 240 منزلا.",
                "نقلت السلطات 1200 شخص إلى المدارس.",
                "وقال رئيس البلدية: «نقدر الأضرار».",
            ),
        ),
        (
            "إجلاء 1200 شخص في نورفيل",
            (
                "انهار السد فوق نورفيل يوم الاثنين.",
                "نقلت فرق الإنقاذ السكان بالقوارب.",
                "تتوقف القطارات حتى يوم الجمعة.",
            ),
        ),
        (
            "توقف القطارات في نورفيل",
            (
                "تتوقف القطارات حتى يوم الجمعة.",
                "خصصت الحكومة 3 ملايين يورو للإعمار.",
            ),
        ),
    ),
    "vi": (
        (
            "Đập Norvin vỡ, 240 ngôi nhà bị ngập",
            (
                "Con đập cũ phía trên Norvin vỡ hôm thứ Hai và 240 ngôi nhà bị ngập.",
                "Chính quyền đưa 1.200 người dân vào trường học.",
                "Thị trưởng nói: “Chúng tôi đang đánh giá thiệt hại.”",
            ),
        ),
        (
            "Sơ tán 1.200 người ở Norvin",
            (
                "Con đập phía trên Norvin vỡ hôm thứ Hai.",
                "Đội cứu hộ đưa người dân đi bằng thuyền.",
                "Tàu hỏa ngừng chạy đến thứ Sáu.",
            ),
        ),
        (
            "Norvin không có tàu",
            (
                "Tàu hỏa ngừng chạy đến thứ Sáu.",
                "Chính phủ chi 3 triệu euro để khắc phục.",
            ),
        ),
    ),
    "en": (
        (
            "Dam above Norfield breaks, flooding 240 houses",
            (
                "The old dam above Norfield broke on Jan. 12 and 240 houses were flooded.",
                'Mr. Reed, the mayor, said: "We are counting the damage. We will report soon."',
                "About 1,200 people sleep in schools.",
            ),
        ),
        (
            "1,200 people leave Norfield after dam breaks",
            (
                "The dam above Norfield broke on Monday.",
                "Crews took 1,200 people to safety by boat.",
                "Trains will not run until Friday.",
            ),
        ),
        (
            "Norfield: no trains until Friday",
            (
                "Trains will not run until Friday.",
                "The state gives 3 million euros.",
            ),
        ),
    ),
}
QUOTATIONS = {
    "ko": '"피해 규모를 조사하고 있다. 곧 발표하겠다"',
    "ja": "「被害を調べている。まもなく発表する」",
    "zh": "“我们正在调查损失。很快会公布。”",
    "fr": "« Nous évaluons les dégâts. »",
    "de": "„Wir prüfen die Schäden.“",
    "es": "«Evaluamos los daños»",
    "pt": "«Avaliamos os danos»",
    "ar": "«نقدر الأضرار»",
    "vi": "“Chúng tôi đang đánh giá thiệt hại.”",
    "en": '"We are counting the damage. We will report soon."',
}


def reports_of(lang: str) -> list[Report]:
    space = "" if lang in {"ja", "zh"} else " "
    return [
        report(f"a{n}", title=title, text=space.join(told), publisher=f"p{n}.example", lang="und")
        for n, (title, told) in enumerate(STORIES[lang])
    ]


@pytest.mark.parametrize("lang", STORIES)
def test_a_story_is_told_in_its_own_language(lang: str) -> None:
    reports = reports_of(lang)
    summary = summarise(reports)
    assert summary.lang == lang
    assert summarise(reports[::-1]) == summary
    told = [sentence for section in summary.sections for sentence in section.sentences]
    written = {text for _, texts in STORIES[lang] for text in texts}
    assert {sentence.text for sentence in told} <= written, "no sentence is cut and none is joined"
    articles = {r.article.id: r.article for r in reports}
    cited = {source.n: articles[source.article_id] for source in summary.sources}
    assert all(check(s.text, cited[n]).is_supported for s in told for n in s.citations)
    assert any(len(s.citations) > 1 for s in told), "what two articles say has both"
    assert all(not unicodedata.category(s.text[0]).startswith("M") for s in told)


@pytest.mark.parametrize("lang", STORIES)
def test_a_quotation_is_kept_whole(lang: str) -> None:
    (holder,) = (text for _, texts in STORIES[lang] for text in texts if QUOTATIONS[lang] in text)
    summary = summarise(reports_of(lang))
    texts = [sentence.text for section in summary.sections for sentence in section.sentences]
    part = QUOTATIONS[lang].strip('"«»„“”「」 ')[:12]
    assert all(text == holder for text in texts if part in text)
