import { afterEach, describe, expect, it, vi } from 'vitest';
import { starterImage } from '../catalog/starter-image';
import { starterText } from '../catalog/starter-text';
import { CancelledError, FailedError, InvalidError } from '../core/errors';
import type { PreparedPicture } from '../rpc/contract';
import { GpuLosses } from './gpu-losses';
import { type HostOptions, ModelHost } from './host';
import { startWorker } from './lifeline';
import type { Pixels } from './pixels';
import type { Spare } from './spare';

const remote = {
  ping: async () => 'pong',
  readAhead: vi.fn(async (_id: string) => {}),
  open: async () => ({ backend: 'wasm', precision: 'exact', threads: 1, milliseconds: 1 }),
  classifyPixels: vi.fn(),
  classifyText: vi.fn(),
  classifyImage: vi.fn(),
  canary: vi.fn(),
};
let started = 0;

vi.mock('./lifeline', () => ({
  startWorker: async () => {
    started += 1;
    return { remote, whenGone: () => () => {}, end: () => {}, ended: false, busyWhen: () => {} };
  },
}));

const picture = (): PreparedPicture => ({
  views: [{ name: 'whole', data: new Float32Array(4), dims: [1, 1, 2, 2] }],
  coverage: { unit: 'whole', checked: 1, total: 1 },
  ...{ phash: '', timings: { decode: 1, preprocess: 1, run: 0 }, milliseconds: 2 },
});

const prepare = vi.fn<Pixels['prepare']>();
const hosts: ModelHost[] = [];

function host(more: Partial<HostOptions> = {}, bytes = 1, card = starterImage): ModelHost {
  const options: HostOptions = {
    ...{ deadline: 1_000, idle: 1_000, inference: '', models: '', workers: 1, memory: 1e9 },
    download: async () => new ArrayBuffer(0),
    device: {
      choose: async () => ({ backend: 'wasm', threads: 1, pool: { workers: 1, threads: 1 }, why: 'A test.' }),
      ...{
        adapterName: '',
        passed: async () => {},
        demote: async () => {},
        stopped: async () => {},
        lost: () => {},
      },
    },
    withdrawn: () => {},
    measure: async () => {},
    gpuLosses: new GpuLosses(),
    pixels: { prepare, most: 1 } as unknown as Pixels,
    spare: { worker: (busy) => startWorker('', busy) } as Partial<Spare> as Spare,
    runtime: async () => ({}) as never,
    ...more,
  };
  const made = new ModelHost({ card, files: 'stored', bytes }, options, () => {});
  hosts.push(made);
  return made;
}

const never = () => new AbortController().signal;
const image = new Blob(['picture']);
const scores = { status: 'scored', model: starterImage.id };
const answered = async (job: number) => ({ job, scores });

afterEach(() => {
  for (const each of hosts.splice(0)) each.close();
  vi.resetAllMocks();
  started = 0;
});

