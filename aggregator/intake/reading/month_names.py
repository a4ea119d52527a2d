"""The names of the months in the languages that feeds are written in. Pure table; :mod:`.dates` says how it is read.

Where two languages mean different months by one word ("listopad"), the one with more feeds is taken; where only short
forms clash ("mar" of Finnish marraskuu), the whole word decides first.
"""

# Names and short forms in any spelling: they are folded (case, accents) before they are compared. A word that begins
# like one of three letters is taken for it.
MONTHS: dict[int, str] = {
    1: "jan january januar janeiro enero ene janvier janv gennaio gen januari ianuarie ian styczen stycznia sty leden "
    "ledna led ocak oca янв января январь січ січня tammikuu tammikuuta tammi januára január janúar jaanuar janvāris "
    "janvari sausio sausis siječanj siječnja gener januari януари јануар студзеня ιαν ιανουαριου ιανουαριος يناير "
    "جانفي ژانویه جنوری ינואר जनवरी জানুয়ারি มกราคม มค",
    2: "feb february februar fevereiro fev febrero fevrier fevr febbraio februari februarie luty lutego lut unor unora "
    "uno subat sub şubat фев февраля февраль лют лютого helmikuu helmikuuta helmi február februára febrúar veebruar "
    "februāris vasario vasaris veljača veljače febrer февруари фебруар лютага φεβ φεβρουαριου φεβρουαριος فبراير شباط "
    "فيفري فوریه فروری פברואר फरवरी फ़रवरी ফেব্রুয়ারি กุมภาพันธ์ กพ",
    3: "mar march marz marco marzo mars maart mrt martie marzec marca brezen brezna bre mart мар марта март бер "
    "березня maaliskuu maaliskuuta maalis mrz maerz märz mär marts marec március märts kovo kovas ožujak ožujka març "
    "maret mac marta сакавіка μαρ μαρτιου μαρτιος مارس آذار مارچ מרץ मार्च মার্চ มีนาคม มีค",
    4: "apr april abril abr avril avr aprile aprilie kwiecien kwietnia kwi duben dubna dub nisan nis апр апреля апрель "
    "кві квітня huhtikuu huhtikuuta huhti április apríl aprill aprīlis balandžio balandis travanj travnja април "
    "красавіка απρ απριλιου απριλιος أبريل ابريل نيسان أفريل آوریل اپریل אפריל अप्रैल এপ্রিল เมษายน เมย",
    5: "may mai maio mayo maggio mag mei maj maja kveten kvetna kve mayis май мая травня тра toukokuu toukokuuta touko "
    "május maí maijs gegužės gegužė svibanj svibnja maig мај траўня μαι μαιου μαιος مايو أيار ماي مئی מאי मई মে "
    "พฤษภาคม พค",
    6: "jun june juni junho junio juin giugno giu iunie iun czerwiec czerwca cze cerven cervna cer haziran haz июн "
    "июня июнь чер червня kesakuu kesäkuuta kesä jún június júní juuni jūnijs birželio birželis lipanj lipnja juny "
    "junij юни јун чэрвеня ιουν ιουνιου ιουνιος يونيو حزيران جوان ژوئن جون יוני जून জুন มิถุนายน มิย",
    7: "jul july juli julho julio juillet juil luglio lug iulie iul lipiec lipca lip cervenec cervence temmuz tem июл "
    "июля июль лип липня heinakuu heinäkuuta heinä júl július júlí juuli jūlijs liepos liepa srpanj srpnja juliol "
    "julij юли јул ліпеня ιουλ ιουλιου ιουλιος يوليو تموز جويلية ژوئیه جولائی יולי जुलाई জুলাই กรกฎาคม กค",
    8: "aug august agosto ago aout augustus sierpien sierpnia sie srpen srpna srp agustos agu авг августа август сер "
    "серпня elokuu elokuuta elo augusti augusztus ágúst augusts rugpjūčio rugpjūtis kolovoz kolovoza agost agustus "
    "ogos avgust жніўня αυγ αυγουστου αυγουστος أغسطس اغسطس آب أوت اوت اگست אוגוסט अगस्त আগস্ট สิงหาคม สค",
    9: "sep sept september setembro set septiembre septembre settembre septembrie wrzesien wrzesnia wrz zari zar eylul "
    "eyl сен сентября сентябрь вер вересня syyskuu syyskuuta syys szeptember sze septembris rugsėjo rugsėjis rujan "
    "rujna setembre септември септембар верасня σεπ σεπτεμβριου σεπτεμβριος سبتمبر أيلول سپتامبر ستمبر ספטמבר सितंबर "
    "सितम्बर সেপ্টেম্বর กันยายน กย",
    10: "oct october okt oktober outubro out octubre octobre ottobre ott octombrie pazdziernik pazdziernika paz rijen "
    "rijna rij ekim eki окт октября октябрь жов жовтня lokakuu lokakuuta loka október oktoober oktobris spalio spalis "
    "oktobar октомври октобар кастрычніка οκτ οκτωβριου οκτωβριος أكتوبر اكتوبر اکتبر اکتوبر אוקטובר अक्टूबर अक्तूबर "
    "অক্টোবর ตุลาคม ตค",
    11: "nov november novembro noviembre novembre noiembrie listopad listopada lis kasim kas ноя ноября ноябрь лис "
    "листопада marraskuu marraskuuta marras noi nóvember novembris lapkričio lapkritis studeni studenoga novembar "
    "ноември новембар лістапада νοε νοεμβριου νοεμβριος نوفمبر نوامبر نومبر נובמבר नवंबर नवम्बर নভেম্বর พฤศจิกายน พย",
    12: "dec december dez dezember dezembro diciembre dic decembre dicembre decembrie grudzien grudnia gru prosinec "
    "prosince pro aralik ara дек декабря декабрь гру грудня joulukuu joulukuuta joulu desember detsember decembris "
    "gruodžio gruodis prosinac prosinca desembre disember декември децембар снежня δεκ δεκεμβριου δεκεμβριος ديسمبر "
    "دسامبر دسمبر דצמבר दिसंबर दिसम्बर ডিসেম্বর ธันวาคม ธค",
}  # fmt: skip
# Names of two words, as the Levant writes them.
TWO_WORDS = {
    "كانون الثاني": "يناير",
    "تشرين الأول": "أكتوبر",
    "تشرين الاول": "أكتوبر",
    "تشرين الثاني": "نوفمبر",
    "كانون الأول": "ديسمبر",
    "كانون الاول": "ديسمبر",
}
