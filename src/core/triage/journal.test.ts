import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidError } from '../errors';
import { beginning, nextRecords } from './chain';
import { Journal } from './journal';
import { testChain, testDraft, testHeader, testItem } from './testing';
import type { Act, Decision, DecisionRecord, Draft } from './types';

const header = testHeader();
const items = [0, 1, 2].map((ordinal) => testItem(ordinal));
const folded = (records: readonly DecisionRecord[]) => {
  const journal = new Journal();
  for (const record of records) journal.apply(record);
  return journal;
};
const together = (drafts: readonly Draft[], before: readonly DecisionRecord[] = []) =>
  nextRecords(header.id, before.at(-1) ?? beginning(header), drafts, { at: 'T' });
const turn = (records: readonly DecisionRecord[], decision: 'undo' | 'redo'): Draft[] =>
  records.map(({ item, sha256, seq }) => ({ item, sha256, decision, rev: 0, of: seq }));

describe('the fold of a journal', () => {
  it('is what a list of states kept beside it says, whatever was undone and redone', () => {
    const act = fc.tuple(
      fc.constantFrom<Act>('clear', 'block', 'skip', 'undo', 'undo', 'redo'),
      fc.nat(items.length - 1),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        // The plain way: a stack of states of all items, and a pointer into it.
        let states: Record<string, Decision | undefined>[] = [{}];
        let at = 0;
        const journal = new Journal();
        let records: readonly DecisionRecord[] = [];
        for (const [decision, which] of acts) {
          const item = items[which]!;
          let drafts: Draft[];
          if (decision === 'undo' || decision === 'redo') {
            drafts = turn(decision === 'undo' ? journal.undoable() : journal.redoable(), decision);
            const possible = decision === 'undo' ? at > 0 : at < states.length - 1;
            expect(drafts.length > 0).toBe(possible);
            if (possible) at += decision === 'undo' ? -1 : 1;
          } else {
            drafts = [testDraft(header, item, decision)];
            states = [...states.slice(0, at + 1), { ...states[at], [item.id]: decision as Decision }];
            at += 1;
          }
          const added = together(drafts, records);
          for (const record of added) journal.apply(record);
          records = [...records, ...added];
          for (const { id } of items) expect(journal.of(id).decision).toBe(states[at]![id]);
        }
        // Reading it back gives the same.
        const again = folded(records);
        for (const { id } of items) expect(again.of(id)).toEqual(journal.of(id));
        expect(again.undoable()).toEqual(journal.undoable());
        expect(again.redoable()).toEqual(journal.redoable());
      }),
    );
  });

  it('undoes and redoes a group together', () => {
    const group = together(items.map((item) => testDraft(header, item, 'block')));
    const undone = [...group, ...together(turn(group, 'undo'), group)];
    const journal = folded(undone);
    expect(items.map(({ id }) => journal.of(id).decision)).toEqual([undefined, undefined, undefined]);
    expect(journal.undoable()).toEqual([]);
    expect(journal.redoable().map(({ seq }) => seq)).toEqual([1, 2, 3]);
    const redone = folded([...undone, ...together(turn(journal.redoable(), 'redo'), undone)]);
    expect(redone.undoable()).toHaveLength(3);
    expect(redone.of('i2')).toMatchObject({ decision: 'block', rev: 8, seq: 2 });
  });

  it('of a group that was turned in part by another tab, undoes the rest', () => {
    const group = together(items.map((item) => testDraft(header, item, 'block')));
    const part = [...group, ...together(turn(group.slice(1, 2), 'undo'), group)];
    const journal = folded(part);
    expect([...journal.undoable(), ...journal.redoable()].map(({ seq }) => seq)).toEqual([2]);
  });

  it('keeps labels, notes and a second pass apart from the decision', () => {
    const records = testChain(header, [items[0]!], ['clear', 'label', 'note']);
    const second = together([testDraft(header, items[0]!, 'block', { second: true })], records);
    const journal = folded([...records, ...second]);
    expect(journal.of('i1')).toEqual({
      ...{ rev: 4, decision: 'clear', seq: 1, labels: ['ripe'], note: 'sweet, "very" sweet' },
      ...{ second: 'block', secondSeq: 4 },
    });
  });

  it('refuses what cannot have happened', () => {
    const clear = together([testDraft(header, items[0]!, 'clear')]);
    const bad: Draft[][] = [
      [{ ...turn(clear, 'undo')[0]!, of: 7 }],
      turn(clear, 'redo'),
      [...turn(clear, 'undo'), ...turn(clear, 'undo')],
      [{ ...turn(clear, 'undo')[0]!, item: 'i2' }],
    ];
    for (const drafts of bad)
      expect(() => folded([...clear, ...together(drafts, clear)])).toThrow(InvalidError);
    expect(() => folded([{ ...clear[0]!, seq: 2 }])).toThrow(InvalidError);
    const strict = new Journal(2);
    const many = together([1, 2, 3].map(() => testDraft(header, items[0]!, 'clear')));
    expect(() => {
      for (const record of many) strict.apply(record);
    }).toThrow(/more than 2/);
  });

  it('S17: folds 50,000 records quickly', () => {
    const drafts = Array.from({ length: 50_000 }, (_, at) => ({
      ...{ item: `i${at % 20_000}`, sha256: '', decision: 'clear' as const, rev: 0 },
    }));
    const records = drafts.map((draft, at) => ({
      ...{ ...draft, v: 1 as const, run: header.id, seq: at + 1, prev: '', hash: '', at: 'T' },
    }));
    const begin = performance.now();
    const journal = folded(records);
    const took = performance.now() - begin;
    process.stdout.write(`fold of 50,000 records: ${took.toFixed(0)} ms\n`);
    expect(journal.of('i9999')).toMatchObject({
      decision: 'clear',
      rev: 50_000,
    });
  });

  it('C01: remembers a concern that was taken back, of its item alone', () => {
    const first = together([testDraft(header, items[0]!, 'concern')]);
    const journal = folded([...first, ...together(turn(first, 'undo'), first)]);
    expect(journal.of(items[0]!.id).decision).toBeUndefined();
    expect(items.map(({ id }) => journal.concerned(id))).toEqual([true, false, false]);
  });
});
