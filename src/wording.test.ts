/** C02: no words of the screens, the SDK, the catalog or the documents claim what no model here can know. */
import { readdirSync, readFileSync } from 'node:fs';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { Crash } from './views/frame/Crash';
import { HandOff, type HandOffProps } from './views/triage/HandOff';

const under = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`);
const SOURCES = [...readdirSync('.'), ...['src', 'public', 'docs'].flatMap(under)].filter(
  (path) => /\.(tsx?|html|md)$/.test(path) && !path.endsWith('wording.test.ts'),
);

/** A finding, where there is a score; and the age of somebody, which nothing here can judge. */
const BANNED: readonly RegExp[] = [
  /\b(csam|csem|child (sexual )?(abuse|exploitation)( material| imagery)?) (was |is |has been )?(detected|found|identified|confirmed)\b/i,
  /\b(?<!not |never |nor |cannot )(detects?|finds?|identifies|confirms?) (csam|csem|child (sexual )?(abuse|exploitation))/i,
  /\b(is|looks|appears|seems|may be|likely) (under ?age|a minor|a child|under 18|prepubescent)\b/i,
  /\b(estimated|apparent|predicted|judged) age\b|\bage (estimate|estimation|of the (person|child|subject))\b/i,
  /\b(illegal|unlawful) (content|material|image|picture) (detected|found)\b/i,
  /\b(victim|perpetrator|offender)s? (detected|found|identified)\b/i,
];

const flat = (text: string) => text.replace(/\s*\n\s*(\/\/|\*)?\s*/g, ' ').replace(/<\/?b>|\*\*/g, '');
const banned = (text: string) => BANNED.flatMap((phrase) => phrase.exec(flat(text))?.[0] ?? []);

describe('C02 the words', () => {
  it('C02: are read from the whole project', () => {
    expect(SOURCES.length).toBeGreaterThan(400);
    for (const path of [
      'README.md',
      'SECURITY.md',
      'src/views/triage/HandOff.tsx',
      'src/catalog/starter-image.ts',
    ])
      expect(SOURCES).toContain(path);
  });

  it('C02: a claim would be noticed, a denial is none', () => {
    for (const claim of [
      'CSAM detected',
      'CSAM was found in 3 files',
      'child sexual abuse\n  material detected',
      'This model detects child abuse',
      'The person is underage.',
      'Estimated age: 12',
      'Illegal content found',
    ])
      expect(banned(claim), claim).toHaveLength(1);
    for (const denial of [
      'Image models do not detect child abuse material',
      'It does not detect child sexual abuse material.',
      'it cannot judge age',
    ])
      expect(banned(denial), denial).toEqual([]);
  });

  it('C02: claim no finding and no age', () => {
    const found = SOURCES.flatMap((path) =>
      banned(readFileSync(path, 'utf8')).map((words) => `${path}: ${words}`),
    );
    expect(found).toEqual([]);
  });
});

/** What is read, without the markup. */
const textOf = (markup: string) =>
  markup
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('&#x27;', '’');
const handOff = (props: Partial<HandOffProps> = {}) =>
  textOf(
    renderToStaticMarkup(
      createElement(HandOff, { item: { kind: 'image', sha256: 'ab'.repeat(32) }, marked: true, ...props }),
    ),
  );

describe('C01, C02 the hand-off', () => {
  it('C02: says what to do, what this tool does not do, and what it cannot know', () => {
    for (const words of [
      'Possible child-safety concern',
      'Needs specialist review.',
      'Do not copy, forward, screenshot or re-upload this item.',
      'Stop viewing, follow your organisation’s escalation procedure, and let trained staff handle it.',
      'This tool does not report to anyone and keeps no copy of the picture.',
      'report.cybertip.org',
      'IWF',
      'INHOPE',
      'duties to report and to preserve material',
      'Do not delete the original on the advice of this tool.',
      'This is a screening signal, not a finding; it cannot judge age.',
      'Undo takes back the decision; the picture stays released in this run.',
      'ab'.repeat(32),
    ])
      expect(handOff()).toContain(words);
  });

  it('C01: after undo, and for copies, it says why nothing is shown', () => {
    const words = handOff({ marked: false });
    expect(words).toContain('It, or an identical copy, was marked');
    expect(words).toContain('nothing of it is shown again in this run');
  });
});

describe('C12 error pages', () => {
  it('C12: name help as text, and carry no imagery and none of the error’s own words', () => {
    const crash = new Crash({ children: null });
    crash.state = Crash.getDerivedStateFromError(new TypeError('canary'));
    const markup = renderToStaticMarkup(crash.render() as never);
    expect(textOf(markup)).toContain('findahelpline.com');
    expect(textOf(markup)).toContain('inhope.org');
    const page = readFileSync('public/404.html', 'utf8');
    expect(page).toContain('findahelpline.com');
    for (const each of [markup, page])
      expect(each).not.toMatch(/<(img|canvas|video|picture|image)\b|url\(|canary/);
  });
});
