/** The Models screen on an SDK that does what a state needs: shown, not run. */
import { useEffect, useState } from 'react';
import type { ModelCard } from '../../src/catalog/card';
import { starterImage } from '../../src/catalog/starter-image';
import { starterText } from '../../src/catalog/starter-text';
import { FailedError, UnsupportedError } from '../../src/core/errors';
import { beginning } from '../../src/core/triage/chain';
import { testHeader } from '../../src/core/triage/testing';
import type { RunInfo } from '../../src/core/triage/types';
import type { OpenedModel } from '../../src/rpc/contract';
import type { ModelState } from '../../src/sdk/types';
import { Bench } from '../../src/state/bench';
import { FakeWinnow, installedState } from '../../src/state/testing';
import { BenchContext } from '../../src/state/use';
import { Shell } from '../../src/ui';
import { ModelsView } from '../../src/views/models/ModelsView';
import { longName } from './longWords';
import { sampleCards } from './modelsCards';

const nothing = () => undefined;
/** Forgets at once, and denies nothing. */
const memory = { getItem: () => null, setItem: nothing, removeItem: nothing };
const opened = (more: Partial<OpenedModel> = {}): OpenedModel => ({
  ...{ backend: 'wasm', precision: 'exact', threads: 2, milliseconds: 640 },
  ...more,
});

export interface StageProps {
  list: readonly ModelState[];
  /** The browser has no network. */
  offline?: boolean;
  item?: string;
  /** What happens once the list is there. */
  play?: (bench: Bench, winnow: FakeWinnow) => void | Promise<void>;
  /** No list ever comes. */
  waits?: boolean;
}

export function ModelsStage({ list, play, waits, offline = false, item }: StageProps) {
  const [bench] = useState(() => {
    const winnow = new FakeWinnow(list);
    if (waits) winnow.models = () => new Promise(nothing);
    const made = new Bench({
      winnow,
      storage: () => memory,
      network: { online: () => !offline, subscribe: () => nothing },
    });
    void made.start().then(() => play?.(made, winnow));
    return made;
  });
  useEffect(() => {
    document.documentElement.dataset.ready = 'true';
  }, []);
  return (
    <BenchContext value={bench}>
      <Shell
        current="models"
        foot={<p>Scores are estimates, not findings.</p>}
        onBlurAll={nothing}
        onFind={nothing}
        onHelp={nothing}
        onEnforced={nothing}
      >
        <ModelsView item={item} />
      </Shell>
    </BenchContext>
  );
}

const { marqo, freepik, clip, guard, falconsai, adamcodd } = sampleCards;
const bundled = (card: ModelCard, bytes: number): ModelState => ({ card, state: 'bundled', bytes });
const available = (card: ModelCard): ModelState => ({ card, state: 'available', bytes: 0 });
const file = (path: string, size: number) => ({ path, file: sized(size) });

/** Says it has `size` bytes without having them. */
function sized(size: number): Blob {
  return Object.defineProperty(new Blob([]), 'size', { value: size });
}

const starters = [bundled(starterText, 1_000_000), bundled(starterImage, 2_700_000)];

export const firstList: readonly ModelState[] = [
  ...starters,
  ...[marqo, freepik, clip, guard, falconsai, adamcodd].map(available),
];

export const mixedList: readonly ModelState[] = [
  ...starters,
  installedState(marqo, {
    bytes: 22_400_000,
    files: [
      { name: 'model.safetensors', bytes: 22_268_544, sha256: 'b41d07aa'.repeat(8) },
      { name: 'config.json', bytes: 1_215 },
    ],
  }),
  {
    ...installedState(falconsai, { bytes: 86_000_000, precision: 'int8' }),
    runs: {
      backend: 'wasm',
      backends: ['wasm'],
      why: 'Runs on WASM, 2 threads: measured 1.8 × one thread. It is kept as int8, which runs on WASM only.',
    },
  },
  installedState({ ...adamcodd, id: 'own-long', name: `Own ${longName}` }, { bytes: 172_000_000 }),
  ...[freepik, clip, guard, adamcodd].map(available),
];

