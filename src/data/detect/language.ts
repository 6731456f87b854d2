/**
 * Which language a text is in, by its script and its commonest words; undefined where that cannot be told: short texts,
 * labels, code, languages that are not listed. Looks at the beginning only, and costs about a microsecond.
 */
import { unitsOf } from "./units.ts";

/** So many UTF-16 units are looked at. */
const prefix = 128;

/**
 * Words that are frequent in one language, and rare or unknown in the others beside it. Words of programming languages
 * (for, in, is, not …) are English, too, so that English must have others, or much code would be.
 */
const commonWords: Readonly<Record<string, string>> = {
  eng: "the of and to an that it you was are be have my what how your can could should would which will there their they we he she his her at has had been but about who when where does did than then these those were one more its our please for in is not or if from as on by with this do me some any all just need want like get no yes so up out into because also only over after them him us each other such most many much very",
  // No language of people: keywords of programs, which English must have more than.
  code: "for in is not and or if from as on by with this do else while return import def class new try where select function var let const int void end then type",
  deu: "der die das und ist nicht ein eine einen einem einer ich sie wir zu den dem des von mit auf für sich auch wie wird sind hat haben kann werden oder aber bei aus nach über zum zur im am nur noch wenn dass was mein ihr es war durch bitte",
  fra: "le la les des est et un une du que qui dans pour pas vous nous je il elle ce cette sur avec sont plus au aux par mais ou où votre mon ma ses son être avoir fait comme leur très était ont peut comment quel quelle de en",
  spa: "el la los las de que en un una es por con para no se su al lo como más pero sus le ya este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante mi qué cómo puedo está son del",
  por: "os as de que do da em um uma para com não no na por mais dos das se ao como mas foi seu sua ou ser quando muito nos já está eu também só pelo pela até isso ela entre era depois sem mesmo você são meu minha posso",
  ita: "il lo la gli le di che un una per non con si del della dei delle da in sono come più anche ma al alla nel nella questo questa mi ci ha io se ho cosa perché molto quando suo sua essere tutto dopo mio posso dal degli",
  nld: "de het een en van ik te dat die in is niet je zijn op aan met als voor er maar om hem dan zou wat mijn men dit zo door over ze zich bij ook tot uit naar heb hoe heeft hebben kan worden werd wordt deze nog geen of we onze kunnen",
  swe: "och att det en jag hon som han på den med var sig för så till är men ett om hade de av icke mig du henne då sin nu har inte hans honom skulle hennes där min kan vid kunde något från ut när efter upp vi dem vara vad över hur mycket eller ska",
  dan: "og jeg det at en den til er som på de med han af for ikke der var mig sig men et har om vi min havde ham hun nu over da fra du ud sin dem os op man hans hvor eller hvad skal selv her alle vil blev kunne ind når være dog noget hvordan efter meget kan",
  nob: "og jeg det at en et den til er som på de med han av ikke der så var meg seg men ett har om vi min mitt ha hadde hun nå over da ved fra du ut sin dem oss opp man kan hans hvor eller hva skal selv her alle vil bli ble kunne inn når være kom noen noe hvordan etter mye",
  fin: "ja on ei että se hän oli joka mutta niin kuin minä sinä me te he olen ole olla ovat tai kun jos myös sen vain voi nyt mitä tämä hänen ne sitten mikä miten kanssa eli sekä jotka minun tästä siitä ettei vielä hyvin olisi kaikki",
  pol: "na się nie do to że jest jak co tak za po ale od przez dla są ja ma czy może tym być już tego jego jej ich także tylko które który która ten oraz był była bardzo kiedy gdzie mnie moje mam można jestem przy ze",
  ces: "je na se že to do ve pro by ale za jsem si jako tak po co jak když nebo jsou byl být které který která také od už jeho má může při než ze této není jen ještě podle bude můj velmi tento jsme mezi",
  ron: "și în de la cu nu pe un este care ce din că se mai pentru să sunt ca dar sau am au fost ai el ea dacă după fi cum prin foarte lui când această acest acesta poate avea nici fără toate era unui unei mea cât",
  hun: "az és hogy nem is egy ez de van meg ha csak mint már volt vagy el még én ki mi azt fel lesz sem kell nagyon akkor ezt itt minden mert lehet hogyan amely után között ezek szerint azonban illetve nincs vannak minket",
  tur: "ve bir bu da de için ile çok ne gibi daha ben en mi var ki sen kadar sonra olarak ama değil olan her biz şey nasıl olduğu şu ya benim onun mı beni bunu önce ise yok tüm olur ancak göre kendi zaman",
  ind: "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga saya ke karena tersebut bisa ada mereka lebih telah sudah atau oleh kami anda adalah sebagai dapat bagaimana apa jika seperti hanya banyak para kita bahwa secara",
  vie: "và của là có không được trong cho một các những với người này đã tôi để khi từ đến như về bạn cũng ra làm đó hay thì phải sẽ rất nhưng nếu nào lại còn vào trên theo năm gì nhiều thế",
  rus: "и в не на я что он с как это по но из у за то все она так его от мы ты же был для бы вы о к или если мне когда есть они быть где очень только уже может чтобы меня ещё нет можно этот который",
  ukr: "і в не на я що він з як це та по але із у за то все вона так його від ми ти був для б ви о до або якщо мені коли є вони бути де дуже тільки вже може щоб мене ще ні можна цей який також",
  bul: "и в не на аз че той с как това по но от за се да ще тя така го ние ти беше за бих вие или ако ми когато има те са съм къде много само вече може мен още няма този който е като си",
  srp: "и у је не на ја да он са како то по али из за се она тако га од ми ти био би ви о или ако ми када има они бити где врло само већ може мене још нема овај који су што",
  ara: "في من على إلى أن هذا هذه التي الذي عن مع كان ما لا هو هي كل قد أو كيف بعد ثم لم بين إذا حتى أنا كما عند قبل ذلك لقد هل يمكن",
  fas: "و در به از که این را با است برای آن یک می تا خود بر هم کرد شد اما هر من ما شما نیز چه بود شده باید دارد ها های چگونه",
  urd: "کے کی میں ہے اور سے کا کو نے پر یہ اس ہیں کہ نہیں تھا بھی کر کیا ہو ایک وہ ان تو جو لیے آپ ہم",
  hin: "है के में की और से का को हैं यह पर कि नहीं एक भी था कर ने इस हो लिए तो जो क्या मैं आप वह थे या अपने कैसे",
  mar: "आहे आणि या की तो हे च्या मध्ये नाही होते होता ते एक मी हा आहेत करण्यात का पण साठी काय केले असे",
};