describe('an item of a batch', () => {
  it('is prepared outside the worker that runs it', async () => {
    prepare.mockImplementation(async () => picture());
    remote.classifyPixels.mockImplementation(answered);
    const signal = never();
    expect(await host().score(image, { signal, until: never() })).toBe(scores);
    expect(prepare).toHaveBeenCalledWith(image, starterImage.input, expect.any(AbortSignal));
    expect(remote.classifyPixels.mock.calls[0]![1].views[0].data).toHaveLength(4);
  });

  it('W02: has its pixels made again when they went down with a worker', async () => {
    prepare.mockImplementation(async () => picture());
    const given: PreparedPicture[] = [];
    remote.classifyPixels.mockImplementation(async (job: number, prepared: PreparedPicture) => {
      given.push(prepared);
      if (given.length === 1) throw new FailedError('worker-died', 'gone');
      return answered(job);
    });
    expect(await host().score(image, { signal: never(), until: never() })).toBe(scores);
    expect(prepare).toHaveBeenCalledTimes(2);
    expect(given[1]).not.toBe(given[0]);
  });

  it('W06: is given up after two workers', async () => {
    prepare.mockImplementation(async () => picture());
    remote.classifyPixels.mockRejectedValue(new FailedError('worker-died', 'gone'));
    expect(await host().score(image, { signal: never(), until: never() })).toMatchObject({
      ...{ status: 'error', code: 'worker-died', model: starterImage.id, probabilities: [] },
      reason: expect.stringMatching(/twice/),
    });
    expect(remote.classifyPixels).toHaveBeenCalledTimes(2);
  });

  it('W16: takes no answer that belongs to another', async () => {
    prepare.mockImplementation(async () => picture());
    remote.classifyPixels.mockImplementation((job: number) => answered(job + 1));
    expect(await host().score(image, { signal: never(), until: never() })).toMatchObject({
      ...{ status: 'error', code: 'internal', probabilities: [] },
    });
  });

  it('whose pixels cannot be made says why', async () => {
    prepare.mockRejectedValue(new InvalidError('damaged-file', 'The file is damaged.'));
    expect(await host().score(image, { signal: never(), until: never() })).toMatchObject({
      ...{ status: 'error', code: 'damaged-file', reason: 'The file is damaged.' },
    });
    expect(started).toBe(0);
  });

  it('W17: is withdrawn by a pause as long as its turn has not come, and by cancelling always', async () => {
    remote.classifyText.mockImplementation(() => new Promise(() => {}));
    const model = host({}, 1, starterText);
    const [pause, cancel] = [new AbortController(), new AbortController()];
    const ended: string[] = [];
    // Three are let into the worker at a time.
    const all = ['a', 'b', 'c', 'd'].map((text) =>
      model.score(text, { signal: cancel.signal, until: pause.signal }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(CancelledError);
        ended.push(text);
      }),
    );
    await vi.waitFor(() => expect(remote.classifyText).toHaveBeenCalledTimes(3));
    pause.abort();
    await all[3];
    expect(ended).toEqual(['d']);
    cancel.abort();
    await Promise.all(all);
    expect(ended.sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(remote.classifyText).toHaveBeenCalledTimes(3);
  });

  it('finds as many others on their way as workers are allowed, and as memory has room for', () => {
    const three = (bytes: number) => host({ workers: 3, memory: 100 }, bytes).appetite;
    expect(three(10) - three(50)).toBe(2);
    expect(three(50) - three(51)).toBe(2);
    expect(three(1_000)).toBe(three(51));
    expect(host().appetite).toBe(three(51));
  });

  it('W13: one worker at a time while it is not known what the next is opened on', async () => {
    const model = host({ workers: 3, memory: 100 }, 10);
    await model.open();
    const three = model.appetite;
    model.anew();
    expect(three - model.appetite).toBe(4);
    await model.open();
    expect(model.appetite).toBe(three);
  });
});

describe('W08: a picture that came while its model was being opened', () => {
  it('is found when what was said of it turns out wrong', async () => {
    const withdrawn = vi.fn();
    prepare.mockImplementation(async () => picture());
    remote.classifyPixels.mockImplementation(async (job: number) => ({
      job,
      scores: { ...scores, phash: '00', direction: [0] },
    }));
    remote.classifyImage.mockImplementation(answered);
    remote.canary.mockRejectedValue(new FailedError('self-test-failed', 'Off.'));
    const model = host({ withdrawn, checkEvery: 2 });
    const first = await model.classify(image);
    expect(first).toEqual(scores);
    // The second is held, and what comes of it is not handed out.
    expect(await model.classify(image)).toMatchObject({ status: 'error' });
    expect(withdrawn).toHaveBeenCalledTimes(1);
    expect(withdrawn.mock.calls[0]![0][0].scores).toBe(first);
  });
});

describe('a worker that starts', () => {
  it('reads its model while the runtime is on its way', async () => {
    const told = new Promise<void>((resolve) => remote.readAhead.mockImplementation(async () => resolve()));
    // Not there before the worker was told.
    const runtime = () => told.then(() => ({}) as never);
    expect(await host({ runtime }).open()).toMatchObject({ backend: 'wasm' });
    expect(remote.readAhead.mock.calls).toEqual([[starterImage.id]]);
  });

  it('is opened, and says what is wrong, where reading ahead failed', async () => {
    remote.readAhead.mockRejectedValue(new FailedError('asset-corrupt', 'damaged'));
    expect(await host().open()).toMatchObject({ backend: 'wasm' });
  });
});
