import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidError, UnsupportedError } from '../errors';
import { canonical } from './canonical';
import { nextRecords, recordHash } from './chain';
import { csvCell, csvLine } from './csv';
import { evidenceOf } from './evidence';
import { exportTable } from './export-table';
import { Journal } from './journal';
import { reportOf } from './report';
import { exportRun, RunFileCheck, type RunSummary } from './run-file';
import { Sieve } from './sieve';
import type { Snapshot } from './snapshot';
import {
  rule,
  testChain,
  testDraft,
  testFailure,
  testHeader,
  testItem,
  testModel,
  testScores,
} from './testing';
import type { Act, DecisionRecord, KeptScores, RunHeader } from './types';

/** RFC 4180, read back the plain way. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let [row, cell, quoted]: [string[], string, boolean] = [[], '', false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quoted && character === '"' && text[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (character === '"') quoted = !quoted;
    else if (!quoted && character === ',') {
      row.push(cell);
      cell = '';
    } else if (!quoted && character === '\r' && text[at + 1] === '\n') {
      rows.push([...row, cell]);
      [row, cell] = [[], ''];
      at += 1;
    } else cell += character;
  }
  return rows;
}

const acts = fc.array(
  fc.constantFrom<Act>('clear', 'block', 'escalate', 'skip', 'label', 'note', 'undo', 'redo'),
  { minLength: 3, maxLength: 20 },
);

function snapshotOf(all: readonly Act[], more: Partial<RunHeader> = {}, count = 6): Snapshot {
  const header = testHeader(more);
  const items = Array.from({ length: count }, (_, at) => testItem(at, at === 4 ? { path: 'a/=b' } : {}));
  const records = testChain(header, items, all);
  const journal = new Journal();
  for (const record of records) journal.apply(record);
  const scores = new Map<string, readonly KeptScores[]>(
    items.map(({ id }, at) => [id, [at === 5 ? testFailure() : testScores(at / 5)]]),
  );
  const { name, models, thresholds, settings } = header;
  return { header, now: { name, models, thresholds, settings }, items, scores, records, journal };
}

const text = (snapshot: Snapshot) => [...exportRun(snapshot)].join('');
function checked(file: string, hash?: ConstructorParameters<typeof RunFileCheck>[0]): RunSummary {
  const check = new RunFileCheck(hash);
  for (const line of file.split('\n').slice(0, -1)) check.next(line);
  return check.end();
}

/** Two models, and of each item as many answers as are given, all of them clear unless said otherwise. */
function partly(answers: readonly (readonly (number | undefined)[])[], failed?: number): Snapshot {
  const pineapple = { rules: [rule('pineapple', ['pineapple'], 0.4, 0.7)] };
  const models = [testModel('a'), testModel('b')];
  const header = testHeader({ models, thresholds: { a: pineapple, b: pineapple } });
  const items = answers.map((_, at) =>
    testItem(at, at === failed ? { failed: { code: 'empty-file', reason: 'Empty.' } } : {}),
  );
  const scores = new Map(
    items.map(({ id }, at): [string, KeptScores[]] => [
      id,
      answers[at]!.flatMap((value, model) =>
        value === undefined ? [] : [testScores(value, model === 0 ? 'a' : 'b')],
      ),
    ]),
  );
  const { name, thresholds, settings } = header;
  return {
    ...{ header, now: { name, models, thresholds, settings }, items, scores },
    ...{ records: [], journal: new Journal() },
  };
}

it('are the same whichever model answered first', () => {
  const snapshot = partly([[0.1, 0.9], [0.5, 0.2], [0.3]]);
  const turned = {
    ...snapshot,
    scores: new Map([...snapshot.scores].map(([id, answers]) => [id, answers.toReversed()])),
  };
  const all = (of: Snapshot) => [
    text(of),
    ...(['csv', 'jsonl'] as const).map((kind) => [...exportTable(of, kind)].join('')),
  ];
  expect(all(turned)).toEqual(all(snapshot));
  const evidence = ({ items, scores, now }: Snapshot) =>
    items.map((item) => evidenceOf(item, now.models, now.thresholds, scores.get(item.id)!));
  expect(evidence(turned)).toEqual(evidence(snapshot));
});

