extension MosesAbbreviations {
  /// Abbreviations of Slavic languages, as Moses' lists of prefixes have them.
  static let slavic = [
    "cs": """
    Bc BcA CSc DiS Dr DrSc Ing Ing.arch JUDr MUDr MVDr MgA Mgr PaedDr Ph.D PhDr PhMr PharmDr
    RNDr RSDr S.O.S Th.D ThDr ThLic a.i abl absol abt ad adj adv aj ak akt alch amer anat angl
    anglosas anon ap apod arab arch archit arg astr astrol atd atp att aut b.m b.p b.r bd belg
    bibl biogr biol boh bot br bulh bás c.k cca chcsl chem cit cizojaz col csl círk dat dep dial
    dl doc dol dop dopr dosl dór děj dět ed ekon epic etnonym eufem ev event f facs fam fasc fem
    fil film fol form fot fr franc fut fyz gen geogr geol geom germ gram h.c hebr herald hist hl
    hod hor horn hovor hrsg hud hut ibid ie il imp impf ind indoevr inf instr interj inv.č iron
    it ión jap jhdt jv kanad katalán kl klas kniž koed kol komp konj konkr korej kr krit kuch kř
    lat les lid lit liturg log lok lék m m.a mat maď meteor metr mj ml mld mod mp ms mysl n n.p
    n.s např neklas nepubl nesklon než no nom nprap nr náb námoř násl něm ob obch obr obyč odd
    odp ojed okr opr opt orig p part pas pejor pers pf phil pl plpf pokrač pol pomn popř port
    pozn prep prof práv pseud pt př.kr př.n.l předl přel přeprac přivl příl r rcsl red refl reg
    repr resp revid rkp roz rozš roč rum rus s samohl samost sect sest seš sg sign sl slang slov
    souhl spec sport srov srv st stfr stol stsl střv subj subst superl sv sz t.č tab tech telev
    teol tis tj trans typogr tzn tzv táz tř univ uspoř var vedl verb vl.jm voj vok vol vs vulg
    vyd vyobr vztaž výtv vč vůb zahr zal zast zejm zeměd zkr zprac zvl zájm zř č čas čes čj čp
    čín ř řec šk šk.ro špan švýc
    """,
    "pl": """
    A-Z Adw Al Art Cd Dh Doc Dr Dyr Dyw Dz Gen Hr Inż Ks Lek Mec Mgr Nadkom Najśw Nb Np OO Oo
    Podkom Por Prof Prok Przyp Ps Pt Płk Red Reż Ryc Rys Sp Spółdz Stow Stoł Szer Tow Tzw adw
    afr akad al am amer ang arch art artyst astr austr bałt bdb bm bp br bryg bryt bł c.k c.o cd
    cdn centr ces chem chir chiń cyg cyt cyw czes czw czyt daw dcn dekl demokr det dh diec dn
    doc dol dop dost dosł dot dr ds dst duszp dypl dyr dyw dł egz ekol ekon elektr em ew fab
    farm fot fr gastr gat gen geogr geol gimn gm godz gosp gr gram górn głęb h.c hab hist hiszp
    hot hr id im in inż iron jn jw k k.k k.p.a k.p.c k.r k.r.o kard kat katol kk kl kol kpc kpt
    kr krak kryt ks kult laic lek m.in mec med mgr n nadkom najśw nb niem np o oO oo p pl pn
    podkom pok pol por pow poz prof prok przyp ps pt pw płk red reż ryc rys sp społ spółdz
    spółgł st stow stoł szer tel tj tow tzn tzw ub ul ur woj ww wyst wył wł zach zagr zak zakł
    zal zam zast zaw zazw zał zdr zew zewn zm zn zob Ć ćw ćwicz łac Ś ŚW Śp Św śW śp św Ź Ż żarg
    żyd żyw # Nr Tab l nr par pkt r s str tab ust
    """,
    "ru": """
    A-Z 0г 0га 0гг 0дм 0кг 0км 0л 0м 0мг 0мм 0см 0т 1г 1га 1гг 1дм 1кг 1км 1л 1м 1мг 1мм 1см 1т
    2г 2га 2гг 2дм 2кг 2км 2л 2м 2мг 2мм 2см 2т 3г 3га 3гг 3дм 3кг 3км 3л 3м 3мг 3мм 3см 3т 4г
    4га 4гг 4дм 4кг 4км 4л 4м 4мг 4мм 4см 4т 5г 5га 5гг 5дм 5кг 5км 5л 5м 5мг 5мм 5см 5т 6г 6га
    6гг 6дм 6кг 6км 6л 6м 6мг 6мм 6см 6т 7г 7га 7гг 7дм 7кг 7км 7л 7м 7мг 7мм 7см 7т 8г 8га 8гг
    8дм 8кг 8км 8л 8м 8мг 8мм 8см 8т 9г 9га 9гг 9дм 9кг 9км 9л 9м 9мг 9мм 9см 9т Cв Cвв Iв Iвв
    Lв Lвв Mв Mвв Vв Vвв Xв Xвв А Б В Г Д Е Ж З И Исп Й К Л М Н О П Р С Т Тел У Ф Х Ц Ч Ш Щ Ъ Ы
    Ь Э Ю Я бульв в вв г га гг гл гос д дм доп др е ед зам и инд исп к кап кв кг кл км кол комн
    коп куб л лиц лл м макс мг мин мл млн млрд мм н наб нач неуд ном о обл обр общ ок ост отл п
    пер перераб пл пос пр просп проф р ред руб с сб св см соч ср ст стр т тел тех тт туп тыс уд
    ул уч физ х хор ч чел шт э экз
    """,
    "sk": """
    A-Z Adr Angl ArtD Austr Bc Belg Bibl CSs Dr DrSc Európ Fr Franc Gr Gréc Ing JUDr Jap Kanad
    Kr MDDr MUDr MVDr Max Maď Mgr Mil Min Nar Nem Obr Okr P.f PaedDr Pf PhD PhDr PharmDr Plk
    Priezv RNDr Roč Sloven Spol Tal Tel ThDr ThLic Ul Zn absol adj admin adr adv advok afr ak
    akad akc akuz al alch amer anat angl anglosas anorg ap apod arch archeol archit arg art astr
    astrol astron atp atď austr aut belg bibl biol bot bud bás býv cest chem cirk csl dat dep
    det dial diaľ dipl distrib dokl dopr dosl dram duš dv dvojčl dór ekol ekon el elektr
    elektrotech energet epic est et etc etonym eufem európ ev evid expr fa fak fam farm fem feud
    fi fil filat filoz fon form fot fr franc fraz fut fyz fyziol garb gen genet genpor geod
    geogr geol geom germ gr gréc gréckokat hebr herald hist hlav hosp hromad hud hypok i.e ident
    imp impf indoeur inf inform instr int interj inšt inštr iron jap jaz jedn juhoamer juhových
    juhozáp juž kanad kanc kapit kart katastr knih kniž komp konj konkr kozmet kpt krajč kresť
    kt kuch lat latinskoamer lek lex lingv lit litur log lok max maď medzinár mest metr mil min
    miner ml mld mn mod mytol napr nar nasl nedok neg negat neklas nem neodb neos neskl nesklon
    nespis nespráv neved než niekt niž nom náb nákl námor nár obch obj obr obv obyč obč občian
    odb odd ods ojed okr opt opyt org os osob ot ovoc p.f p.n.l par part pejor pers pf pl pnl
    pod podst pokl polit politol polygr pomn popl por porad porov posch potrav použ poz pozit
    poľ poľno poľnohosp poľov pošt pož pr prac predl pren prep preuk priezv privl prof práv príd
    príj prík príp prír prísl príslov príč psych publ pís písm pôv refl reg rep resp rozk rozlič
    rozpráv roč ryb rádiotech rím s.r.o samohl semest sev severoamer severových severozáp sg skr
    skup sl soc soch sociol sp spol spoloč spoluhl správ spôs st star starogréc starorím stol
    stor str stredoamer stredoškol subj subst superl sv sz súkr súp súvzť tal tech tel telef
    teles telev teol trans turist tuzem typogr tzn tzv ukaz ul umel univ ust ved vedľ verb veter
    vin viď vl vod vodohosp vulg vyj vys vysokoškol vzťaž vôb vých výd výrob výsk výsl výtv
    výtvar význ včel vš všeob zahr zar zariad zast zastar zastaráv zb zdravot združ zjemn zlat
    zn zool zr zried zv záhr zák zákl zám záp západoeur zázn územ účt Č Čes Čs č čast čes čl čs
    čísl živ
    """,
    "sl": """
    A-Z Apr Avg Cf Dec Dr Feb Gl Jan Jul Jun Mar Nov Npr Okt Op Oz Prim Sep Sept Sl Tj apr avg
    cf d dec dipl dr feb gl ing itd itn jan jul jun mar nov npr okt op oz prev prim sep sept sl
    tj # Št št
    """,
  ]
}
