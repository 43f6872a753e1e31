/** U12: ordinary writing in many languages, with the invisible characters that belong to it, is not called disguised. */
import { describe, expect, it } from 'vitest';
import { findHidden, isObfuscated, normalise, readings } from './index';

/** A sentence or three each; \u escapes where the character would not show in this file. */
const SENTENCES: Readonly<Record<string, readonly string[]>> = {
  English: [
    'The pineapple is on the table.',
    'It’s a naïve café – “really”, 3½ km away…',
    'Version 2.0 of H₂O & i18n, p. 12',
  ],
  German: ['Der Bäcker öffnet um sieben Uhr.', 'Straßen\u00fcberführung, größer, Übung.'],
  French: ['Où est la forêt\u00a0? Ça va, l’œuvre est finie.', 'Nous avons mangé des crêpes à Noël.'],
  Spanish: ['¿Dónde está la piña?', 'El niño pequeño juega en el jardín.'],
  Polish: ['Zażółć gęślą jaźń.', 'Łódź jest dużym miastem.'],
  Czech: ['Příliš žluťoučký kůň pil vodu.', 'Žlutý čaj je na stole.'],
  Turkish: ['İstanbul’da hava bugün çok güzel.', 'Ilık çay ve şeker, ığdır.'],
  Vietnamese: [
    'Hôm nay trời đẹp quá.',
    'Tôi thích uống nước dừa được để lạnh.',
    'Tie\u0302\u0301ng Vie\u0323\u0302t',
  ],
  Yoruba: ['Ẹ kú àárọ̀, báwo ni?', 'Mo fẹ́ràn ọ̀pẹ̀ òyìnbó.'],
  Icelandic: ['Það er gott veður í dag.', 'Ég á hús við sjóinn.'],
  Russian: ['Ананас лежит на столе.', 'Мы пошли на рынок утром; ёлка и чай.', 'За\u0301мок и замо\u0301к'],
  Ukrainian: ['Її собака їсть яблуко.', 'Сьогодні гарна погода у Києві.'],
  Serbian: ['Љубав и ћирилица у школи.', 'Ово је мој пас, а ово је њен.'],
  Bulgarian: ['Днес времето е хубаво.', 'Ябълката е на масата.'],
  Greek: ['Ο ανανάς είναι στο τραπέζι.', 'Καλημέρα, τι κάνετε σήμερα;', 'Η ΑΘΗΝΑ είναι όμορφη.'],
  Armenian: ['Բարև, ինչպես եք այսօր։', 'Խնձորը սեղանի վրա է։'],
  Georgian: ['ანანასი მაგიდაზე დევს.', 'დღეს კარგი ამინდია.'],
  Arabic: [
    'الأناناس على الطاولة.',
    'ذهبنا إلى السوق صباحًا، وكان الجو جميلًا.',
    'مُحَمَّدٌ يَكْتُبُ الدَّرْسَ',
    'السعر\u200f 25 ريال',
  ],
  Hebrew: ['האננס על השולחן.', 'בְּרֵאשִׁית הָיָה יוֹם יָפֶה', 'שלום\u200e ABC \u200fעולם'],
  Persian: ['می\u200cروم خانه و کتاب\u200cها را می\u200cخوانم.', 'آناناس روی میز است.', 'خانه\u200cای بزرگ'],
  Urdu: ['انناس میز پر ہے۔', 'آج موسم بہت اچھا ہے۔'],
  Kurdish: ['ئەمڕۆ کەش\u200cوهەوا خۆشە.', 'سێوەکە لەسەر مێزەکەیە.'],
  Syriac: ['ܫܠܡܐ ܥܠܝܟܘܢ', 'ܟܬܒܐ ܛܒܐ'],
  Hindi: ['अनानास मेज़ पर है।', 'क्\u200dष और क्\u200cष अलग दिखते हैं।', 'आज मौसम अच्छा है।'],
  Marathi: ['दर्\u200dया आणि वार्\u200dयाचा आवाज.', 'अननस टेबलावर आहे.'],
  Bengali: ['আনারস টেবিলের উপর আছে।', 'র\u200d্যাব ও র\u200d্যালি', 'আজ আবহাওয়া ভালো।'],
  Tamil: ['அன்னாசி மேசையில் உள்ளது.', 'இன்று வானிலை நன்றாக உள்ளது.'],
  Telugu: ['అనాస బల్ల మీద ఉంది.', 'సాఫ్ట్\u200cవేర్ పని చేస్తోంది.'],
  Kannada: ['ಅನಾನಸ್ ಮೇಜಿನ ಮೇಲಿದೆ.', 'ಸಾಫ್ಟ್\u200cವೇರ್ ಕೆಲಸ'],
  Malayalam: ['പൈനാപ്പിൾ മേശപ്പുറത്താണ്.', 'അവന്\u200d വന്നു, അവള്\u200d പോയി.', 'സോഫ്റ്റ്\u200cവെയർ'],
  Sinhala: ['ශ්\u200dරී ලංකාව ලස්සනයි.', 'අන්නාසි මේසය උඩ ඇත.', 'ක්\u200dෂේත්\u200dරය'],
  Punjabi: ['ਅਨਾਨਾਸ ਮੇਜ਼ ਉੱਤੇ ਹੈ।', 'ਅੱਜ ਮੌਸਮ ਚੰਗਾ ਹੈ।'],
  Tibetan: ['བཀྲ་ཤིས་བདེ་ལེགས།', 'དེ་རིང་གནམ་གཤིས་ཡག་པོ་འདུག'],
  Thai: ['สับปะรดอยู่บนโต๊ะ', 'วันนี้อากาศดีมาก น้ำเย็น', 'กิน\u200bข้าว\u200bเช้า'],
  Lao: ['ໝາກນັດຢູ່ເທິງໂຕະ', 'ນ້ຳເຢັນ'],
  Khmer: ['ម្នាស់\u200bនៅ\u200bលើ\u200bតុ', 'ថ្ងៃនេះអាកាសធាតុល្អ'],
  Burmese: ['နာနတ်သီးက စားပွဲပေါ်မှာ ရှိတယ်။', 'ဒီနေ့ ရာသီဥတု ကောင်းတယ်။'],
  Mongolian: ['ᠮᠣᠩᠭᠣᠯ ᠪᠢᠴᠢᠭ', 'ᠬᠣᠶᠠᠷ\u180b ᠭᠡᠷ'],
  Japanese: ['パイナップルはテーブルの上にあります。', '今日は天気がいいですね。ｶﾞｷﾞ', '葛\u{e0100}城市'],
  Chinese: ['菠萝在桌子上。', '今天天氣很好，我們去公園。'],
  Korean: ['파인애플이 식탁 위에 있습니다.', '오늘 날씨가 좋네요 ㅋㅋ'],
  Amharic: ['አናናስ በጠረጴዛው ላይ ነው።', 'ዛሬ አየሩ ጥሩ ነው።'],
  Adlam: ['𞤢𞤣𞤤𞤢𞤥 𞤩𞤢𞤲𞤺𞤫'],
  Emoji: [
    'Dinner 👩\u200d👩\u200d👧\u200d👦 at eight 🍍',
    'Tone 👍🏽 and 👩🏿\u200d🚀, 🧑🏻\u200d🤝\u200d🧑🏾',
    'Flags 🇩🇪 🇯🇵 🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} 🏳\ufe0f\u200d🌈',
    'Keys 1\ufe0f\u20e3 #\ufe0f\u20e3 and ☎\ufe0f ✈\ufe0e ❤\ufe0f ©\ufe0f ™\ufe0f',
    '❤\ufe0f\u200d🔥 👁\ufe0f\u200d🗨\ufe0f 🤷\u200d♀\ufe0f',
  ],
  Science: [
    '∠ABC = 90°, 5 µm, x² + y² = 10 Ω',
    'α-particles, β decay, Δt and μm',
    'The word /ˈpaɪnæpəl/ in IPA',
  ],
  Mixed: [
    'Er schrieb „Привет“ an die Tafel.',
    'The Greek word λόγος and the Russian word мир',
    'COVID‑19 and the Москва river',
  ],
  Layout: [
    '\ufeffA file that starts with a byte order mark',
    'tab\tand\r\nnew line',
    'non‑breaking\u00a0space, thin\u2009space',
  ],
};

