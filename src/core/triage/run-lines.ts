/** Lines of a run file as they come from strangers: read strictly, checked field by field, built anew. */
import { InvalidError, UnsupportedError } from '../errors';
import { bool, choice, fields, list, names, num, optional, record as table, text, whole } from './fields';
import { parseStrictJson } from './strict-json';
import {
  type Act,
  type DecisionRecord,
  type Item,
  type ItemScores,
  type RunHeader,
  type RunModel,
  type RunNow,
  type RunSettings,
  type Thresholds,
  TRIAGE_VERSION,
} from './types';

export type Line =
  | { readonly kind: 'run'; readonly run: RunHeader }
  | { readonly kind: 'now'; readonly now: RunNow }
  | { readonly kind: 'item'; readonly item: Item }
  | { readonly kind: 'scores'; readonly scores: ItemScores }
  | { readonly kind: 'record'; readonly record: DecisionRecord }
  | ({ readonly kind: 'end'; readonly tail: string; readonly sha256: string } & Readonly<
      Record<'items' | 'scores' | 'records', number>
    >);

/** Characters of a line. A record with the evidence of ten models has a few thousand. */
export const MAX_LINE = 2 ** 20;

const ACTS: readonly Act[] = [
  'clear',
  'block',
  'escalate',
  'skip',
  'concern',
  'undo',
  'redo',
  'label',
  'note',
];
const HASH = /^[0-9a-f]{64}$/;

/** Throws InvalidError('damaged-file') or UnsupportedError('unsupported-format'), with `data.line`. */
export function parseLine(written: string, number: number): Line {
  try {
    if (written.length > MAX_LINE)
      throw new InvalidError('damaged-file', `It has more than ${MAX_LINE} characters.`);
    const all = table(parseStrictJson(written), 'The line');
    const kind = all.kind;
    // What was begun in another version is of another shape in all that follows.
    if (kind === 'run') version(table(all.run, 'run').v);
    return LINES[choice(Object.keys(LINES) as Line['kind'][])(kind, 'kind')](all);
  } catch (thrown) {
    const { message } = thrown as Error;
    if (thrown instanceof UnsupportedError)
      throw new UnsupportedError(thrown.code, message, { line: number });
    if (number === 1)
      throw new InvalidError('invalid-input', `This is not a run that Winnow exported. ${message}`, {
        line: 1,
      });
    throw new InvalidError('damaged-file', `Line ${number} of the file cannot be read. ${message}`, {
      line: number,
    });
  }
}

/** A10. A version before this one has never been published; its migration would stand here, on the way in. */
function version(value: unknown): void {
  if (value === TRIAGE_VERSION) return;
  const newer = typeof value === 'number' && value > TRIAGE_VERSION;
  throw new UnsupportedError(
    'unsupported-format',
    newer
      ? 'This run was exported by a newer version of Winnow. Reload the page to get it, then import again.'
      : 'This run was exported by a version of Winnow that this one does not know.',
  );
}

type Fields = Readonly<Record<string, unknown>>;
const LINES: { readonly [K in Line['kind']]: (all: Fields) => Extract<Line, { kind: K }> } = {
  run: ({ run }) => ({ kind: 'run', run: header(run) }),
  now: (all) => ({ kind: 'now', now: parseNow(all.now) }),
  item: (all) => ({ kind: 'item', item: item(all.item) }),
  scores: (all) => ({ kind: 'scores', scores: scores(all.scores) }),
  record: (all) => ({ kind: 'record', record: parseRecord(all.record) }),
  end: (all) => ({
    kind: 'end',
    ...fields(
      all,
      { items: whole, scores: whole, records: whole, tail: text(64, HASH), sha256: text(64, HASH) },
      'end',
    ),
  }),
};

const id = text(64, /^[0-9A-Za-z._-]+$/);
const name = text(512);
const hash = text(64, /^(?:[0-9a-f]{64})?$/);
const kind = choice(['image', 'text'] as const);
const precision = choice(['exact', 'int8', 'int8-blocks', 'half'] as const);
const backend = choice(['wasm', 'webgpu'] as const);
const probabilities = list(num, 10_000);

const rule = (value: unknown, what: string) =>
  fields(value, { score: name, labels: list(name, 1_000), review: num, block: num }, what, 'exact');
