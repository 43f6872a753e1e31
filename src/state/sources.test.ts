import { describe, expect, it } from 'vitest';
import { FailedError, InvalidError } from '../sdk/errors';
import type { SourceInfo } from '../sdk/types';
import { Bench } from './bench';
import type { KeyValue } from './storage';
import { FakeWinnow, installableCard, settled } from './testing';

const card = installableCard('big', [{ role: 'weights', path: 'model.safetensors' }]);
const gated = { ...installableCard('gated', []), install: { ...card.install!, gated: true } };

function disk(text: string | null = null): KeyValue & { text: string | null } {
  const made = {
    text,
    getItem: () => made.text,
    setItem: (_: string, value: string) => {
      made.text = value;
    },
    removeItem: () => {
      made.text = null;
    },
  };
  return made;
}

const info = (more: Partial<SourceInfo> = {}): SourceInfo => ({
  ...{ files: [], bytes: 100, here: 0, elsewhere: [] },
  ...more,
});

async function started(storage = disk()) {
  const winnow = new FakeWinnow([card, gated].map((each) => ({ card: each, state: 'available', bytes: 0 })));
  const bench = new Bench({ winnow, storage: () => storage, base: 'https://winnow.example/app/' });
  await bench.start();
  await settled();
  const model = (id = 'big') => bench.models.get(id)!;
  return { winnow, bench, sources: bench.sources, storage, model };
}

describe('where a model comes from', () => {
  it('is the Hub until somebody chooses, and is asked only once that is wanted', async () => {
    const { winnow, sources, model } = await started();
    expect(sources.choice(model())).toMatchObject({ kind: 'hub', asked: false });
    sources.choose(model(), 'mirror');
    sources.choose(model(), 'hub');
    expect(winnow.looks).toHaveLength(0);
    sources.ask(model());
    expect(winnow.looks[0]!.options.source).toEqual({ kind: 'hub' });
    winnow.looks[0]!.settle.done(info());
    await settled();
    expect(sources.choice(model()).look).toMatchObject({ status: 'known', info: { bytes: 100 } });
  });

  it('is this site first where it has the model prepared, without asking anybody', async () => {
    const { winnow, sources, model } = await started();
    const prepared = { ...model(), prepared: { bytes: 42, precision: 'int8' as const } };
    sources.ask(prepared);
    expect(winnow.looks).toHaveLength(0);
    expect(sources.choice(prepared)).toMatchObject({ kind: 'bundle', look: { info: { bytes: 42 } } });
    expect(sources.source(prepared)).toEqual({ kind: 'bundle' });
  });

  it('N14: a gated model waits for a token, which is in memory only', async () => {
    const { winnow, bench, sources, storage, model } = await started();
    sources.ask(model('gated'));
    expect(winnow.looks).toHaveLength(0);
    expect(sources.missing(model('gated'))).toBe('token');
    expect(bench.install(model('gated'))).toBe(false);
    sources.token(' hf_pineapple ');
    expect(bench.install(model('gated'))).toBe(true);
    expect(winnow.asked[0]!.options.source).toEqual({ kind: 'hub', token: 'hf_pineapple' });
    expect(storage.text).not.toContain('pineapple');
    sources.token('');
    expect(sources.missing(model('gated'))).toBe('token');
  });

  it('N14: a Hub that asks for a token is believed, whatever the card says', async () => {
    const { winnow, bench, sources, model } = await started();
    sources.ask(model());
    winnow.looks[0]!.settle.fail(new FailedError('gated', 'Agree first.'));
    await settled();
    expect(sources.missing(model())).toBe('token');
    sources.token('hf_a');
    void sources.look(model());
    winnow.looks[1]!.settle.done(info());
    await settled();
    bench.install(model());
    winnow.asked[0]!.settle.fail(new FailedError('gated', 'Agree first.'));
    await settled();
    sources.token('');
    expect(sources.missing(model())).toBe('token');
  });

  it.each([
    ['https://models.example/a/', 'https://models.example/a/'],
    ['mirror/a', 'https://winnow.example/app/mirror/a'],
    ['  https://models.example/a ', 'https://models.example/a'],
    ['ftp://models.example/', undefined],
    ['javascript:0', undefined],
    ['', undefined],
  ])('a mirror at %j is %j', async (typed, url) => {
    const { sources, model } = await started();
    sources.choose(model(), 'mirror');
    sources.address(model(), typed);
    expect(sources.source(model())).toEqual(url === undefined ? undefined : { kind: 'mirror', url });
  });

  it('forgets what one source said when another is chosen, and drops its late answer', async () => {
    const { winnow, sources, model } = await started();
    sources.ask(model());
    sources.choose(model(), 'files');
    expect(winnow.looks[0]!.options.signal?.aborted).toBe(true);
    winnow.looks[0]!.settle.done(info());
    await settled();
    expect(sources.choice(model())).toMatchObject({ kind: 'files' });
    expect(sources.choice(model()).look).toBeUndefined();
  });

  it('can be told to stop asking', async () => {
    const { sources, model } = await started();
    sources.ask(model());
    sources.stop('big');
    await settled();
    expect(sources.choice(model())).toMatchObject({ asked: true });
    expect(sources.choice(model()).look).toBeUndefined();
  });
});