const codes = Object.keys(commonWords);
const programs = codes.indexOf("code");

/** A table of words by hash (open addressing), with the languages that have each, as bits. */
const slots = 1 << 12;
const wordAt = new Int32Array(slots);
const languagesAt = new Int32Array(slots);
for (const [i, code] of codes.entries()) {
  for (const word of commonWords[code]!.split(" ")) {
    let hash = 0;
    for (let at = 0; at < word.length; at++) hash = rolled(hash, word.charCodeAt(at));
    const slot = slotOf(hash);
    wordAt[slot] = hash;
    languagesAt[slot]! |= 1 << i;
  }
}

function slotOf(hash: number): number {
  let slot = (hash ^ (hash >>> 13)) & (slots - 1);
  while (wordAt[slot] !== 0 && wordAt[slot] !== hash) slot = (slot + 1) & (slots - 1);
  return slot;
}

/** Letters of one language or few. */
const letters = new Map<number, number>(
  Object.entries({
    ß: "deu",
    ä: "deu fin swe",
    ö: "deu fin swe hun tur",
    ñ: "spa",
    "¿": "spa",
    ã: "por",
    õ: "por",
    ł: "pol",
    ż: "pol",
    ś: "pol",
    ě: "ces",
    ů: "ces",
    ř: "ces",
    ő: "hun",
    ű: "hun",
    ğ: "tur",
    ı: "tur",
    ș: "ron",
    ț: "ron",
    ơ: "vie",
    ư: "vie",
    ạ: "vie",
    ế: "vie",
    æ: "dan nob",
    ø: "dan nob",
    å: "dan nob swe",
    ы: "rus",
    э: "rus",
    ї: "ukr",
    є: "ukr",
    ђ: "srp",
    ј: "srp",
    پ: "fas urd",
    چ: "fas urd",
    ٹ: "urd",
    ڈ: "urd",
    ے: "urd",
  }).map(([letter, of]) => [
    letter.charCodeAt(0),
    of.split(" ").reduce((mask, code) => mask | (1 << codes.indexOf(code)), 0),
  ]),
);