describe('an item that not every model has answered', () => {
  const answers = [[0.1], [undefined, 0.1], [0.1, 0.1], [0.5], [0.9], [], []] as const;
  const snapshot = partly(answers, 6);

  it('is exported as the sieve shows it, and never as clear', () => {
    const { models, thresholds } = snapshot.now;
    const sieve = new Sieve(models, thresholds);
    for (const item of snapshot.items) {
      sieve.add(item.kind, item.failed !== undefined);
      for (const scores of snapshot.scores.get(item.id)!) sieve.put(item.ordinal, scores);
    }
    const shown = snapshot.items.map(({ ordinal }) => sieve.word(ordinal));
    expect(shown).toEqual(['waiting', 'waiting', 'clear', 'review', 'block', 'waiting', 'needs-review']);
    const [headings, ...rows] = parseCsv([...exportTable(snapshot, 'csv')].join(''));
    const at = headings!.indexOf('verdict');
    expect(rows.map((row) => row[at])).toEqual(shown);
    const lines = [...exportTable(snapshot, 'jsonl')].join('').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).verdict.verdict)).toEqual(shown);
  });

  it('has no verdict in the record of a decision', () => {
    const { models, thresholds } = snapshot.now;
    const verdicts = snapshot.items.map(
      (item) => evidenceOf(item, models, thresholds, snapshot.scores.get(item.id)!).verdict?.verdict,
    );
    expect(verdicts).toEqual([
      undefined,
      undefined,
      ...['clear', 'review', 'block'],
      undefined,
      'needs-review',
    ]);
  });
});

describe('CSV', () => {
  it('A12: any text comes back as it was, with an apostrophe before what would be a formula', () => {
    const nasty = fc.oneof(
      fc.string(),
      fc
        .tuple(fc.constantFrom('=', '+', '-', '@', '\t', '\r', ' =', '＝', '\n@'), fc.string())
        .map(([a, b]) => a + b),
      fc.constantFrom('a,b', 'a"b', 'a\r\nb', "'", '', '""'),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(nasty, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 }),
        (rows) => {
          const back = parseCsv(rows.map(csvLine).join(''));
          expect(back.length).toBe(rows.length);
          rows.forEach((row, at) => {
            row.forEach((cell, column) => {
              const found = back[at]![column]!;
              expect(found === cell || found === `'${cell}`).toBe(true);
              expect(/^\s*[=+\-@\t\r]/.test(found)).toBe(false);
            });
          });
        },
      ),
    );
  });

  it('A12: our own numbers stay numbers, and what could be a formula is quoted', () => {
    expect([csvCell(-1.5), csvCell(0.25), csvCell('-1'), csvCell(undefined)]).toEqual([
      '-1.5',
      '0.25',
      `"'-1"`,
      '',
    ]);
    expect(csvCell('=cmd|"/c calc"!A1')).toBe(`"'=cmd|""/c calc""!A1"`);
  });
});

describe('tables', () => {
  it('have a row per item, with the decision, the scores and what gave them', () => {
    const snapshot = snapshotOf(['clear', 'block', 'escalate', 'skip', 'note', 'label']);
    const rows = parseCsv([...exportTable(snapshot, 'csv')].join(''));
    const row = (at: number) =>
      Object.fromEntries(rows[0]!.map((heading, column) => [heading, rows[at]![column]]));
    expect(rows).toHaveLength(7);
    expect(row(1)).toMatchObject({
      ...{
        item: 'i1',
        name: 'fruit-0.png',
        sha256: snapshot.items[0]!.sha256,
        verdict: 'clear',
        decision: 'clear',
      },
      ...{ verdict_value: '0', by: 'B', scores: 'm/plain=1; m/pineapple=0', record: '1' },
      record_sha256: snapshot.records[0]!.hash,
      thresholds: 'm/pineapple review>=0.4 block>=0.7',
    });
    expect(row(4)).toMatchObject({ decision: 'skip', reason: "'=too green", hard: 'skipped' });
    expect(row(5)).toMatchObject({ path: 'a/=b', note: 'sweet, "very" sweet', decision: '' });
    expect(row(6)).toMatchObject({ verdict: 'needs-review', error: 'timeout', labels: 'ripe' });
    expect(row(1).models).toContain('exact wasm image-1');
  });

  it('as JSON lines hold the record of the decision, whose hash is right', () => {
    const snapshot = snapshotOf(['clear', 'block']);
    const lines = [...exportTable(snapshot, 'jsonl')]
      .join('')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(6);
    expect(recordHash(lines[1].decision)).toBe(snapshot.records[1]!.hash);
    expect(lines[5]).toMatchObject({
      verdict: { verdict: 'needs-review' },
      models: [{ scores: { code: 'timeout' } }],
    });
  });

  it('hard cases are those that were skipped, or that somebody or something disagrees on', () => {
    const snapshot = snapshotOf(['block', 'clear', 'clear', 'skip', 'clear']);
    const rows = parseCsv([...exportTable(snapshot, 'hard-csv')].join(''));
    const hard = rows[0]!.indexOf('hard');
    expect(rows.slice(1).map((row) => `${row[0]} ${row[hard]}`)).toEqual([
      'i1 differs',
      'i4 skipped',
      'i5 differs',
    ]);
  });
});

