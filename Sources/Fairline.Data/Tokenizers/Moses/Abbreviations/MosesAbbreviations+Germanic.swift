extension MosesAbbreviations {
  /// Abbreviations of Germanic languages, as Moses' lists of prefixes have them.
  static let germanic = [
    "de": """
    A-Z a-z 1 10 11 12 13 14 15 16 17 18 19 2 20 21 22 23 24 25 26 27 28 29 3 30 31 32 33 34 35
    36 37 38 39 4 40 41 42 43 44 45 46 47 48 49 5 50 51 52 53 54 55 56 57 58 59 6 60 61 62 63 64
    65 66 67 68 69 7 70 71 72 73 74 75 76 77 78 79 8 80 81 82 83 84 85 86 87 88 89 9 90 91 92 93
    94 95 96 97 98 99 Adj Adm Adv Art Asst BSE Bart Bldg Brig Bros Buchst Ca Capt Chr Cmdr Co
    Col Comdr Con Corp Cpl D.h DR Dkr Dr Ens Gen Gov Hon Hosp I.F II III IV IX Insp Lt Ltd MM MR
    MRS MS Maj Messrs Mio Mlle Mme Mr Mrd Mrs Ms Msgr MwSt No Nos Nr Op Ord Pfc Ph Prof Pvt Rep
    Reps Res Rev Rt SA Sen Sens Sfc Sgt Sr St Std Supt Surg VI VII VIII XI XII XIII XIV XIX XV
    XVI XVII XVIII XX Zt b.A bzgl bzw c.-à-d ca d.J d.h dergl dgl etc evtl ff g.U g.g.A ggf
    i.H.v ii iii iv ix jun k.o m.E o.ä pp s.p.a sen sog sogen spp u.E u.U u.a u.s.w u.ä usf usw
    vgl vi vii viii vs xi xii xiii xiv xix xv xvi xvii xviii xx z.B z.T z.Zt zzt
    """,
    "en": """
    A-Z Adj Adm Adv Apr Asst Aug Bart Bldg Brig Bros Capt Cmdr Col Comdr Con Corp Cpl DR Dec Dr
    Drs Ens Feb Gen Gov Hon Hosp Hr Insp Jan Jul Jun Lt MM MR MRS MS Maj Mar Messrs Mlle Mme Mr
    Mrs Ms Msgr Nos Nov Nr Oct Op Ord Pfc Ph Prof Pvt Rep Reps Res Rev Rs Rt Sen Sens Sep Sfc
    Sgt Sr St Supt Surg e.g i.e rev v vs # Art No pp
    """,
    "is": """
    A-Z a-z 8vo Hos Khöfn PR Ritstj Rvk Rvík Vf Vl ^ a.fn ab.fn afs al alg alm andh ao ath aths
    atr au aukaf bh bls dr e.Kr e.st ef efn eink end ennfr erl et f.Kr f.hl fh fl fn fo forl frb
    frh frl frt fs fsh fsk fskj fsl fst ft fv fyrrn fyrrv fél físl germ gm gr hdl hdr hf hk hl
    hljsk hljv hljóðv hlsk holl hr hrl hv hvk höf kaf kap kg kgúrsk kk kl klst km kr kt kvk
    leturbr lh lh.nt lh.þt lo ltr m.fl mgr millj miðm mlja mljó mm mms mst mín nf nh nhm nk nl
    nmgr nt núv o.fl o.m.fl o.s.frv o.áfr ohf pfn pr s.hl s.st samb samhlj samn samþ sbr sek sf
    sfn sh shlj sign sk skv skál sl sn so ss.us st st.s stk sérn sþ tbl teg tfn till tl to tvt
    tvíhlj uh umr uppl us vb vh vkf vl vlf vmf vsk vth á áfn áhrl.s áhrs ákv ákv.gr æ í ísl ó ób
    ófn óákv óákv.gr útg þf þgf þjs þlt þm þml þolm þt þýð # NR No Nr nR no nr
    """,
    "nl": """
    A-Z Fa Lt Mej Mme Mw Nrs Vz Z.D Z.D.H Z.E Z.Em Z.H Z.K.H Z.K.M Z.M a.g.v bacc bc bgen bijv
    bijz bv c.i d.w.z dhr dr dr.h.c drs ds e.c e.g e.k eint ev fa fam gen genm i.p.v i.s.m i.t.t
    i.v.m ing ir jhr jkvr jr kand kol lgen lkol m.a.w m.b.t m.b.v m.h.o m.i m.i.v maj mevr mr
    nrs o.b.s plv prof ritm tint v.w.t z.v # Nr nr
    """,
    "sv": """
    A-Z AB VG adv apr aug d d.v.s dec dvs etc f feb fil fr.o.m from i.a.f iaf jan jfr jul jun
    jur kand kl kr lic m.a.o m.fl m.h.a m.m mag mao mar mfl mha mm nov o.s.v okt osv p.g.a pga
    prop s sep t.ex t.o.m tex tom vol vs Ä Å Ö
    """,
  ]
}
