"""Words that say the same: irregular forms, near synonyms of news language, derivations of one root.

Owns when a word of a sentence is backed by another word of its source. Groups hold only words that can be exchanged in
a news sentence without changing the fact: "killed" and "died", never "killed" and "hurt". Must not be used to show
anything, and must know nothing of names or numbers.
"""

from functools import lru_cache

from aggregator.summaries.words import stem, word_set
from aggregator.text import tokens

_GROUPS = (
    # Irregular forms of English verbs.
    "take takes took taken taking", "give gives gave given giving", "go goes went gone going", "rise rose risen",
    "fall fell fallen", "hold held", "meet met", "tell told", "win won", "lose lost losing", "send sent", "build built",
    "pay paid", "speak spoke spoken", "break broke broken", "drive drove driven", "fly flew flown", "sink sank sunk",
    "shoot shot", "hit hits hitting strike struck striking", "hide hid hidden hiding", "freeze froze frozen",
    "steal stole stolen", "throw threw thrown", "write wrote written", "see saw seen", "find found", "make made making",
    "keep kept", "catch caught", "fight fought", "seek sought", "bring brought", "think thought", "become became",
    "come came coming", "run ran running", "draw drew drawn", "grow grew grown growth", "know knew known",
    "show showed shown", "withdraw withdrew withdrawn", "flee fled fleeing", "lead led", "feel felt", "spend spent",
    "hear heard", "stand stood", "choose chose chosen", "beat beaten", "leave left leaving", "put putting",
    "set setting", "swear swore sworn", "teach taught", "wear wore worn",
    # English words of one fact.
    "kill killed killing die died dies dying dead death deaths fatality fatalities",
    "injure injured injury injuries hurt wound wounded wounds", "everybody everyone",
    "people person persons resident residents inhabitant inhabitants", "child children kid kids",
    "fire fires blaze blazes wildfire wildfires", "quake quakes earthquake earthquakes tremor",
    "flood floods flooding flooded", "cut cuts cutting reduce reduced reducing reduction lower lowered lowering",
    "buy buys bought buying purchase purchased purchases", "sell sells sold selling sale sales",
    "acquire acquired acquisition takeover", "company companies firm firms", "car cars vehicle vehicles",
    "begin begins began begun beginning start starts started starting", "end ends ended ending finish finished",
    "agree agreed agrees agreement accord deal pact", "strike strikes walkout", "talk talks negotiation negotiations",
    "country countries nation nations", "investigate investigated investigation probe probing inquiry",
    "help helped helps aid assist assistance", "resign resigned resigns quit quits resignation",
    "try tries tried attempt attempted attempts", "large big huge", "increase increased increases raise raised raises",
    "decline declined decrease decreased drop dropped drops", "doctor doctors physician physicians",
    "boat boats vessel vessels ship ships", "plane planes aircraft airplane", "arrest arrested detain detained",
    "announce announced announces announcement declare declared", "need needs needed require required requires",
    "pick picks picked choose chose chosen", "visit visits visited visiting visitor visitors",
    "home homes house houses", "shut shuts close closed closes closure", "film films movie movies",
    "lawmaker lawmakers legislator legislators", "attorney lawyer lawyers", "rescue rescued save saved",
    "destroy destroyed destruction", "elect elected election", "build construct constructed construction",
    "money fund funds funding", "rain rains rainfall", "cost costs price",
    "work works worked working employ employs employed", "pact treaty", "decide decided decides decision",
    "propose proposed proposes proposal", "demand demanded demands", "worth value valued", "hour hours hrs",
    "warn warned warns warning warnings", "climb climbed climbs rise rises rose soar soared",
    "tumble tumbled fall falls falling slide slid plunge plunged", "jet jets plane planes", "legislation bill bills",
    "penalty penalties sanction sanctions", "jail jailed jailing imprison imprisoned imprisonment",
    "prison prisons jail", "lawsuit lawsuits suit suits", "exceed exceeded exceeds overstep overstepped",
    "accidental accidentally unintentional unintentionally", "permit permits permitted allow allowed allows",
    "pandemic outbreak", "coronavirus covid", "troops soldiers forces", "evening night", "crew crews team teams",
    "motorway highway autobahn", "debris rubble wreckage", "area areas region regions district",
    "town towns city cities", "storm storms hurricane",
    "protest protests protester protesters demonstration demonstrations demonstrator demonstrators protested",
    "employee employees worker workers staff", "pupil pupils student students", "job jobs post posts",
    "obtain obtained get got gets receive received receives", "donate donated donation donations",
    "verdict ruling rulings rule ruled", "trial trials hearing", "salary salaries wage wages pay",
    "criticise criticised criticize criticized criticism", "praise praised hailed hail",
    "back backed support supported supports", "oppose opposed opposes", "border borders frontier", "petrol gasoline",
    "electricity power", "blackout outage outages", "drug drugs medicine medicines", "vaccine vaccines jab jabs",
    "vaccinate vaccinated vaccination inoculated", "victory win wins won", "defeat loss lost", "match game games",
    "final finals", "goal goals score scored", "fan fans supporter supporters",
    "evacuate evacuated evacuation evacuations", "shelter shelters", "trap trapped", "missing unaccounted",
    "launch launched launches launching begin", "unveil unveiled", "extend extended extends extension",
    "delay delayed delays postpone postponed", "cancel cancelled canceled scrap scrapped",
    "tumble tumbled plummet plummeted drop dropped drops", "tell told inform informed informing notify notified",
    "comment commented said", "forecast forecasts predict predicted predicts expect expected expects",
    "publish published",
    "replace replaced replaces succeed succeeded successor", "appoint appointed appointment",
    "dismiss dismissed sack sacked", "admit admitted acknowledge acknowledged", "damage damaged damages",
    "collapse collapsed", "explosion explosions blast blasts explode exploded",
    "crash crashed collide collided collision", "search searches searching hunt", "suspect suspects suspected",
    "ceasefire truce", "invade invaded invasion", "missile missiles rocket rockets", "weapon weapons arms",
    "immigrant immigrants migrant migrants", "refugee refugees", "poll polls survey surveys", "voter voters electorate",
    "tax taxes levy", "tariff tariffs duty duties", "share shares stock stocks", "profit profits earnings",
    "revenue revenues turnover", "forest forests woods woodland", "beneath below underneath",
    "scientist scientists researcher researchers", "study studies research", "discover discovered find found discovery",
    "flight flights", "passenger passengers traveller travellers", "train trains rail railway",
    "annual annually yearly", "rapid rapidly quick quickly fast", "join joined joins", "host hosted hosts",
    "attend attended attends", "travel travelled traveled travels", "sign signed signs signature",
    "accept accepted accepts", "reject rejected rejects rejection", "comment commented comments", "assign assigned",
    "attribute attributed",
    "jewel jewels jewelry jewellery", "shop shops store stores boutique", "robbery robberies heist heists",
    "thief thieves robber robbers", "centre centres center centers", "programme programmes program programs",
    # German.
    "einigen einigt einigte einigten geeinigt einigung", "sterben stirbt starb starben gestorben tot tote toten ums",
    "verletzt verletzte verletzten", "steigen steigt stieg stiegen gestiegen anstieg",
    "sinken sinkt sank sanken gesunken", "enden endet endete ende", "beginnen beginnt begann begannen begonnen beginn",
    "gehen geht ging gegangen", "menschen personen einwohner", "fordern fordert forderte forderten gefordert",
    "wählen wählt wählte gewählt", "beschließen beschließt beschloss beschlossen", "geben gibt gab gegeben",
    "stehen steht stand gestanden", "brechen bricht brach gebrochen", "kommen kommt kam kamen gekommen",
    "nehmen nimmt nahm genommen", "treffen trifft traf trafen getroffen", "planen plant plante geplant",
    "schließen schloss geschlossen", "öffnen öffnet öffnete geöffnet", "finden fand gefunden",
    "verlieren verlor verloren", "gewinnen gewann gewonnen", "unternehmen firma konzern",
    "bleiben bleibt blieb geblieben", "stellen stellt stellte gestellt",
    # French, Spanish, Portuguese.
    "tuer tué tués tuées mort morts mourir", "blessé blessés blessées", "annoncer annonce annoncé annonçait",
    "augmenter augmente augmenté hausse", "baisser baisse baissé", "rouvrir rouvre rouvert rouverte réouverture",
    "coûter coûte coûté coûtera", "attendre attend attendu attendent", "payer paye paie payé payée",
    "matar mató muerto muertos murió murieron muere mueren", "herido heridos heridas", "pedir pide pidió pidieron",
    "subir sube subió subieron aumentó", "bajar baja bajó", "anunciar anunció anuncia", "dejar deja dejó dejaron",
    "culpar culpó culpa", "volver volvió vuelve", "vecinos habitantes residentes", "empresa compañía",
    "morrer morreu morreram mortos", "anunciou anuncia anunciar", "subiu sobe subir", "pedir pediu pede",
)  # fmt: skip
# They hedge or join and state nothing; "nearly" and "over" do and are no such words.
_FILLERS = word_set(
    """
    about around roughly approximately some according meanwhile also however earlier currently reportedly officials
    etwa rund zirka ungefähr laut zufolge zudem auch insgesamt zunächst vorerst
    environ quelque selon également aussi
    unos unas cerca según también
    cerca segundo também
    both one nobody due along several various set
    announced announces announce stated states added adds noted notes declared remarked explained
    """
)
_MIN_ROOT, _ROOT_SHARE, _MAX_ENDING = 5, 0.8, 5
_MAKES_ANOTHER = word_set("iz is ize ise ized ised izes ises izing ising ization isation ist")
_GERMAN_PARTICIPLE = "ge"