/** A model that chose between two backends, and one whose backend failed its check. */
export const backendsList: readonly ModelState[] = [
  ...starters,
  {
    ...installedState(marqo, { bytes: 22_400_000 }),
    runs: {
      ...{ backend: 'webgpu', backends: ['wasm', 'webgpu'] },
      why: 'Runs on WebGPU: measured 12 ms a run, 248 ms on WASM.',
    },
  },
  {
    ...installedState(adamcodd, { bytes: 343_000_000 }),
    runs: {
      ...{ backend: 'wasm', backends: ['wasm', 'webgpu'] },
      demoted: 'WebGPU was off by 0.21 in its check, so it is not used.',
      why: 'Runs on WASM, 2 threads: measured 1.8 × one thread. WebGPU was off by 0.21 in its check, so it is not used.',
    },
  },
];

export function playBackends(_: Bench, winnow: FakeWinnow): void {
  const ready = { state: 'ready', restarts: 0 } as const;
  const gpu = opened({ backend: 'webgpu', threads: 1, selfTestDistance: 0.00002 });
  winnow.does({ ...ready, model: marqo.id, opened: gpu });
  winnow.does({ ...ready, model: adamcodd.id, opened: opened({ selfTestDistance: 0 }) });
}

/** *Measure again* goes on, and ends in a failure when it was asked for twice. */
export async function playMeasuring(bench: Bench, winnow: FakeWinnow): Promise<void> {
  playBackends(bench, winnow);
  winnow.measuring = () =>
    Promise.reject(
      new FailedError('timeout', 'Something was scored each time. Measure again when nothing runs.'),
    );
  await bench.machine.measure(marqo.id);
  winnow.measuring = () => new Promise(nothing);
}

/** One that was decided in, and one that was not; a name as long as somebody may give. */
export function keepRuns(winnow: FakeWinnow): void {
  const header = testHeader();
  winnow.keptRuns = [
    [longName, 1_204],
    ['Harbour pictures', 0],
  ].map(([name, seq], at): RunInfo => {
    const now = { ...header, name: String(name) };
    const tail = { ...beginning(header), seq: Number(seq) };
    return { id: `run-${at}`, header, now, tail, items: 5_000, at: header.createdAt };
  });
}

export function playMixed(bench: Bench, winnow: FakeWinnow): void {
  keepRuns(winnow);
  const activity = { state: 'ready', restarts: 0 } as const;
  winnow.does({
    ...activity,
    model: 'starter-text',
    opened: opened({ selfTestDistance: 0.0000004, threads: 1 }),
  });
  winnow.does({ ...activity, model: 'starter-image', opened: opened({ selfTestDistance: 0.0000025 }) });
  winnow.does({ ...activity, model: marqo.id, opened: opened({ selfTestDistance: 0.0004 }) });
  winnow.does({
    ...activity,
    model: falconsai.id,
    state: 'failed',
    error: {
      kind: 'failed',
      code: 'out-of-memory',
      message: 'The browser ran out of memory. Close other tabs, then try again.',
      data: {},
    },
  });
  void bench.installs.start(freepik, [file('model.safetensors', 173_200_000), file('config.json', 900)]);
  winnow.asked[0]!.options.onProgress!({ phase: 'prepare', done: 118_400_000, total: 173_200_000 });
  void bench.installs.start(clip, [file('model.safetensors', 1_710_540_580), file('head.zip', 1_000_000)]);
  winnow.asked[1]!.options.onProgress!({ phase: 'check', done: 3, total: 12 });
  void bench.installs.start(adamcodd, [file('pytorch_model.bin', 343_000_000)]);
  winnow.asked[2]!.settle.fail(
    new UnsupportedError(
      'unsupported-format',
      'pytorch_model.bin is a pickle. This format can run code. We never open it. Get the model as safetensors.',
    ),
  );
  bench.installs.give(guard, [file('tokenizer.json', 11_423_705)]);
}

export async function playScored(bench: Bench, winnow: FakeWinnow): Promise<void> {
  const scored = (value: number) => ({
    ...({
      status: 'scored',
      model: clip.id,
      labels: ['nsfw'],
      probabilities: [value],
      milliseconds: 1,
    } as const),
    ...({ coverage: { unit: 'whole', checked: 1, total: 1 }, backend: 'wasm', precision: 'exact' } as const),
  });
  const rows = Array.from({ length: 1_200 }, (_, at) => scored(((at * 37) % 1_000) ** 2 / 1e6));
  winnow.embeddings = async () => ({
    rows: [
      ...rows,
      { ...scored(0), status: 'error', probabilities: [], code: 'invalid-input', reason: 'Not finite.' },
    ],
    note: '14 rows were not of length 1 and were normalised first.',
  });
  await bench.embeddings.score(clip, new File([], 'embeddings.npy'));
}