describe('C03 concerns in exports', () => {
  const canary = 'canary';
  const snapshot = snapshotOf(['clear', 'concern'], {}, 2);
  const marked: Snapshot = {
    ...snapshot,
    items: snapshot.items.map((item) => ({
      ...item,
      name: `${canary}.png`,
      path: `${canary}/x`,
      phash: '00ff00ff00ff00ff',
    })),
  };

  it('C03: carry hash, time, label, model and decision, and nothing else', () => {
    const rows = parseCsv([...exportTable(marked, 'csv')].join(''));
    const row = Object.entries(
      Object.fromEntries(rows[0]!.map((heading, column) => [heading, rows[2]![column]])),
    );
    expect(
      row
        .filter(([, cell]) => cell !== '')
        .map(([heading]) => heading)
        .sort(),
    ).toEqual(['decided_at', 'decision', 'item', 'kind', 'models', 'record', 'record_sha256', 'sha256']);
    const lines = [...exportTable(marked, 'jsonl')].join('').trimEnd().split('\n');
    expect(lines[1]).not.toMatch(/canary|phash|probabilities|00ff/);
    const file = text(marked)
      .split('\n')
      .filter((line) => line.includes('"i2"'));
    expect(file.join()).not.toMatch(/canary|00ff/);
    const mine = file.map((line) => JSON.parse(line)).filter(({ kind }) => kind !== 'record');
    expect(mine.map((line) => [line.kind, Object.keys(line.item).sort()])).toEqual([
      ['item', ['bytes', 'id', 'kind', 'ordinal', 'sha256']],
    ]);
    expect(text(marked)).toContain(canary);
  });

  it('C05: names leave only where the run keeps them', () => {
    const { settings } = marked.now;
    const quiet = { ...marked, now: { ...marked.now, settings: { ...settings, keepNames: false } } };
    for (const out of [
      text(quiet),
      ...(['csv', 'jsonl', 'hard-csv', 'hard-jsonl'] as const).map((kind) =>
        [...exportTable(quiet, kind)].join(''),
      ),
    ])
      expect(out).not.toContain(canary);
  });
});