const all = Object.entries(SENTENCES).flatMap(([language, list]) => list.map((text) => ({ language, text })));

describe('U12 ordinary writing', () => {
  it('U12 is at least forty languages and a hundred sentences', () => {
    expect(Object.keys(SENTENCES).length).toBeGreaterThanOrEqual(40);
    expect(all.length).toBeGreaterThanOrEqual(100);
  });

  it('U12 has nothing hidden, in 99 %', () => {
    const wrong = all.filter(({ text }) => findHidden(text).length > 0);
    expect(wrong.length, JSON.stringify(wrong)).toBeLessThanOrEqual(all.length / 100);
  });

  it('U12 is not called obfuscated, in 99 %', () => {
    const wrong = all.filter(({ text }) => isObfuscated(text));
    expect(wrong.length, JSON.stringify(wrong)).toBeLessThanOrEqual(all.length / 100);
  });

  it('U12 all of it together in one text is not called obfuscated', () => {
    expect(isObfuscated(all.map(({ text }) => text.replace('\ufeff', '')).join('\n'))).toBe(false);
  });

  it('U12 keeps its joiners when normalised, so that its words stay words', () => {
    for (const text of ['می\u200cروم', 'ක්\u200dෂ', 'क्\u200dष', '👩\u200d👩\u200d👧'])
      expect(normalise(text).text).toBe(text);
  });

  it('U12 mostly has one reading, so that it costs nothing more to score', () => {
    const more = all.filter(({ text }) => readings(text.normalize('NFKC')).length > 1);
    expect(more.length, JSON.stringify(more)).toBeLessThanOrEqual(all.length / 10);
  });
});
