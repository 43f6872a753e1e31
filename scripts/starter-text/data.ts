/** The corpora as examples, with the splits. Nothing here prints or keeps a text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsv } from './csv';
import { random, shuffled } from './random';

export const LABELS = ['neutral', 'offensive', 'hateful'] as const;
export const HATEFUL = 2;

export const LANGUAGES = [
  'english',
  'arabic',
  'dutch',
  'french',
  'german',
  'hindi',
  'italian',
  'mandarin',
  'polish',
  'portuguese',
  'spanish',
] as const;

export interface Example {
  readonly text: string;
  /** What is trained on instead, when that differs. */
  readonly trainingText?: string;
  /** Index into LABELS. */
  readonly label: number;
  readonly source: 'davidson' | 'hatecheck' | 'own';
  readonly language: string;
  /** HateCheck's functionality, empty for Davidson. */
  readonly functionality: string;
  /** Share of annotators for each label, where the corpus tells. */
  readonly votes?: readonly number[];
  /** What must not be divided between parts: a template in all its languages, or a text and its copies. */
  readonly group: string;
  /** Templates that refer to one another (contrasts, misspellings) share a family; Davidson: as `group`. */
  readonly family: string;
}

export type Part = 'train' | 'validation' | 'test';
export type Split = Readonly<Record<Part, readonly Example[]>>;

/** Davidson's classes 0 hate, 1 offensive, 2 neither, as indices into LABELS. */
const DAVIDSON_LABEL: Readonly<Record<string, number>> = { '0': 2, '1': 1, '2': 0 };

export function readExamples(folder: string): Example[] {
  return [
    ...readDavidson(folder),
    ...withFamilies(LANGUAGES.flatMap((language) => readHateCheck(folder, language))),
  ];
}

function readDavidson(folder: string): Example[] {
  return parseCsv(readFileSync(join(folder, 'davidson.csv'), 'utf8')).map((row) => {
    const text = decodeEntities(row.tweet!);
    const trainingText = withoutNames(text);
    // Copies differ in white space and case at most.
    const group = `text ${trainingText.toLowerCase().replace(/\s+/g, ' ').trim()}`;
    const label = DAVIDSON_LABEL[row.class!];
    const votes = [row.neither, row.offensive_language, row.hate_speech].map(
      (n) => Number(n) / Number(row.count),
    );
    if (label === undefined) throw new Error('davidson.csv has a class other than 0, 1 and 2.');
    return {
      text,
      trainingText,
      label,
      votes,
      source: 'davidson',
      language: 'english',
      functionality: '',
      group,
      family: group,
    };
  });
}

/** The file holds posts as HTML: `&amp;` stands for `&`. */
function decodeEntities(text: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return text
    .replace(/&#(\d{2,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&(lt|gt|quot|amp);/g, (_, name: string) => named[name]!);
}

/** User names and addresses made alike, as is usual for posts: a model must not learn people. */
function withoutNames(text: string): string {
  return text.replace(/https?:\/\/\S+/g, 'http').replace(/@\w+/g, '@user');
}

interface Case extends Example {
  readonly template: string;
  readonly reference: string;
}

/** Templates are numbered alike in HateCheck and Multilingual HateCheck: same number, same sentence translated. */
function readHateCheck(folder: string, language: string): Case[] {
  const file = language === 'english' ? 'hatecheck_en.csv' : `mhc_${language}.csv`;
  return parseCsv(readFileSync(join(folder, file), 'utf8')).map((row) => {
    const template = String(Number(row.templ_id));
    return {
      text: row.test_case!,
      label: row.label_gold === 'hateful' ? HATEFUL : 0,
      source: 'hatecheck',
      language,
      functionality: row.functionality!,
      group: `template ${template}`,
      family: '',
      template,
      reference: row.ref_templ_id === '' ? '' : String(Number(row.ref_templ_id)),
    };
  });
}

/** Joins templates with those they refer to (union-find), over all languages at once. */
function withFamilies(cases: readonly Case[]): Example[] {
  const parent = new Map<string, string>();
  const root = (id: string): string => {
    let at = id;
    while ((parent.get(at) ?? at) !== at) at = parent.get(at)!;
    return at;
  };
  for (const { template, reference } of cases)
    if (reference !== '') parent.set(root(template), root(reference));
  return cases.map(({ template, reference: _, ...example }) => ({
    ...example,
    family: `family ${root(template)}`,
  }));
}

export interface SplitOptions {
  readonly seed: number;
  /** What stays together: templates (the published split), or whole families of templates (the harder one). */
  readonly by: 'group' | 'family';
  /** Shares of the units, of each source. */
  readonly test: Readonly<Record<'davidson' | 'hatecheck', number>>;
  /** Share of what is left. */
  readonly validation: number;
}

/**
 * Units are shuffled within strata (label, and functionality for HateCheck) and dealt out, so that every
 * part has its share of each. A unit is never divided.
 */
export function splitExamples(examples: readonly Example[], options: SplitOptions): Split {
  const partOf = new Map<string, Part>();
  for (const [stratum, units] of strata(examples, options.by)) {
    // A stream per stratum: one corpus cannot move the other's split.
    const order = shuffled(units.names, random(options.seed ^ hash(stratum)));
    const test = Math.round(order.length * options.test[units.source as 'davidson' | 'hatecheck']);
    const validation = Math.round((order.length - test) * options.validation);
    order.forEach((name, index) => {
      partOf.set(name, index < test ? 'test' : index < test + validation ? 'validation' : 'train');
    });
  }
  const parts: Record<Part, Example[]> = { train: [], validation: [], test: [] };
  for (const example of examples) parts[partOf.get(example[options.by])!].push(example);
  return parts;
}

function hash(name: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < name.length; index++)
    value = Math.imul(value ^ name.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

function strata(
  examples: readonly Example[],
  by: 'group' | 'family',
): Map<string, { source: Example['source']; names: string[] }> {
  const seen = new Set<string>();
  const found = new Map<string, { source: Example['source']; names: string[] }>();
  for (const example of examples) {
    const name = example[by];
    if (seen.has(name)) continue;
    seen.add(name);
    const stratum = `${example.source} ${example.functionality} ${example.label}`;
    const units = found.get(stratum) ?? { source: example.source, names: [] };
    units.names.push(name);
    found.set(stratum, units);
  }
  return found;
}