describe('the run file', () => {
  const nodes = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');

  it('checks, comes back the same, and is written the same again', () => {
    fc.assert(
      fc.property(acts, (all) => {
        const snapshot = snapshotOf(all);
        const file = text(snapshot);
        const summary = checked(file, nodes);
        expect(summary).toMatchObject({
          items: 6,
          scores: 6,
          records: snapshot.records.length,
          header: snapshot.header,
        });
        expect(text(restored(file))).toBe(file);
      }),
      { numRuns: 40 },
    );
  });

  function restored(file: string): Snapshot {
    const check = new RunFileCheck();
    const [items, records]: [Snapshot['items'][number][], DecisionRecord[]] = [[], []];
    const scores = new Map<string, KeptScores[]>();
    for (const line of file
      .split('\n')
      .slice(0, -1)
      .map((one) => check.next(one))) {
      if (line.kind === 'item') items.push(line.item);
      if (line.kind === 'scores') scores.set(line.scores.item, [line.scores.scores]);
      if (line.kind === 'record') records.push(line.record);
    }
    const { header, now } = check.end();
    const journal = new Journal();
    for (const record of records) journal.apply(record);
    return { header, now, items, scores, records, journal };
  }

  it('any change of any character is found, of a record with its number', () => {
    const file = text(snapshotOf(['clear', 'block', 'skip', 'undo', 'escalate']));
    const lines = file.split('\n');
    fc.assert(
      fc.property(fc.nat(file.length - 2), fc.constantFrom('0', 'a', ' ', '"', '', '7'), (at, put) => {
        const changed = file.slice(0, at) + put + file.slice(at + 1);
        if (changed === file) return;
        try {
          checked(changed);
          expect.unreachable(`a change at ${at} was not found`);
        } catch (error) {
          expect(error).toSatisfy((one) => one instanceof InvalidError || one instanceof UnsupportedError);
          const line = lines[file.slice(0, at).split('\n').length - 1]!;
          const seq = /"seq":(\d+)/.exec(line)?.[1];
          const data = (error as InvalidError).data;
          // What is no JSON any more, or of no known form, is named by its line.
          if (seq && data.seq !== undefined) expect(data.seq).toBe(Number(seq));
          else expect(data.line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('a dropped, doubled, moved or missing last line is found', () => {
    const file = text(snapshotOf(['clear', 'block', 'skip', 'escalate']));
    const lines = file.split('\n').slice(0, -1);
    const forge = (all: readonly string[]) => () => checked(`${all.join('\n')}\n`);
    lines.forEach((_, at) => {
      expect(forge(lines.toSpliced(at, 1)), `without line ${at + 1}`).toThrow();
      expect(forge(lines.toSpliced(at, 0, lines[at]!)), `line ${at + 1} twice`).toThrow();
      if (at > 0)
        expect(
          forge(lines.with(at, lines[at - 1]!).with(at - 1, lines[at]!)),
          `line ${at + 1} moved`,
        ).toThrow();
    });
    // Cut off with an end that fits what is left: the file's own hash is what remains, and a note of the last hash.
    expect(forge(lines.toSpliced(-2, 1))).toThrow(/cut off or added/);
    expect(forge([])).toThrow();
  });

  it('A08, A09: prototypes, depth, size, huge numbers and fields that come twice are refused', () => {
    const good = text(snapshotOf(['clear'])).split('\n');
    const forged = (line: string, at = 2) => checked(`${good.with(at, line).join('\n')}\n`);
    const bad = [
      '{"__proto__":{"x":1},"kind":"item"}',
      '{"kind":"item","item":{"id":"i1","constructor":{"prototype":{"x":1}}}}',
      `{"kind":"item","item":${'['.repeat(100_000)}`,
      '{"kind":"item","kind":"item"}',
      '{"kind":"item","item":{"id":"i1","ordinal":99999999999999999999}}',
      '{"kind":"constructor"}',
      `{"kind":"item","item":"${'x'.repeat(2 ** 20)}"}`,
      ...['', 'null', '[]', '{}'],
    ];
    for (const line of bad) expect(() => forged(line)).toThrow(InvalidError);
    for (const line of bad) expect(() => forged(line, 0)).toThrow(/not a run that Winnow exported/);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('A10: newer and unknown versions are refused in words', () => {
    const [first = '', ...rest] = text(snapshotOf(['clear'])).split('\n');
    const of = (v: unknown) => () => checked([first.replace('"v":1', `"v":${v}`), ...rest].join('\n'));
    expect(of(2)).toThrow(/newer version/);
    for (const v of [0, '"1"', 'null']) expect(of(v)).toThrow(UnsupportedError);
  });

  it('A11: fields of items that are not known are dropped, of records refused; markup stays text', () => {
    const snapshot = snapshotOf(['clear']);
    const [, , item = ''] = text(snapshot).split('\n');
    const check = new RunFileCheck();
    for (const line of text(snapshot).split('\n').slice(0, 2)) check.next(line);
    const line = check.next(item.replace('"bytes"', '"extra":"<b>","bytes"').replace('fruit-0', '<i>'));
    expect(line).toMatchObject({ kind: 'item', item: { name: '<i>.png' } });
    expect(JSON.stringify(line)).not.toContain('extra');
    const extra = nextRecords(
      snapshot.header.id,
      { seq: 0, hash: '0'.repeat(64) },
      [testDraft(snapshot.header, snapshot.items[0]!, 'clear')],
      { at: 'T' },
    )[0]!;
    expect(() => check.next(canonical({ kind: 'record', record: { ...extra, extra: 1 } }))).toThrow(
      /does not know/,
    );
  });

  it('any text ends in a typed error', () => {
    const line = fc.oneof(fc.string(), fc.json(), fc.constantFrom('{"kind":"run"}', '{"kind":"end"}'));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
        expect(() => checked(lines.join('\n'))).toThrow();
        try {
          checked(`${lines.join('\n')}\n`);
        } catch (error) {
          expect(error).toSatisfy((one) => one instanceof InvalidError || one instanceof UnsupportedError);
        }
      }),
    );
  });
});

describe('the report', () => {
  it('counts what happened', () => {
    const snapshot = snapshotOf(['block', 'clear', 'label', 'skip', 'undo', 'skip']);
    const sieve = new Sieve(snapshot.header.models, snapshot.now.thresholds);
    snapshot.items.forEach((item, at) => {
      sieve.add(item.kind);
      for (const scores of snapshot.scores.get(item.id)!) sieve.put(at, scores);
      sieve.decide(at, snapshot.journal.of(item.id).decision);
    });
    const report = reportOf(snapshot, sieve, snapshot.records.at(-1)!);
    expect(report).toMatchObject({
      ...{ items: 6, kinds: { image: 6, text: 0 }, undone: 1, moved: false, disagree: 0, partly: 0 },
      decisions: { block: 1, clear: 1, skip: 1, open: 4 },
      differs: { clear: 1 },
      errors: [{ code: 'timeout', items: 1 }],
      labels: [{ label: 'ripe', items: 1 }],
      tail: { seq: 6 },
    });
    expect(report.verdicts.block.all).toBe(1);
  });
});