/** Scripts that one language is written in, or one by far: first unit, end, code. */
const scripts: readonly (readonly [from: number, to: number, code: string])[] = [
  [0x0370, 0x0400, "ell"],
  [0x0530, 0x0590, "hye"],
  [0x0590, 0x0600, "heb"],
  [0x0980, 0x0a00, "ben"],
  [0x0a00, 0x0a80, "pan"],
  [0x0a80, 0x0b00, "guj"],
  [0x0b80, 0x0c00, "tam"],
  [0x0c00, 0x0c80, "tel"],
  [0x0c80, 0x0d00, "kan"],
  [0x0d00, 0x0d80, "mal"],
  [0x0d80, 0x0e00, "sin"],
  [0x0e00, 0x0e80, "tha"],
  [0x0e80, 0x0f00, "lao"],
  [0x1000, 0x10a0, "mya"],
  [0x10a0, 0x1100, "kat"],
  [0x1780, 0x1800, "khm"],
  [0x3040, 0x3100, "jpn"],
  [0x3400, 0xa000, "zho"],
  [0xac00, 0xd7b0, "kor"],
];

/** By a unit without its last four bits: place in `scripts`, from 1. */
const scriptAt = (() => {
  const table = new Uint8Array(0x10000 >> 4);
  for (const [i, [from, to]] of scripts.entries()) table.fill(i + 1, from >> 4, to >> 4);
  return table;
})();

const votes = new Int32Array(codes.length);
const written = new Int32Array(scripts.length + 1);

/** ISO 639-3. */
export function languageOf(text: string): string | undefined {
  const start = text.length > prefix ? text.slice(0, prefix) : text;
  const lower = start.toLowerCase();
  const { length } = lower;
  const units = unitsOf(lower);
  votes.fill(0);
  written.fill(0);
  let [spoken, symbols, ownScript, words, hash] = [0, 0, 0, 0, 0];
  for (let i = 0; i <= length; i++) {
    const unit = i < length ? units[i]! : 0x20;
    if (isLetter(unit)) {
      hash = rolled(hash, unit);
      spoken++;
      if (unit < 0x80) continue;
      const script = scriptAt[unit >> 4]!;
      written[script]!++;
      if (script > 0) ownScript++;
      else vote(letters.get(unit) ?? 0);
    } else {
      if (hash !== 0) {
        words++;
        const mask = languagesAt[slotOf(hash)]!;
        if (mask !== 0) vote(mask);
      }
      hash = 0;
      if (isSymbol[unit] === 1) symbols++;
    }
  }
  if (spoken < 4 || symbols * 12 > spoken) return undefined;
  return ownScript * 2 > spoken ? byScript(ownScript) : byWords(words);
}

/** Letters; beyond ASCII all but blanks, quotation marks, dashes and ideographic punctuation. */
function isLetter(unit: number): boolean {
  if (unit < 0x80) return unit >= 0x61 && unit <= 0x7a;
  return unit >= 0xbf && !(unit >= 0x2000 && unit < 0x2070) && !(unit >= 0x3000 && unit < 0x3040);
}

function vote(mask: number): void {
  for (let left = mask; left !== 0; left &= left - 1) votes[31 - Math.clz32(left & -left)]!++;
}

function byScript(letters: number): string | undefined {
  let best = 1;
  for (let i = 2; i < written.length; i++) if (written[i]! > written[best]!) best = i;
  const code = scripts[best - 1]![2];
  const kana = written[scripts.findIndex(([, , each]) => each === "jpn") + 1]!;
  // Japanese is written with Chinese characters, too; without any kana, a few of them can be either.
  if (code === "zho") return kana * 20 > letters ? "jpn" : letters >= 6 ? code : undefined;
  return written[best]! >= 6 ? code : undefined;
}

/** What has three votes, an eighth of the words, and clearly more than every other. */
function byWords(words: number): string | undefined {
  let [best, next] = [0, 0];
  let index = -1;
  for (let i = 0; i < votes.length; i++) {
    const count = votes[i]!;
    if (count > best) [next, best, index] = [best, count, i];
    else if (count > next) next = count;
  }
  return best >= 3 && best * 8 >= words && best >= next * 1.25 + 1 && index !== programs
    ? codes[index]
    : undefined;
}

function rolled(hash: number, unit: number): number {
  const next = Math.imul(hash ^ unit, 0x5bd1e995);
  return next ^ (next >>> 15) || 1;
}

/** What code has much of, and prose little. */
const isSymbol = Uint8Array.from({ length: 0x80 }, (_, unit) =>
  "{}[]()<>=;_\\|&*+#$@/".includes(String.fromCharCode(unit)) ? 1 : 0,
);
