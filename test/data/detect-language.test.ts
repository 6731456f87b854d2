/** Languages of sentences that were written for this test; what is no sentence has none. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { languageOf } from "../../src/data/detect/language.ts";

const sentences: Readonly<Record<string, readonly string[]>> = {
  eng: [
    "The train to the coast was late again, and nobody could say why.",
    "I've got a question about my order: when will it be here?",
    "Do you know where the nearest pharmacy is?",
  ],
  deu: [
    "Der Zug an die Küste hatte wieder Verspätung, und niemand wusste warum.",
    "Können Sie mir sagen, wo die nächste Apotheke ist?",
  ],
  fra: [
    "Le train pour la côte était encore en retard, et personne ne savait pourquoi.",
    "Est-ce que vous pouvez me dire où est la pharmacie la plus proche ?",
  ],
  spa: [
    "El tren a la costa llegó tarde otra vez y nadie sabía por qué.",
    "¿Me puede decir dónde está la farmacia que queda más cerca?",
  ],
  por: [
    "O comboio para a costa chegou outra vez atrasado, e ninguém sabia dizer porquê, mas não foi nada.",
    "Você pode me dizer onde fica a farmácia mais próxima? Eu não sou daqui.",
  ],
  ita: [
    "Il treno per la costa era di nuovo in ritardo e nessuno sapeva perché.",
    "Mi può dire dove si trova la farmacia che è più vicina alla stazione?",
  ],
  nld: [
    "De trein naar de kust was weer te laat, en niemand wist waarom dat zo was.",
    "Kunt u mij zeggen waar de apotheek is die het dichtst bij het station ligt?",
  ],
  swe: [
    "Tåget till kusten var försenat igen, och ingen kunde säga varför det var så.",
    "Kan du säga mig var det finns ett apotek som är öppet nu?",
  ],
  dan: ["Toget til kysten var forsinket igen, og ingen kunne sige hvorfor det blev sådan af sig selv."],
  nob: [
    "Toget til kysten var forsinket igjen, og ingen visste hva som var galt etter at det ble så mye snø.",
  ],
  fin: ["Juna rannikolle oli taas myöhässä, eikä kukaan tiennyt miksi, mutta se ei ole mitä minä halusin."],
  pol: [
    "Pociąg nad morze był znowu spóźniony i nikt nie wiedział, dlaczego tak jest, ale czy to jest ważne?",
  ],
  ces: ["Vlak k moři měl zase zpoždění a nikdo nevěděl, proč to tak je, protože se to jen stalo."],
  ron: [
    "Trenul spre mare a întârziat din nou și nimeni nu știa de ce, dar acest lucru este ceva ce se poate.",
  ],
  hun: ["A vonat a tengerpartra megint késett, és senki nem tudta, hogy miért van ez így, de már mindegy."],
  tur: ["Sahile giden tren yine geç kaldı ve kimse bunun için ne olduğunu bilmiyor, ama bu çok sık olur."],
  ind: ["Kereta ke pantai itu terlambat lagi dan tidak ada yang tahu apa yang terjadi karena hujan."],
  vie: ["Chuyến tàu ra biển lại đến muộn và không ai biết là vì sao, nhưng tôi đã chờ được một giờ."],
  rus: ["Поезд к морю снова опоздал, и никто не знал, почему это так, но все ждали."],
  ukr: ["Поїзд до моря знову запізнився, і ніхто не знав, чому це так, але всі чекали."],
  bul: ["Влакът за морето пак закъсня и никой не знае защо, но това се случи и след като валя."],
  ara: ["تأخر القطار إلى الساحل مرة أخرى ولم يعرف أحد ما هو السبب في هذا التأخير"],
  fas: ["قطار ساحل باز هم دیر کرد و هیچ کس نمی دانست که چرا این شد اما من در آن بودم"],
  hin: ["समुद्र तट की ट्रेन फिर से देर से आई और किसी को नहीं पता था कि यह क्या है"],
  jpn: ["海岸へ行く電車はまた遅れて、だれも理由を知らなかった。"],
  zho: ["去海边的火车又晚点了，没有人知道为什么。"],
  kor: ["바다로 가는 기차가 또 늦었는데 아무도 이유를 몰랐다."],
  tha: ["รถไฟไปทะเลสายอีกแล้วและไม่มีใครรู้ว่าทำไม"],
  ell: ["Το τρένο για την ακτή άργησε πάλι και κανείς δεν ήξερε γιατί."],
  heb: ["הרכבת לחוף שוב איחרה ואיש לא ידע למה."],
};

const untold = [
  "",
  "card_arrival",
  "positive",
  "42",
  "Ja.",
  "Berlin, Paris, Roma, Madrid",
  "function add(a, b) { return a + b; }",
  "for item in items:\n    if item not in seen:\n        seen.add(item)\n        return item",
  "SELECT name, price FROM products WHERE price > 10 AND stock IS NOT NULL ORDER BY price",
  '{"people": "4", "time": "19:30"}',
  '<div class="card"><span>…</span></div>',
  "https://example.org/a/b?c=d",
  "E = mc²",
  "王",
  "😀😀😀",
];

describe("languageOf", () => {
  for (const [code, examples] of Object.entries(sentences)) {
    it(`knows ${code}`, () => {
      for (const sentence of examples) {
        assert.equal(languageOf(sentence), code, sentence);
        assert.equal(languageOf(sentence.toUpperCase()), languageOf(sentence.toUpperCase().toLowerCase()));
      }
    });
  }

  it("does not guess", () => {
    for (const text of untold) assert.equal(languageOf(text), undefined, text);
  });

  it("does not mind what was asked before", () => {
    const all = Object.values(sentences).flat();
    const forth = all.map((sentence) => languageOf(sentence));
    const back = all.toReversed().map((sentence) => languageOf(sentence));
    assert.deepEqual(back.reverse(), forth);
  });
});
