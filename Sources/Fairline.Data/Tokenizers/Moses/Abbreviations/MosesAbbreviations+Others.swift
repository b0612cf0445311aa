extension MosesAbbreviations {
  /// Abbreviations of other languages of Europe, and of Chinese, as Moses' lists of prefixes have
  /// them.
  static let others = [
    "et": """
    A-Z M.Sc Mr Mrs Ms Ph.D alik alil amir apul apul.prof arkkit ass assist dipl dipl.arkkit
    dipl.ekon dipl.ins dipl.kielenk dipl.kirjeenv dipl.kosm dipl.urk dos e.g ent erikoiseläinl
    erikoishammasl erikoisl erikoist esim ev.luutn evp fil ft hallinton hallintot hammaslääket
    huom i.e ilm jatk jääk kansaned kapt kapt.luutn kenr kenr.luutn kenr.maj kers kirjeenv kom
    kom.kapt komm konst korpr l luutn maist maj mm myöh neuv nimim nk nyk par po prof puh.joht
    pääll res san siht suom sähköp säv t toht toim toim.apul toim.joht toim.siht tuom ups v vänr
    vääp ye.ups ylik ylil ylim ylimatr yliop yliopp ylip yliv Ä Å Ö
    """,
    "hu": """
    A-Z Ca De Dr Du Kb Max Min Pl Prof St Szt Vö ca de dr du kb max min pl prof vö Á É Í Ó Ö Ú
    Ún Ü ún Ő Ű # Aug Dec Fax Feb Jan Júl Jún Máj Márc Nov Okt Szept Tel aug dec fax feb jan júl
    jún máj márc nov okt szept tel Ápr ápr
    """,
    "lt": """
    A-Z A.V Antr Bal Birž Dr Dz Dž Em. Geg Gerb Gruod Inž Just Ketv Kov Kr Lapkr Liep Nr Penkt
    Pirm Pn Pr Prof Rugpj Rugs Saus Sekm Spal Treč Vas Vt a a.d a.k adv air akad aklg akt al
    amer anat angl aps apskr apyg arab archeol archit asist asm asm.k asmv astr atsak atsisk
    austral aut av avd b b.k bažn bdv bibl biol bkl bot brt brus bt buh buv chem col con conj d
    dab dail dek dgs dial dipl dir dirig dktv doc dr drp dėst dš džn e egz eil ekon el esam etc
    euf ež fak faks fam farm filol filos fin fiz fiziol flk fon fot g gen geod geogr geol geom
    gerb gim glžk gr gram gv gyd habil her hidr ind insp inž iron isp ist istor it jap juok jūr
    k k.a kalb kand kar kas kat kin kl klaus kln kn knyg kom komp koresp kosm kpt kr kt kul kun
    kuop kyš l l.e.p lingv lit log lot ltn m m.e m.m malon mat maž med medž men menk metal
    meteor mgnt mgr min mit mjr mln mlrd mok moksl mokyt mot ms mst mstl muz mėn n neig neol
    niek nkt nr ntk ofic opt orig p p.d p.m.e pan parl pat pav pavad paž pirm pl plg plk poet
    poez poligr polit ppr pr pr.Kr pranc prek priet prk prof prok prot prs psich psn pss pvz pšt
    r rad red reikšm rel ret rus rš sav saviv sekr sen sk skg skv skyr sl sov sp spec sport sr
    st stat str stud sudurt sutr suv sąs sąsk t t.p t.t t.y teatr tech techn teig teis tekst tel
    teol tir tūkst up upl v vad vaik vart ved vet vid virš vksm vlsč vns vok vs vt vtv vulg vv
    vyr vyresn zool Ā Č Ē Ģ Ī Įn įl įv įv.reikšm Ķ Ļ Ņ Š Šešt š š.m šach šiaur škot šnek Ū ū Ž ž
    ž.ū žml žr # No
    """,
    "lv": """
    A-Z Akad Dr Folkl Galv Hum Inv Inž Ist.loc Kor.loc Māksl Mūz Prof Pārb Sertif Sk Soc Spec
    Vad Vec Vienk Vietn Virz a.l akad dr folkl galv hum inv inž ist.loc kor.loc med māksl mūz
    prof pārb sertif sk soc spec t.p v.i vad vec vienk vietn virz Ā Č Ē Ģ Ī Ķ Ļ Ņ Š Ū Ž # Nr
    """,
    "zh": """
    A-Z Ā Č Ē Ģ Ī Ķ Ļ Ņ Š Ū Ž # No Nr
    """,
  ]
}