def _sense_table() -> dict[str, str]:
    table: dict[str, str] = {}
    for group in _GROUPS:
        words = group.split()
        root = next((table[stem(word)] for word in words if stem(word) in table), stem(words[0]))
        for word in words:
            table.setdefault(stem(word), root)
    return table


_SENSE = _sense_table()


@lru_cache(maxsize=65_536)
def sense(token: str) -> str:
    """Give what a word stands for: the stem of its group's first word, else its own stem."""
    root = stem(token)
    return _SENSE.get(root, root)


def is_filler(token: str) -> bool:
    """Tell whether a word adds nothing that a source must say."""
    return token in _FILLERS


@lru_cache(maxsize=65_536)
def is_derived(one: str, other: str) -> bool:
    """Tell whether two words share a root: "investigate" and "investigation", not "minister" and "ministry"."""
    if not (one[0].isalpha() and other[0].isalpha()):
        return False
    shorter, longer = sorted((_bare(one), _bare(other)), key=len)
    if longer.removeprefix(shorter) in _MAKES_ANOTHER:  # who seeks a hospital's care is not hospitalised
        return False
    root = max(_MIN_ROOT, _ROOT_SHARE * len(shorter))
    return len(shorter) >= root and len(longer) - len(shorter) <= _MAX_ENDING and _n_shared(shorter, longer) >= root


def _bare(word: str) -> str:
    return word.removeprefix(_GERMAN_PARTICIPLE) if word.endswith(("t", "en")) and len(word) > 7 else word


def _n_shared(one: str, other: str) -> int:
    n = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        n += 1
    return n


def words_in(text: str) -> list[str]:
    """Give the tokens of a text that are no fillers."""
    return [token for token in tokens(text) if not is_filler(token)]
