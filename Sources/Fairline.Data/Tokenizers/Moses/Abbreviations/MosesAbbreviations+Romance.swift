extension MosesAbbreviations {
  /// Abbreviations of Romance languages, Irish and Tetum, as Moses' lists of prefixes have them.
  static let romance = [
    "ca": """
    A-Z Dr Dra Emm Excma Prof S.A S.L Sr Sra St Sta adm admdor admdora al angl aprox av c ca
    cast dc dept dg dir dj dl ds dt dv ed entl espf esq fra i.e maj màx n nre núm p p.e pl pta
    ptes pàg smin tel
    """,
    "es": """
    A-Z A.C Apdo Av Bco CC.AA Da Dep Dn Dr Dra EE.UU Excmo FF.CC Fil Gral J.C Let Lic N.B P.D
    P.V.P Prof Pts Rte S.A S.A.R S.E S.L S.R.C Sr Sra Srta Sta Sto T.V.E Tel Ud Uds V.B V.E Vd
    Vds a/c adj admón afmo apdo av c c.f c.g cap cm cta dcha doc ej entlo esq etc f.c gr grs izq
    kg km mg mm nÃºm núm p p.a p.ej ptas pÃ¡g pÃ¡gs pág págs q.e.g.e q.e.s.m s s.s.s vid vol
    """,
    "fr": """
    A-Z A.C.N A.M B.P C.N C.N.S C.P.I C.Q.F.D C.S E.V L.D LL.AA LL.AA.II LL.AA.RR LL.AA.SS LL.EE
    LL.MM LL.MM.II.RR MM N.B N.D N.D.A N.D.L.R N.D.T N.P.A.I N.S NN.SS P.S R.-V R.A.S R.I.P R.P
    S.A S.A.I S.A.R S.A.S S.E S.M S.M.I.R S.S SS T.S.V.P X.O Z.I al ann apr art auj av b boul c
    c.-à-d ca cf ch.-l chap contr d dir e e.g env etc ex f fasc fig fr fém g h hab i i.e ibid id
    inf j k l lib loc.cit m masc ms n n/réf o p p.c.c p.ex p.j pl pp q r s sec sect sing sq sqq
    suiv sup suppl t tél u v vb vol vs w x y z éd
    """,
    "ga": """
    A-Z .i B.Arch Cf Chr Co Dr Uacht cf i.e m.sh r Á É Í Ó Ú # lch lgh uimh
    """,
    "it": """
    A-Z Adj Adm Adv Amn Arch Asst Avv Bart Bcc Bldg Brig Bros C.A.P C.P Capt Cc Cmdr Co Col
    Comdr Con Corp Cpl DR Dott Dr Drs Egr Ens Gen Geom Gov Hon Hosp Hr Id Ing Insp Lt MM MR MRS
    MS Maj Messrs Mlle Mme Mo Mons Mr Mrs Ms Msgr N.B Nos Nr Op Ord P.S P.T Pfc Ph Prof Pvt RP
    RSVP Rag Rep Reps Res Rev Rif Rt S.A S.B.F S.P.M S.p.A S.r.l Sen Sens Sfc Sgt Sig Sigg Soc
    Spett Sr St Supt Surg V.P a.c acc all banc c.a c.c.p c.m c.p c.s c.v corr dott e.g e.p.c ecc
    es fatt gg i.e int lett ogg on p.c p.c.c p.es p.f p.r p.v post racc rev ric s.n.c seg sgg ss
    tel u.s v v.r v.s vs # Art No pp
    """,
    "pt": """
    A-Z Adj Adm Adv Ca Capt Cmdr Col Comdr Con Corp Cpl DR DRA Dr Dra Dras Drs Eng Enga Engas
    Engos Ex Exmo Exo Fig Gen Hosp II III IV IX Insp Lda MM MR MRS MS Maj Mrs Ms Msgr Nos Nr Op
    Ord Pfc Ph Prof Pvt Rep Reps Res Rev Rt Sen Sens Sfc Sgt Sr Sra Sras Srs Sto Supt Surg VI
    VII VIII XI XII XIII XIV XIX XV XVI XVII XVIII XX a adj adm adv art b c cit col con corp cpl
    d dr dra dras drs e e.g eng enga engas engos ex exmo exo f fig g h i i.e ii iii iv ix j k l
    m n o op prof q r rev s sr sra sras srs sto t u v vi vii viii vs w x xi xii xiii xiv xix xv
    xvi xvii xviii xx y z # Art No p pp
    """,
    "ro": """
    A-Z D-na Dl Dvs M.Ap.N Pt d-na dl dpdv dvs etc pt șamd
    """,
  ]
}
