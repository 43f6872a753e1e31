/** What sources say, and what a browser keeps, in every way the screen has words for. */
import { FailedError, InvalidError } from '../../src/core/errors';
import type { KeptDownload, ModelState, SourceFile, SourceInfo } from '../../src/sdk/types';
import type { Bench } from '../../src/state/bench';
import { type FakeWinnow, installedState } from '../../src/state/testing';
import { sampleCards } from './modelsCards';
import { firstList, keepRuns } from './modelsStage';

const { marqo, freepik, clip, guard, falconsai, adamcodd } = sampleCards;
const revision = '0123456789'.repeat(4);

const sourceFile = (path: string, bytes: number, more: Partial<SourceFile> = {}): SourceFile => ({
  ...{
    repo: 'authors/freepik',
    revision,
    path,
    bytes,
    here: 0,
    sha256: 'b41d07aa'.repeat(8),
    known: 'source',
  },
  ...more,
});

export const sourceInfo = (
  files: readonly SourceFile[],
  elsewhere: SourceInfo['elsewhere'] = [],
): SourceInfo => ({
  files,
  bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  here: files.reduce((sum, { here }) => sum + here, 0),
  elsewhere,
});

const model = (bench: Bench, id: string) => bench.models.get(id)!;

/** The Hub was asked, and answered. */
export function playLook(bench: Bench, winnow: FakeWinnow): void {
  bench.sources.ask(model(bench, freepik.id));
  winnow.looks[0]!.settle.done(
    sourceInfo([sourceFile('model.safetensors', 173_200_000), sourceFile('config.json', 900)]),
  );
}

/** A mirror that tells sizes only, with some of it here. */
export function playMirror(bench: Bench, winnow: FakeWinnow): void {
  // S03: less room than it takes, as the browser estimates.
  winnow.room = { ...winnow.room, usage: 9.9e9 };
  void bench.room.refresh();
  const freepikModel = model(bench, freepik.id);
  bench.sources.choose(freepikModel, 'mirror');
  bench.sources.address(freepikModel, 'https://models.example.org/freepik/');
  void bench.sources.look(freepikModel);
  const { sha256: _, ...unknown } = sourceFile('model.safetensors', 173_200_000, {
    here: 75_497_472,
    known: 'size',
  });
  winnow.looks[0]!.settle.done(
    sourceInfo([unknown, sourceFile('config.json', 900, { here: 900, known: 'card' })]),
  );
}

export function playGated(bench: Bench): void {
  bench.sources.ask(model(bench, guard.id));
}

export function playAsking(bench: Bench): void {
  bench.sources.ask(model(bench, freepik.id));
}

export function playChanged(bench: Bench, winnow: FakeWinnow): void {
  bench.sources.ask(model(bench, freepik.id));
  winnow.looks[0]!.settle.fail(
    new InvalidError(
      'source-changed',
      'The model changed at the source: model.safetensors is not the version that was expected.',
      { file: 'model.safetensors', was: '6a3c41e1'.repeat(8), is: 'b41d07aa'.repeat(8) },
    ),
  );
}

/** One failure of each kind, beside its row; the model of `clip` has no room. */
export function playFailures(bench: Bench, winnow: FakeWinnow): void {
  const kept: KeptDownload = {
    ...{ model: falconsai.id, key: 'k', repo: 'authors/falconsai', path: 'model.safetensors' },
    ...{ bytes: 343e6, kept: 91e6 },
  };
  winnow.kept = [kept];
  winnow.tell(
    winnow.list.map((each) =>
      each.card.id === falconsai.id ? { ...each, interrupted: { bytes: 91e6, of: 343e6 } } : each,
    ),
  );
  const failures = [
    [
      guard,
      new FailedError(
        'gated',
        'onnx/model_quantized.onnx is not open to everybody: its authors ask for an agreement. Accept it on huggingface.co, then give a token of your account that may read it.',
      ),
    ],
    [
      clip,
      new FailedError(
        'storage-full',
        'There is not enough room in this browser. 1.7 GB are needed. Remove a model or free some disk space, then try again.',
        { bytes: 1.7e9 },
      ),
    ],
    [
      falconsai,
      new FailedError(
        'rate-limited',
        'huggingface.co asks to wait. What has arrived is kept. Try again in 5 minutes.',
        { seconds: 300 },
      ),
    ],
    [
      adamcodd,
      new FailedError(
        'not-found',
        'huggingface.co has no authors/adamcodd/model.safetensors, or it is private.',
      ),
    ],
    [
      freepik,
      new InvalidError(
        'source-changed',
        'The model changed at the source: model.safetensors is not the version that was expected.',
        { file: 'model.safetensors', was: '6a3c41e1'.repeat(8), is: 'b41d07aa'.repeat(8) },
      ),
    ],
  ] as const;
  for (const [card, error] of failures) {
    void bench.installs.install(card, { kind: 'hub' });
    winnow.asked.at(-1)!.settle.fail(error);
  }
}

