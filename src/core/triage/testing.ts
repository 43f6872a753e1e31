/** Runs, items and scores for tests. Of pineapples. */
import type { Rule } from '../policy/types';
import { sha256 } from '../sha256';
import { beginning, nextRecords } from './chain';
import { evidenceOf } from './evidence';
import { Journal } from './journal';
import type { Act, DecisionRecord, Draft, Item, ItemKind, KeptScores, RunHeader, RunModel } from './types';

export const rule = (score: string, labels: readonly string[], review: number, block: number): Rule => ({
  ...{ score, labels, review, block },
});

export function testModel(id: string, task: ItemKind = 'image', labels = ['plain', 'pineapple']): RunModel {
  return {
    ...{ id, name: `Model ${id}`, task, labels, sha256: sha256(id), revision: '1' },
    ...{ precision: 'exact', backend: 'wasm', preprocessing: 'image-1' },
  };
}

export function testHeader(more: Partial<RunHeader> = {}): RunHeader {
  return {
    ...{ v: 1, id: '0123456789abcdef0123456789abcdef', name: 'Fruit', createdAt: '2026-11-01T10:00:00.000Z' },
    models: [testModel('m')],
    thresholds: { m: { rules: [rule('pineapple', ['pineapple'], 0.4, 0.7)] } },
    settings: { keepNames: true, labels: ['ripe'], secondPass: { percent: 10, seed: 1 } },
    ...more,
  };
}

export const testItem = (ordinal: number, more: Partial<Item> = {}): Item => ({
  ...{
    id: `i${ordinal + 1}`,
    ordinal,
    kind: 'image',
    sha256: sha256(`item ${ordinal}`),
    bytes: 1000 + ordinal,
  },
  name: `fruit-${ordinal}.png`,
  ...more,
});

export const testScores = (value: number, model = 'm', more: Partial<KeptScores> = {}): KeptScores => ({
  ...{ status: 'scored', model, probabilities: [1 - value, value] },
  coverage: { unit: 'whole', checked: 1, total: 1 },
  ...{ backend: 'wasm', precision: 'exact', milliseconds: 12 },
  ...more,
});

export const testFailure = (model = 'm'): KeptScores =>
  testScores(0, model, { status: 'error', probabilities: [], code: 'timeout', reason: 'Timed out.' });

/** What a journal asks to be written down, with the evidence of one answer. */
export function testDraft(header: RunHeader, item: Item, decision: Act, more: Partial<Draft> = {}): Draft {
  const evidence = evidenceOf(item, header.models, header.thresholds, [testScores(0.5)]);
  return { item: item.id, sha256: item.sha256, decision, rev: 0, ...evidence, ...more };
}

/** A chain of one decision after the other, with undo and redo where `acts` says so. */
export function testChain(header: RunHeader, items: readonly Item[], acts: readonly Act[]): DecisionRecord[] {
  const records: DecisionRecord[] = [];
  const journal = new Journal();
  let tail = beginning(header);
  acts.forEach((act, at) => {
    const turned = act === 'undo' ? journal.undoable() : act === 'redo' ? journal.redoable() : undefined;
    if (turned?.length === 0) return;
    const drafts = turned
      ? turned.map((record) => ({
          item: record.item,
          sha256: record.sha256,
          decision: act,
          rev: 0,
          of: record.seq,
        }))
      : [testDraft(header, items[at % items.length]!, act, extras(act))];
    for (const record of nextRecords(header.id, tail, drafts, { at: '2026-11-01T10:00:01.000Z', by: 'B' })) {
      journal.apply(record);
      records.push(record);
      tail = record;
    }
  });
  return records;
}

const extras = (act: Act): Partial<Draft> => ({
  ...(act === 'label' && { labels: ['ripe'] }),
  ...(act === 'note' && { note: 'sweet, "very" sweet' }),
  ...(act === 'skip' && { reason: '=too green' }),
});
