/**
 * What a file is taken for before it is read: by its name alone, because ten thousand of them are listed and none is opened.
 * What it really is, its content says when its turn comes.
 */

export type Expected = 'image' | 'text' | 'table' | 'zip';

/** Why a file is not listed. It is counted, and the count is shown. */
export type Skipped = 'hidden' | 'other';

/** What systems and programs leave in folders: macOS, Windows, KDE, editors, archives' own. */
const LEFT_BEHIND =
  /^(\.|~\$|thumbs\.db$|ehthumbs(_vista)?\.db$|desktop\.ini$|icon\r$|\$recycle\.bin$|system volume information$|__macosx$|@eadir$)/i;
/** Programs, settings and notes about other files: whoever drops a folder of pictures does not mean these. */
const OTHER = new Set(
  [
    'aae',
    'bak',
    'bat',
    'cmd',
    'css',
    'dll',
    'exe',
    'htm',
    'html',
    'ini',
    'jar',
    'js',
    'json',
    'lnk',
    'log',
  ].concat(
    [
      'md5',
      'mjs',
      'nfo',
      'php',
      'py',
      'sfv',
      'sh',
      'sha1',
      'sha256',
      'so',
      'sql',
      'sqlite',
      'sys',
      'tmp',
      'url',
    ],
    ['webloc', 'xml', 'xmp', 'yaml', 'yml'],
  ),
);
const EXPECTED: Readonly<Record<string, Expected>> = {
  ...{ txt: 'text', text: 'text' },
  ...{ csv: 'table', tsv: 'table', tab: 'table', jsonl: 'table', ndjson: 'table' },
  zip: 'zip',
};

/** The extension in lower case, without its dot; empty where there is none. */
export function extensionOf(path: string): string {
  const name = lastPart(path);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1).toLowerCase() : '';
}

export const lastPart = (path: string): string =>
  path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

/** Whether to leave it out of the list, and why; undefined for what is listed. Any folder on the way counts. */
export function skippedFor(path: string): Skipped | undefined {
  if (path.split(/[\\/]/).some((part) => LEFT_BEHIND.test(part) && !/^\.{1,2}$/.test(part))) return 'hidden';
  return OTHER.has(extensionOf(path)) ? 'other' : undefined;
}

/** Taken for a picture unless its name says otherwise: then its content does. */
export function expectedOf(path: string): Expected {
  const extension = extensionOf(path);
  return Object.hasOwn(EXPECTED, extension) ? EXPECTED[extension]! : 'image';
}
