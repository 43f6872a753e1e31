/**
 * Letters of other scripts that look like Latin ones: a compact table in the manner of UTS #39's skeleton,
 * limited to shapes that people really substitute. `strong` are alike in most fonts; `weak` only resemble,
 * so they count only inside a word that already mixes scripts.
 */

/** Pairs written as `look-alikes` → Latin letters, position by position. */
const STRONG: readonly (readonly [string, string])[] = [
  // Cyrillic, both cases.
  ['аеорсухѕіјԁһԛԝӏҽѵ', 'aeopcyxsijdhqwlev'],
  ['АВЕКМНОРСТХУЅІЈԚԜҺӀ', 'abekmhopctxysijqwhl'],
  // Greek.
  ['ονικαρυγ', 'ovikapuy'],
  ['ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ', 'abezhikmnoptyx'],
  // Armenian.
  ['օոսհզցյ', 'onuhqgj'],
  // Cherokee and Lisu capitals.
  ['ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᎩᏃ', 'abcdeghjklmprstvwyz'],
  ['ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ', 'bpdtgkjczfmnlsrvhwxyaeiou'],
];

const WEAK: readonly (readonly [string, string])[] = [
  ['кмнтпвгияьбшщ', 'kmhtnbrnrbbww'],
  ['ГИЯПЬБШ', 'rnrnbbw'],
  ['εητκχωβσδλπς', 'entkxwbodlnc'],
  ['ΣΛΩ', 'eao'],
];

/** Latin letters of phonetic notation that pass for plain ones. Dotless i is a letter of Turkish and stays. */
const PHONETIC: readonly (readonly [string, string])[] = [
  ['ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ', 'abcdefghijklmnopqrstuvwyz'],
  ['ɑɡɩ', 'agi'],
];

export type Likeness = 'strong' | 'weak' | 'phonetic' | 'enclosed' | 'none';

export interface LookAlike {
  readonly likeness: Likeness;
  /** The Latin letter, lower case, as a code point; 0 for none. */
  readonly latin: number;
}

const NONE: LookAlike = { likeness: 'none', latin: 0 };

const TABLE: ReadonlyMap<number, LookAlike> = new Map([
  ...entries(WEAK, 'weak'),
  ...entries(PHONETIC, 'phonetic'),
  ...entries(STRONG, 'strong'),
]);

function entries(pairs: readonly (readonly [string, string])[], likeness: Likeness): [number, LookAlike][] {
  return pairs.flatMap(([from, to]) =>
    [...from].map((letter, index): [number, LookAlike] => [
      letter.codePointAt(0)!,
      { likeness, latin: to.charCodeAt(index) },
    ]),
  );
}

/** White letters on black circles and squares, which NFKC leaves alone. */
function enclosedLetter(codePoint: number): number {
  if (codePoint >= 0x1f150 && codePoint <= 0x1f169) return codePoint - 0x1f150 + 0x61;
  if (codePoint >= 0x1f170 && codePoint <= 0x1f189) return codePoint - 0x1f170 + 0x61;
  return 0;
}

/** How much a code point looks like a Latin letter, and which; capitals without an entry count as their small letter. */
export function lookAlike(codePoint: number): LookAlike {
  if (codePoint < 0x250 || (codePoint >= 0x2e80 && codePoint < 0xa4d0)) return NONE;
  const alike = TABLE.get(codePoint);
  if (alike !== undefined) return alike;
  const enclosed = enclosedLetter(codePoint);
  if (enclosed !== 0) return { likeness: 'enclosed', latin: enclosed };
  // Without this, lower case would turn a letter into a look-alike that was none before.
  if (codePoint < 0x370 || codePoint > 0x556) return NONE;
  return TABLE.get(String.fromCodePoint(codePoint).toLowerCase().codePointAt(0)!) ?? NONE;
}
