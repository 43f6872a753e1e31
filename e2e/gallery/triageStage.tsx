/** The Triage screen with a run in which every state of an item stands: shown on a fake SDK. */
import { useEffect, useRef, useState } from 'react';
import type { Scores } from '../../src/core/policy';
import { testHeader, testModel } from '../../src/core/triage/testing';
import type { Batch, BatchOptions } from '../../src/sdk/batch/types';
import type { GatheredItem } from '../../src/sdk/input-types';
import { OpenRun } from '../../src/sdk/triage/run';
import { Bench } from '../../src/state/bench';
import { FakeWinnow } from '../../src/state/testing';
import { Screening } from '../../src/state/triage/screening';
import { BenchContext } from '../../src/state/use';
import { applyVeilLook, Shell, type VeilHandle } from '../../src/ui';
import { useKeys } from '../../src/views/frame/keys';
import { Settings } from '../../src/views/frame/Settings';
import { TriageView } from '../../src/views/triage/TriageView';
import { triageKeys } from '../../src/views/triage/triageKeys';
import { longName } from './longWords';
import { drawPicture } from './pictures';

const nothing = () => undefined;
const memory = { getItem: () => null, setItem: nothing, removeItem: nothing };
const fails = Object.assign(new Error('The disk is full.'), { code: 'storage-full' });

/** Name, kind, and P(pineapple) of each item; `undefined`: not judged. */
const ITEMS: readonly (readonly [string, 'image' | 'text', number | 'failed' | undefined])[] = [
  ['blocked.png', 'image', 0.91],
  ['cleared-against.png', 'image', 0.88],
  ['concern.png', 'image', 0.86],
  ['not-saved.png', 'image', 0.82],
  ['conflict.png', 'image', 0.8],
  ['alike-1.png', 'image', 0.78],
  ['alike-2.png', 'image', 0.77],
  [`${longName}.png`, 'image', 0.6],
  ['skipped.png', 'image', 0.55],
  ['prompts.csv', 'text', 0.5],
  ['escalated.png', 'image', 0.45],
  ['cleared.png', 'image', 0.1],
  ['unreadable.png', 'image', 'failed'],
  ['waiting.png', 'image', undefined],
];

function found(): GatheredItem[] {
  return ITEMS.map(([name, kind], ordinal) => ({
    ...{ ordinal, kind, name, path: `harbour/${name}`, bytes: 40_000 + ordinal, modified: 1 },
    from: { kind: 'file' as const },
    open: async () =>
      kind === 'text'
        ? `A text about a quay and a pineapple. ${'Word by word. '.repeat(90)}`
        : new Blob([name]),
  }));
}

const scores = (model: string, value: number | 'failed'): Scores => ({
  ...{ status: value === 'failed' ? 'error' : 'scored', model, labels: ['plain', 'pineapple'] },
  probabilities: value === 'failed' ? [] : [1 - value, value],
  coverage: { unit: 'whole', checked: 1, total: 1 },
  ...{ backend: 'wasm', precision: 'exact', milliseconds: 3 },
  ...(value === 'failed' && {
    code: 'timeout',
    reason: 'The decoder stopped after 10 s. Look at it yourself.',
  }),
});

function fakeBatch(keep: (options: BatchOptions) => void) {
  return (options: BatchOptions): Batch => {
    keep(options);
    const calls = {
      add: nothing,
      end: nothing,
      next: nothing,
      pause: nothing,
      resume: nothing,
      cancel: nothing,
    };
    return { ...calls, done: new Promise(nothing) } as Batch;
  };
}