export const failingList: readonly ModelState[] = firstList.map((each) =>
  each.card.id === marqo.id ? installedState(marqo, { bytes: 22_400_000 }) : each,
);

/** Interrupted, downloading, held up, and going on in another tab. */
export function playDownloads(bench: Bench, winnow: FakeWinnow): void {
  winnow.kept = [
    {
      model: guard.id,
      key: 'g',
      repo: 'authors/guard',
      path: 'onnx/model_quantized.onnx',
      bytes: 1.33e9,
      kept: 340e6,
    },
  ];
  winnow.tell(
    winnow.list.map((each) =>
      each.card.id === guard.id ? { ...each, interrupted: { bytes: 340e6, of: 1.33e9 } } : each,
    ),
  );
  void bench.installs.install(freepik, { kind: 'hub' });
  winnow.asked[0]!.options.onProgress!({ phase: 'download', done: 118_400_000, total: 173_200_000 });
  void bench.installs.install(clip, { kind: 'hub' });
  winnow.asked[1]!.options.onProgress!({
    ...{ phase: 'download', done: 91_200_000, total: 609_300_000 },
    state: { kind: 'resuming', attempt: 2, of: 5 },
  });
  void bench.installs.install(falconsai, { kind: 'bundle' });
  winnow.asked[2]!.options.onProgress!({ phase: 'prepare', done: 20_000_000, total: 86_000_000 });
  bench.tabs.elsewhere.set(
    new Map([[adamcodd.id, { card: adamcodd, progress: { phase: 'download', done: 40e6, total: 343e6 } }]]),
  );
}

/** What was kept is not whole any more: one can be fetched again, one has to be given again. */
export const damagedList: readonly ModelState[] = [
  installedState(marqo, {
    bytes: 22_400_000,
    origin: { kind: 'hub', url: 'https://huggingface.co' },
    files: [
      {
        ...{ name: 'model.safetensors', bytes: 22_268_544, sha256: 'b41d07aa'.repeat(8) },
        ...{ repo: 'authors/marqo', revision, verification: 'verified' },
      },
      { name: 'config.json', bytes: 1_215, verification: 'complete, not verified' },
    ],
  }),
  installedState(falconsai, { bytes: 86_000_000, origin: { kind: 'files' } }),
  ...firstList.filter(({ card }) => card.id === freepik.id),
];

export function playDamaged(_: Bench, winnow: FakeWinnow): void {
  const error = {
    kind: 'failed',
    code: 'asset-corrupt',
    data: {},
    message: 'What this browser keeps of it is damaged. A part of it has changed.',
  } as const;
  for (const id of [marqo.id, falconsai.id]) winnow.does({ model: id, state: 'failed', restarts: 0, error });
}

export const preparedList: readonly ModelState[] = firstList.map((each) =>
  each.card.id === guard.id ? { ...each, prepared: { bytes: 598e6, precision: 'int8' } } : each,
);

export function playPrepared(bench: Bench): void {
  bench.sources.ask(model(bench, guard.id));
}

/** CLIP's head is published elsewhere. */
export function playElsewhere(bench: Bench, winnow: FakeWinnow): void {
  bench.sources.ask(model(bench, clip.id));
  winnow.looks[0]!.settle.done(
    sourceInfo(
      [sourceFile('model.safetensors', 1_216_000_000, { repo: 'authors/clip' })],
      [{ path: 'clip_autokeras_binary_nsfw.zip', url: 'https://example.org/head', optional: false }],
    ),
  );
}

/** A repository of the Hub, with several networks. */
export function playRepository(_: Bench, winnow: FakeWinnow): void {
  const text = JSON.stringify({
    ...{ architectures: ['ViTForImageClassification'], id2label: { 0: 'pineapple', 1: 'other' } },
    image_size: 224,
  });
  winnow.repositories = async () => ({
    ...{ repo: 'authors/pineapple-vit', revision },
    small: [new File([text], 'config.json')],
    networks: [
      { path: 'onnx/model.onnx', bytes: 343_000_000, beside: ['onnx/model.onnx_data'] },
      { path: 'onnx/model_quantized.onnx', bytes: 88_000_000 },
      { path: 'model.safetensors', bytes: 343_000_000 },
    ],
  });
}

/** S15: the browser was asked, and refused. */
export async function playDenied(bench: Bench, winnow: FakeWinnow): Promise<void> {
  keepRuns(winnow);
  winnow.persisting = async () => false;
  await bench.room.persist();
}
