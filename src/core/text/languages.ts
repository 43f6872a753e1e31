/**
 * Which languages a text could be in, by its writing system alone. Most scripts name one language or a few; Latin, Cyrillic,
 * Arabic and Devanagari name dozens, and telling those apart takes statistics of words, which this does not have.
 */

interface Script {
  readonly name: string;
  readonly pattern: RegExp;
  /** ISO 639-1 codes written in it, the ones models are made for first; not every language there is. */
  readonly languages: readonly string[];
  /** The languages are all there are: the script names them for sure. */
  readonly sure?: boolean;
}

const script = (name: string, property: string, languages: string, sure = false): Script => ({
  ...{ name, languages: languages.split(' '), sure },
  pattern: new RegExp(`[\\p{Script=${property}}]`, 'u'),
});

/** Letters of kana and hangul before Han: text with either is Japanese or Korean whatever else it has. */
const SCRIPTS: readonly Script[] = [
  script(
    'Latin',
    'Latin',
    'en es pt de fr pl id tr vi nl it sv da no fi cs ro hu hr sk lt lv et sl sq eu ca ms sw',
  ),
  script('Cyrillic', 'Cyrillic', 'ru uk bg sr mk be kk ky mn'),
  script('Arabic', 'Arabic', 'ar fa ur ps ku ug'),
  script('Devanagari', 'Devanagari', 'hi mr ne sa'),
  { name: 'Japanese', pattern: /[\p{Script=Hiragana}\p{Script=Katakana}]/u, languages: ['ja'], sure: true },
  script('Hangul', 'Hangul', 'ko', true),
  script('Han', 'Han', 'zh ja'),
  script('Thai', 'Thai', 'th', true),
  script('Greek', 'Greek', 'el', true),
  script('Hebrew', 'Hebrew', 'he yi'),
  script('Georgian', 'Georgian', 'ka', true),
  script('Armenian', 'Armenian', 'hy', true),
  script('Bengali', 'Bengali', 'bn as'),
  script('Tamil', 'Tamil', 'ta', true),
  script('Telugu', 'Telugu', 'te', true),
  script('Kannada', 'Kannada', 'kn', true),
  script('Malayalam', 'Malayalam', 'ml', true),
  script('Gujarati', 'Gujarati', 'gu', true),
  script('Gurmukhi', 'Gurmukhi', 'pa', true),
  script('Sinhala', 'Sinhala', 'si', true),
  script('Myanmar', 'Myanmar', 'my', true),
  script('Khmer', 'Khmer', 'km', true),
  script('Lao', 'Lao', 'lo', true),
  script('Tibetan', 'Tibetan', 'bo dz'),
  script('Ethiopic', 'Ethiopic', 'am ti'),
];

/** The text is read up to here: languages do not change the answer by their twenty-thousandth letter. */
const MOST = 20_000;
/** A script with a smaller share of the letters is a name or a quotation. */
const SHARE = 0.2;

const LETTER = /\p{L}/u;

export interface Language {
  /** `inside`: every such script can be one of the languages. `unclear`: no letters. */
  readonly scope: 'inside' | 'partly' | 'outside' | 'unclear';
  /** Names of the scripts with a fifth of the letters or more, most letters first. `other` for those not in the list. */
  readonly scripts: readonly string[];
  /** Of the languages asked about, those it could be in. */
  readonly candidates: readonly string[];
  /** `high`: the scripts settle it. `low`: they are shared with languages that were not asked about. */
  readonly sure: 'high' | 'low';
}

/** Whether a text can be in one of `languages` (ISO 639-1), as far as its scripts tell. Linear; never throws. */
export function languageOf(text: string, languages: readonly string[]): Language {
  const shares = scriptsOf(text);
  const wanted = new Set(languages);
  const found = [...shares].map(([name]) => SCRIPTS.find((one) => one.name === name));
  const [first] = found;
  if (found.length === 0) return { scope: 'unclear', scripts: [], candidates: [], sure: 'low' };
  const candidatesOf = (one: Script | undefined) => one?.languages.filter((code) => wanted.has(code)) ?? [];
  const inside = found.filter((one) => candidatesOf(one).length > 0);
  const scope = inside.length === found.length ? 'inside' : inside.length === 0 ? 'outside' : 'partly';
  // Outside is certain: nothing asked about is written so. Inside is certain where the script has no other language.
  const alone = (one: Script | undefined) =>
    one?.sure === true || (one?.languages.every((code) => wanted.has(code)) ?? false);
  const sure = scope === 'outside' || (first !== undefined && found.every(alone)) ? 'high' : 'low';
  return { scope, scripts: [...shares.keys()], candidates: [...new Set(found.flatMap(candidatesOf))], sure };
}

/** Scripts by their share of the letters, largest first; Han counts as Japanese beside kana. */
function scriptsOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  let letters = 0;
  for (const character of text.slice(0, MOST)) {
    if (!LETTER.test(character)) continue;
    letters++;
    const name = nameOf(character);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const kana = counts.get('Japanese') ?? 0;
  const han = counts.get('Han') ?? 0;
  // A twentieth of kana: Chinese has none, Japanese has a third or more.
  if (kana > 0 && kana >= (kana + han) / 20) {
    counts.set('Japanese', kana + han);
    counts.delete('Han');
  }
  const large = [...counts].filter(([, count]) => count >= letters * SHARE);
  return new Map(large.sort((a, b) => b[1] - a[1]));
}

function nameOf(character: string): string {
  const code = character.codePointAt(0)!;
  // Most letters of most texts, without trying every pattern.
  if (code < 0x250 && code !== 0xb5) return 'Latin';
  return SCRIPTS.find(({ pattern }) => pattern.test(character))?.name ?? 'other';
}

/** A sentence for the line beside a verdict; undefined where there is nothing to say. */
export function languageNote(language: Language): string | undefined {
  const { scope, scripts, sure } = language;
  const written =
    scripts.includes('other') && scripts.length === 1
      ? 'a script that is not in the list'
      : `${listed(scripts)} script`;
  if (scope === 'outside')
    return `Out of scope, for certain: written in ${written}, which no language this model was made for uses.`;
  if (scope === 'partly')
    return `Partly out of scope, for certain: not every script of it (${listed(scripts)}) belongs to a language this model was made for.`;
  if (scope === 'inside' && sure === 'low')
    return `In scope as far as its script tells. Not certain: ${written} also serves languages this model was not made for.`;
  return undefined;
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