async function filled(bench: Bench): Promise<Screening> {
  const models = [testModel('m'), testModel('t', 'text')];
  const { rules } = testHeader().thresholds.m!;
  const header = testHeader({ name: 'harbour', models, thresholds: { m: { rules }, t: { rules } } });
  const keeping = { run: () => Promise.reject(fails), news: nothing, onChange: () => nothing };
  let batch: BatchOptions | undefined;
  const screening = new Screening(OpenRun.fresh(keeping as never, header, false), {
    winnow: {
      batch: fakeBatch((options) => (batch = options)),
      preview: async (_, { longestSide }) => ({
        bitmap: drawPicture(1, longestSide, Math.round(longestSide * 0.75)),
        ...{ width: 4, height: 3, format: 'PNG', animated: false, notes: [] },
      }),
    },
    ...{ announcer: bench.announcer, listed: bench.triage.listed },
  });
  await screening.begin(
    (async function* () {
      yield found();
    })(),
    new AbortController(),
  );
  ITEMS.forEach(([, kind, value], at) => {
    if (value === undefined) return;
    const model = kind === 'text' ? 't' : 'm';
    // The two that are alike have the same bytes.
    const bytes = at === 6 ? 5 : at;
    const sha256 = `${bytes < 10 ? `0${bytes}` : bytes}`.repeat(32);
    const again = at === 6 ? { again: 'i6' } : {};
    batch!.onResult({
      id: `i${at + 1}`,
      model,
      sha256,
      bytes: 40_000,
      scores: scores(model, value),
      ...again,
    });
  });
  screening.sortAgain();
  await decide(screening);
  return screening;
}

async function decide(screening: Screening): Promise<void> {
  screening.acts.setAdvances(false);
  for (const [ordinal, decision] of [
    ...[[0, 'block'] as const, [1, 'clear'] as const, [2, 'concern'] as const, [8, 'skip'] as const],
    ...[[10, 'escalate'] as const, [11, 'clear'] as const],
  ]) {
    screening.acts.select(ordinal);
    screening.acts.decide(decision);
    await screening.run.flush();
  }
  const { unsaved } = screening.decisions;
  const error = { kind: 'failed', code: 'storage-full', message: 'The disk is full.', data: {} } as const;
  const block = { item: 'i4', decision: 'block' } as const;
  unsaved.set('i4', { deciding: block, group: { all: [block], what: 'not-saved.png' }, error });
  const current = screening.run.record(1)!;
  const clear = { item: 'i5', decision: 'clear' } as const;
  const conflict = { item: 'i5', rev: 1, current };
  unsaved.set('i5', { deciding: clear, group: { all: [clear], what: 'conflict.png' }, conflict });
  screening.acts.select(undefined);
  screening.decisions.hush();
}

declare global {
  /** What the tests do that no button does: looks that are long over, a list of hashes, and *Blur all*. */
  var hooks: { looks(): void; list(): void; cover(): void };
}

function hook(bench: Bench): void {
  globalThis.hooks = {
    looks: () => void Array.from({ length: 40 }, () => bench.exposure.add(2_000)),
    list: () => void bench.triage.listed.load(new Blob(['07'.repeat(32)])),
    cover: () => bench.settings.cover(),
  };
}

export function TriageStage({ settings = false }: { settings?: boolean }) {
  const [bench] = useState(() => new Bench({ winnow: new FakeWinnow([]), storage: () => memory }));
  const veil = useRef<VeilHandle>(null);
  const filter = useRef<HTMLInputElement>(null);
  useKeys({ plain: triageKeys(bench.triage, nothing), find: nothing, undo: nothing }, veil);
  useEffect(() => {
    hook(bench);
    void filled(bench).then((screening) => {
      bench.triage.store.update((state) => ({ ...state, phase: 'open', screening }));
      document.documentElement.dataset.ready = 'true';
    });
  }, [bench]);
  useEffect(() => bench.settings.store.subscribe(() => applyVeilLook(bench.settings.store.get())), [bench]);
  return (
    <BenchContext value={bench}>
      <Shell
        current="triage"
        full={!settings}
        onBlurAll={() => bench.settings.cover()}
        onFind={nothing}
        onHelp={nothing}
        onEnforced={nothing}
      >
        {settings ? (
          <section className="dialog__body">
            <h1>Settings</h1>
            <Settings />
          </section>
        ) : (
          <TriageView veil={veil} filter={filter} onEnforced={nothing} onModels={nothing} />
        )}
      </Shell>
    </BenchContext>
  );
}