const part = (value: unknown, what: string) => fields(value, { name, probabilities }, what, 'exact');
const coverage = (value: unknown, what: string) =>
  fields(
    value,
    {
      ...{
        unit: choice(['whole', 'frames', 'windows', 'readings', 'views'] as const),
        checked: whole,
        total: whole,
      },
      parts: optional(list(part, 10_000)),
    },
    what,
  );
const answer = {
  ...{
    status: choice(['scored', 'error', 'unsupported'] as const),
    probabilities,
    coverage,
    milliseconds: num,
  },
  ...{ code: optional(text(64) as never), reason: optional(text(2_000)) },
};

const model = (value: unknown, what: string): RunModel =>
  fields(
    value,
    {
      ...{
        id: name,
        name,
        task: kind,
        labels: list(name, 10_000),
        sha256: hash,
        revision: text(512, undefined, 0),
      },
      ...{ precision, backend, preprocessing: name },
    },
    what,
    'exact',
  );

const thresholds = (value: unknown, what: string): Thresholds =>
  names((one, path) => fields(one, { rules: list(rule, 200) }, path, 'exact'), 100)(value, what);

const settings = (value: unknown, what: string): RunSettings =>
  fields(
    value,
    {
      ...{ keepNames: bool, labels: list(name, 100), by: optional(name) },
      secondPass: (one, path) => fields(one, { percent: num, seed: num }, path, 'exact'),
    },
    what,
    'exact',
  );

/** Hashed as a whole, so a field that this version does not know cannot be dropped. */
function header(value: unknown): RunHeader {
  return fields(
    value,
    {
      ...{ v: choice([1 as const]), id: text(32, /^[0-9a-f]{32}$/), name, createdAt: name },
      ...{ models: list(model, 100), thresholds, settings },
    },
    'The head',
    'exact',
  );
}

export function parseNow(value: unknown): RunNow {
  const place = names((one, what) => {
    if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean')
      throw new InvalidError('damaged-file', `${what} is not a word, number or yes or no.`);
    return one;
  }, 100);
  return fields(
    value,
    { name, models: list(model, 100), thresholds, settings, place: optional(place) },
    'now',
  );
}

function item(value: unknown): Item {
  const failed = (one: unknown, what: string) =>
    fields(one, { code: text(64) as never, reason: text(2_000) }, what) as NonNullable<Item['failed']>;
  return fields(
    value,
    {
      ...{ id, ordinal: whole, kind, sha256: hash, bytes: whole, row: optional(whole) },
      ...{
        name: optional(text(4_096)),
        path: optional(text(16_384)),
        link: optional(text(64, HASH)),
        was: optional(id),
      },
      ...{ phash: optional(text(16, /^[0-9a-f]{16}$/)), failed: optional(failed) },
    },
    'An item',
  );
}

function scores(value: unknown): ItemScores {
  const kept = (one: unknown, what: string) =>
    fields(one, { ...answer, model: name, backend, precision }, what);
  return fields(value, { item: id, scores: kept }, 'Scores') as ItemScores;
}

/** As the header: hashed as a whole. */
export function parseRecord(value: unknown): DecisionRecord {
  const shown = (one: unknown, what: string) =>
    fields(
      one,
      {
        verdict: choice(['clear', 'review', 'block', 'needs-review'] as const),
        ...{ model: optional(name), score: optional(name), value: optional(num) },
      },
      what,
      'exact',
    );
  const evidence = (one: unknown, what: string) =>
    fields(
      one,
      {
        ...{
          id: name,
          sha256: hash,
          revision: optional(text(512, undefined, 0)),
          precision: optional(precision),
        },
        ...{
          backend: optional(backend),
          preprocessing: optional(name),
          labels: optional(list(name, 10_000)),
        },
        scores: optional((of: unknown, path: string) => fields(of, answer, path, 'exact')),
        thresholds: optional(list(rule, 200)),
      },
      what,
      'exact',
    );
  const once = optional(choice([true as const]));
  return fields(
    value,
    {
      ...{ v: choice([1 as const]), run: text(32), seq: whole, prev: text(64, HASH), hash: text(64, HASH) },
      ...{ at: name, by: optional(name), group: optional(whole), item: id, sha256: hash },
      ...{ decision: choice(ACTS), of: optional(whole), reason: optional(text(10_000, undefined, 0)) },
      ...{ labels: optional(list(name, 1_000)), note: optional(text(100_000, undefined, 0)) },
      ...{ second: once, unseen: once, verdict: optional(shown), models: optional(list(evidence, 100)) },
    },
    'The record',
    'exact',
  ) as DecisionRecord;
}
