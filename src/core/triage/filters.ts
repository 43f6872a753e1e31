/** Which items are shown, and how that is written in the address. Text is not: it may be content. */
import type { Journal } from './journal';
import { disagrees, ORDERS, type Order } from './orders';
import type { Sieve, SieveWord } from './sieve';
import type { Decision, Item, ItemKind } from './types';

export type DecisionFilter = Decision | 'open';

/** An item is shown when it passes each filter that is there; of a filter with several words, one is enough. */
export interface Filters {
  readonly verdict?: readonly SieveWord[];
  readonly decision?: readonly DecisionFilter[];
  readonly kind?: readonly ItemKind[];
  /** The model that decided the verdict. */
  readonly model?: readonly string[];
  /** The score whose rule decided. */
  readonly score?: readonly string[];
  /** One of the team's labels. */
  readonly label?: readonly string[];
  /** Code of what could not be read or scored. */
  readonly error?: readonly string[];
  /**
   * `differs`: decided otherwise than the machine; `disagree`: models differ; `noted`; `again`: has a second pass;
   * `listed`: its hash is on the list that somebody loaded.
   */
  readonly mark?: readonly Mark[];
  /** In name, path or hash, whatever its case. Never in the address. */
  readonly text?: string;
}

export type Mark = (typeof MARKS)[number];
const MARKS = ['differs', 'disagree', 'noted', 'again', 'listed'] as const;
const VERDICTS: readonly SieveWord[] = ['waiting', 'clear', 'review', 'needs-review', 'block'];
const DECISIONS: readonly DecisionFilter[] = ['open', 'clear', 'block', 'escalate', 'skip', 'concern'];
const KINDS: readonly ItemKind[] = ['image', 'text'];

/** Of a hash list, all that may be asked. */
interface Listed {
  has(sha256: string): boolean;
}

/** The items that pass, in the order in which they came. `items[i]` is the sieve's item `i`. */
export function filtered(
  filters: Filters,
  items: readonly Item[],
  sieve: Sieve,
  journal: Journal,
  listed?: Listed,
): Uint32Array {
  const tests = testsOf(filters, items, sieve, journal, listed);
  const found = new Uint32Array(sieve.size);
  let count = 0;
  for (let item = 0; item < sieve.size; item++)
    if (tests.every((passes) => passes(item))) found[count++] = item;
  return found.slice(0, count);
}

type Test = (item: number) => boolean;

function testsOf(
  filters: Filters,
  items: readonly Item[],
  sieve: Sieve,
  journal: Journal,
  listed: Listed | undefined,
): readonly Test[] {
  const tests: Test[] = [];
  const one = <T>(wanted: readonly T[] | undefined, of: (item: number) => T | undefined) => {
    if (wanted?.length) tests.push((item) => wanted.includes(of(item) as T));
  };
  one(filters.verdict, (item) => sieve.word(item));
  one(filters.decision, (item) => sieve.decision(item) ?? 'open');
  one(filters.kind, (item) => items[item]!.kind);
  one(filters.model, (item) => sieve.columns[sieve.by[item]!]?.id);
  one(filters.score, (item) => scoreOf(sieve, item));
  const { label, error, mark } = filters;
  if (label?.length)
    tests.push((item) => journal.of(items[item]!.id).labels.some((one) => label.includes(one)));
  if (error?.length)
    tests.push((item) => errorsOf(items[item]!, sieve, item).some((code) => error.includes(code)));
  const marked = (name: Mark, item: number) =>
    name === 'listed'
      ? (listed?.has(items[item]!.sha256) ?? false)
      : has(name, items[item]!, sieve, item, journal);
  if (mark?.length) tests.push((item) => mark.some((name) => marked(name, item)));
  const text = filters.text?.trim().toLowerCase();
  if (text) tests.push((item) => textOf(items[item]!).includes(text));
  return tests;
}

/** Name of the score that decided an item's verdict. */
export function scoreOf(sieve: Sieve, item: number): string | undefined {
  const column = sieve.columns[sieve.by[item]!];
  return column?.rules[column.fired[item]!]?.score;
}

/** Codes of what went wrong with an item. */
export function errorsOf({ failed }: Item, sieve: Sieve, item: number): readonly string[] {
  const codes = sieve.columns.flatMap(({ scores }) => scores[item]?.code ?? []);
  return failed ? [failed.code, ...codes] : codes;
}

const textOf = ({ name = '', path = '', sha256 }: Item): string =>
  `${name}\n${path}\n${sha256}`.toLowerCase();

function has(
  mark: Exclude<Mark, 'listed'>,
  { id }: Item,
  sieve: Sieve,
  item: number,
  journal: Journal,
): boolean {
  switch (mark) {
    case 'differs':
      return differs(sieve.word(item), sieve.decision(item));
    case 'disagree':
      return disagrees(sieve, item);
    case 'noted':
      return journal.of(id).note !== undefined;
    case 'again':
      return journal.of(id).second !== undefined;
  }
}

/** Whether a person decided otherwise than the machine: where it says Clear or Block and they say the other, or more. */
export function differs(verdict: SieveWord, decision: Decision | undefined): boolean {
  if (decision === undefined || decision === 'skip') return false;
  if (verdict === 'clear') return decision !== 'clear';
  return verdict === 'block' && decision === 'clear';
}

export interface View {
  readonly filters: Filters;
  readonly order: Order;
}

/** A name in the address; a longer one is none of ours. */
const MAX_NAME = 200;
const MAX_NAMES = 50;

/** As the query of an address, without text and without what is as usual: `verdict=block&verdict=review&sort=uncertainty`. */
export function formatView({ filters, order }: View): string {
  const query = new URLSearchParams();
  const { text: _, ...rest } = filters;
  for (const [key, words] of Object.entries(rest) as [string, readonly string[] | undefined][])
    for (const word of words ?? []) query.append(key, word);
  if (order !== 'risk') query.set('sort', order);
  return query.toString();
}

/** From an address, which anybody may have written: what is not known is left out. */
export function parseView(query: string): View {
  const parameters = new URLSearchParams(query);
  const known = <T extends string>(key: string, all: readonly T[]) =>
    list(key, (word) => all.includes(word as T)) as Partial<Record<string, T[]>>;
  const names = (key: string) => list(key, (word) => word !== '' && word.length <= MAX_NAME);
  function list(key: string, takes: (word: string) => boolean): Record<string, string[]> {
    const words = [...new Set(parameters.getAll(key).filter(takes))].slice(0, MAX_NAMES);
    return words.length > 0 ? { [key]: words } : {};
  }
  return {
    filters: {
      ...known('verdict', VERDICTS),
      ...known('decision', DECISIONS),
      ...known('kind', KINDS),
      ...{ ...names('model'), ...names('score'), ...names('label'), ...names('error') },
      ...known('mark', MARKS),
    },
    order: ORDERS.find((order) => order === parameters.get('sort')) ?? 'risk',
  };
}