describe('what a source does not have', () => {
  const elsewhere = [{ path: 'parts/head.zip', url: 'https://example.org/', optional: false }];

  it('has to be given before anything starts, and goes along', async () => {
    const { winnow, bench, sources, model } = await started();
    sources.ask(model());
    winnow.looks[0]!.settle.done(info({ elsewhere }));
    await settled();
    expect(bench.install(model())).toBe(false);
    expect(sources.give(model(), [{ path: 'other.zip', file: new Blob([]) }])).toBe(false);
    const head = new File(['h'], 'head.zip');
    expect(sources.give(model(), [{ path: 'downloads/head.zip', file: head }])).toBe(true);
    expect(bench.install(model())).toBe(true);
    expect(winnow.asked[0]!.options).toMatchObject({ source: { kind: 'hub' }, files: [head] });
  });
});

describe('a change at the source', () => {
  const changed = new InvalidError('source-changed', 'Changed.', { file: 'a', was: 'b', is: 'c' });

  it('N11: is taken only when somebody accepts it', async () => {
    const { winnow, bench, sources, model } = await started();
    sources.ask(model());
    winnow.looks[0]!.settle.fail(changed);
    await settled();
    void sources.look(model(), true);
    expect(winnow.looks[1]!.options.acceptChanged).toBe(true);
    winnow.looks[1]!.settle.done(info());
    await settled();
    bench.install(model());
    expect(winnow.asked[0]!.options.acceptChanged).toBe(true);
  });

  it('N11: found while installing, it is accepted for one installation', async () => {
    const { winnow, bench, model } = await started();
    bench.install(model());
    expect(winnow.asked[0]!.options.acceptChanged).toBeUndefined();
    winnow.asked[0]!.settle.fail(changed);
    await settled();
    bench.accept(model());
    expect(winnow.asked[1]!.options.acceptChanged).toBe(true);
  });
});

describe('an interrupted download', () => {
  it('T10: goes on from where it came after a reload, until it is installed', async () => {
    const { winnow, bench, sources, storage, model } = await started();
    sources.choose(model(), 'mirror');
    sources.address(model(), 'https://models.example/a/');
    bench.install(model());
    const again = await started(disk(storage.text));
    expect(again.sources.source(again.model())).toEqual({ kind: 'mirror', url: 'https://models.example/a/' });
    winnow.asked[0]!.settle.done();
    await settled();
    const after = await started(disk(storage.text));
    expect(after.sources.choice(after.model())).toMatchObject({ kind: 'hub', url: '' });
  });

  it.each([
    '{"version":1,"sources":{"big":{"kind":"files"}}}',
    '{"version":1,"sources":{"big":7}}',
    '{"version":1,"sources":[1]}',
  ])('is not believed of %s', async (text) => {
    const { sources, model } = await started(disk(text));
    expect(sources.choice(model()).kind).toBe('hub');
  });
});
