"""Makes the golden values of this folder with sacremoses.

    pip install sacremoses==0.2.0
    python make.py
"""

import json

from sacremoses import MosesDetokenizer, MosesTokenizer

LINES = {
    "en": [
        "Mr. Smith, who lives at No. 7, isn't home; it's 5 p.m. now.", "He said: \"I can't!\" -- so what?",
        "The dogs' house cost $5,300.50 (about 4.900,00 EUR).", "See pp. 12 and Art. 5, Nr. 3 vs. No one.",
        "It was the 1980's... e.g. rock'n'roll & R&B.", "A state-of-the-art 50/50-split, re-elected in U.S.A.",
        "'Tis 'quoted' text and a trailing stop.'", "Write to me@example.org or https://example.org/a?b=c#d.",
    ],
    "de": [
        "Die Hunde z.B. laufen ca. 5 km, d.h. etwa 3.000 Schritte.", "Dr. Müller sagte: „Das geht's?“ – „Ja!“",
        "Am 3. Mai kam Prof. Weiß usw. zu Hrn. Groß.", "Ein Baden-Württemberg-Ticket kostet 24,50 €.",
    ],
    "fr": [
        "L'homme qu'il a vu aujourd'hui n'est pas d'ici.", "Est-ce que M. Dupont paie 12 % ? Oui !",
        "« C'est l'été », dit-elle ; puis : « adieu ».", "Voir p. 12, art. 3 et l'art. 4.",
    ],
    "it": [
        "L'uomo dell'anno e un po' d'acqua.", "Il Sig. Rossi, n. 5, art. 3; 'Ciao' disse.",
    ],
    "cs": [
        "Koupil 3 , 5 kg jablek č. 2 , 5 .", "Řekl: „Ahoj“ a „nazdar“ tzv. přítel př.n.l. roku.",
        "Cena 1 , 2 . 3 .", "Je to 'e' - věc ' - li",
    ],
    "fi": ["EU:ssa ja USA:n 20:een, esim. Helsinki ym. kaupungit.", "Hän sanoi: ko ssa seenkin."],
    "sv": ["S:t Eriks bl.a. gator, USA:s 5:e plats, t.ex. här."],
    "es": ["¿Qué pasa, Sr. López? ¡Nada! Son 1.000,50 € (aprox.)."],
    "pt": ["O Sr. Silva mora na Av. Central, n.º 5, etc. e tal."],
    "ca": ["L'amic d'en Joan, l'any 1990, va dir col·legi."],
    "ga": ["D'ól an t-uisce; b'fhéidir lch. 5 agus lgh. Tá."],
    "so": ["Waa u'si lo'da 'wanaagsan'."],
    "nl": ["'s Avonds zag dr. Jansen nr. 5 d.w.z. foto's."],
    "pl": ["Np. prof. Nowak ma nr 5, str. 7 itd. Koniec."],
    "ru": ["Г. Иванов живёт в г. Москва, ул. Ленина, д. 5 и т.д. Да."],
    "hu": ["Dr. Kiss jan. 5 és Feb. Este kb. öt."],
    "is": ["Sjá bls. 5, nr. 7 og t.d. Hér."],
    "lv": ["Nr. 5 un Nr. Pieci, t.i. Rīga."],
    "sl": ["Št. 5 in št. Pet, npr. Ljubljana."],
    "el": ["Ο κ. Παπαδόπουλος ήρθε π.Χ. στις 5;"],
    "ta": ["திரு. ராமன் வந்தார். நன்றி."],
    "hi": ["डॉ. शर्मा ने कहा, \"नमस्ते दुनिया।\" क़लम फ़िल्म।"],
    "bn": ["ড. রহমান বললেন। ভালো-মন্দ।"],
    "zh": ["他说：“你好，世界！” 3.14 和 A公司-B公司。", "No. 5 北京 上海 OK 你 好"],
    "ja": ["東京は、日本の首都です。カタカナ-ひらがな Nr. 3"],
    "ko": ["한국어 문장입니다. '안녕'-하세요 한국 어"],
    "cjk": ["한국-어 日本-語 カ-な 中文。"],
    "xx": ["مرحبا، بالعالم! 'كيف' الحال؟", "שלום, עולם. א'ב"],
}
HOSTILE = [
    "", " ", "a", ".", "..", "...", "....", ". . .", "a.", "a..", "a...b", "...a", "x DOTMULTI y", "DOTDOTMULTI",
    "DOTDOT", "5,300", ",5", "5,", "a,b,c", ",,", ",,,a", "1,,2", "'", "''", "'''", "a'", "'a", "a'b'c", "1's 's S's",
    ".'", "x.'", "x. '", "\"\"", "``x''", "`x'", "a-b-c", "-a-", "a--b", "a - b", "a-1-é", "@-@", "a @-@ @-@ b",
    "&amp;", "&amp;lt;", "&#124; &bar; &bra; &ket;", "<a href=\"x\">|[y]|</a>", "C++ C# .NET a_b ~ ^ * \\ /",
    "tab\there\x01\x1f end\x7f", "no\u00a0break\u2003em\u3000wide\u2028line\u0085next", "\u200bzero\u00adsoft",
    "e\u0301 n\u0303o \u0301", "½ ² Ⅷ ٣,٤ १,२ ①", "👍🏽 👨‍👩‍👧 🇩🇪", "𝔘𝔫𝔦 𝟘 𐍈", "€5 $ 5 £ ¥ ₹ ¢", "( [ { < > } ] )",
    "„ a “ b ” \" c \" ' d '", "¿ a ? ¡ b !", "x : y ; z % \\", "s ' t", "the boys ' toys", "日 本 語 x 한 국", "á.b. C",
    "Ａ．Ｂ，Ｃ", "İ i̇ ı", "ﬁ ﬂ ß ẞ", "don ' t it 's we 're", "3 . 5 , 7", "a.b.c. D", "U.S. Army", "1. Erstens 2. zweitens",
]
OPTIONS = ["de", "d", "e", ""]

cases = []
for number, (language, lines) in enumerate(LINES.items()):
    others = HOSTILE if language in ["en", "fr", "cs", "de", "zh"] else HOSTILE[number % 5 :: 5]
    for place, line in enumerate(lines + others):
        options = OPTIONS[0 if place < len(lines) else (place + number) % 4]
        words = MosesTokenizer(language).tokenize(
            line, aggressive_dash_splits="d" in options, return_str=True, escape="e" in options)
        try:
            text = MosesDetokenizer(language).detokenize(words.split())
        except TypeError:  # sacremoses cannot join Czech "'x' - li".
            continue
        cases.append([language, options, line, words, text])
with open("cases.json", "w", encoding="utf-8") as file:
    file.write("[\n" + ",\n".join(json.dumps(case, ensure_ascii=True) for case in cases) + "\n]\n")
