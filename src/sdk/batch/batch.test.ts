import { describe, expect, it, vi } from 'vitest';
import { InvalidError } from '../../core/errors';
import type { Scores } from '../../core/policy/types';
import { type BatchDeps, startBatch } from './batch';
import { FakeModel, ids, scoresOf, stage, texts } from './testing';

const answering = (id = 'm', task: 'image' | 'text' = 'text') => {
  const model = new FakeModel(id, task);
  model.answering = (content) => scoresOf(id, content);
  return model;
};
const sha = async (content: string | Uint8Array<ArrayBuffer>) => {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex');
};

describe('a batch', () => {
  it('answers every item once, in order, with the hash and the size of its bytes', async () => {
    const model = answering();
    // With several on their way, whose hash is computed first goes first.
    model.appetite = 1;
    const { batch, results } = stage([model]);
    batch.add(texts(20));
    batch.add(texts(5, 20));
    batch.end();
    expect(await batch.done).toMatchObject({ done: 25, total: 25, failed: 0, cancelled: false });
    expect(ids(results)).toEqual(texts(25).map(({ id }) => id));
    for (const { id, content } of texts(25)) {
      const found = results.find((result) => result.id === id)!;
      expect(found).toMatchObject({ model: 'm', sha256: await sha(content), bytes: content.length });
      expect(found.scores.probabilities).toEqual(scoresOf('m', content).probabilities);
      expect(found).not.toHaveProperty('again');
    }
  });

  it('W16: each answer goes to its own item when answers come in another order', async () => {
    const model = new FakeModel('m');
    model.slots = 4;
    const { batch, results } = stage([model]);
    batch.add(texts(4));
    batch.end();
    await vi.waitFor(() => expect(model.begun).toHaveLength(4));
    const running = model as unknown as { running: (() => void)[] };
    running.running.reverse();
    for (let at = 0; at < 4; at++) model.answer();
    await batch.done;
    expect(ids(results).sort()).toEqual(['0', '1', '2', '3']);
    for (const { id, scores } of results)
      expect(scores.probabilities).toEqual(scoresOf('m', 'x'.repeat(1 + Number(id))).probabilities);
  });

  it('takes those that are asked for first', async () => {
    const model = new FakeModel('m');
    model.appetite = 1;
    const { batch, results } = stage([model]);
    batch.add(texts(8));
    batch.end();
    await vi.waitFor(() => expect(model.begun).toHaveLength(1));
    batch.next(['6', '3']);
    model.answering = (content) => scoresOf('m', content);
    model.answer();
    await batch.done;
    expect(ids(results)).toEqual(['0', '6', '3', '1', '2', '4', '5', '7']);
  });

  it('reads a function when it is its turn, and no more than the models are busy with', async () => {
    const model = new FakeModel('m');
    model.appetite = 3;
    const { batch } = stage([model]);
    const read = vi.fn(async () => 'text');
    batch.add(Array.from({ length: 50 }, (_, at) => ({ id: `${at}`, content: read })));
    await vi.waitFor(() => expect(model.begun).toHaveLength(1));
    expect(read).toHaveBeenCalledTimes(3);
    batch.cancel();
  });

  it('holds no more bytes than its budget, and one item that is larger', async () => {
    const model = new FakeModel('m', 'image');
    model.appetite = 50;
    model.slots = 50;
    const { batch, results } = stage([model], { budget: 1_000 });
    // Of 400 bytes, and an input of 100 each.
    const blobs = Array.from({ length: 6 }, (_, at) => new Blob([new Uint8Array(400).fill(at)]));
    const reads = blobs.map((blob) => vi.spyOn(blob, 'arrayBuffer'));
    batch.add(blobs.map((content, at) => ({ id: `${at}`, content })));
    batch.add([{ id: 'large', content: new Blob([new Uint8Array(5_000)]) }]);
    batch.end();
    for (let done = 0; done < 6; done++) {
      await vi.waitFor(() => expect(model.begun.length).toBe(Math.min(6, done + 2)));
      expect(reads.filter((read) => read.mock.calls.length > 0)).toHaveLength(Math.min(6, done + 2));
      model.answer();
    }
    await vi.waitFor(() => expect(model.begun).toHaveLength(7));
    model.answer();
    await batch.done;
    expect([...ids(results)].sort()).toEqual(['0', '1', '2', '3', '4', '5', 'large']);
  });

  it('calls no function before there is room for what it will give, and makes room for what it gave beyond that', async () => {
    const model = new FakeModel('m', 'image');
    model.appetite = 50;
    model.slots = 50;
    const { batch } = stage([model], { budget: 1_000 });
    const file = (size: number, fill: number) => new Blob([new Uint8Array(size).fill(fill)]);
    const told = Array.from({ length: 4 }, (_, at) => vi.fn(async () => file(400, at)));
    const item = (at: number, bytes: number) => ({ id: `${at}`, content: told[at]!, bytes });
    batch.add([item(0, 400), item(1, 400), item(2, 400), item(3, 400)]);
    await vi.waitFor(() => expect(model.begun).toHaveLength(2));
    expect(told.map(({ mock }) => mock.calls.length)).toEqual([1, 1, 0, 0]);
    model.answer();
    await vi.waitFor(() => expect(told[2]).toHaveBeenCalledTimes(1));
    batch.cancel();

    // Said to be small, and large: two more would fit if it were not counted.
    const other = stage([model], { budget: 1_000 });
    model.begun.length = 0;
    const later = vi.fn(async () => file(300, 9));
    const lying = vi.fn(async () => file(900, 8));
    other.batch.add([{ id: 'lies', content: lying, bytes: 10 }]);
    await vi.waitFor(() => expect(model.begun).toHaveLength(1));
    other.batch.add([{ id: 'later', content: later, bytes: 300 }]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(later).not.toHaveBeenCalled();
    for (let at = 0; at < 4; at++) model.answer();
    await vi.waitFor(() => expect(later).toHaveBeenCalledTimes(1));
    other.batch.cancel();
  });

  it('counts what the tensors of an item turn out to take', async () => {
    const model = new FakeModel('m', 'image');
    model.appetite = 50;
    model.slots = 50;
    model.taking = 900;
    const { batch } = stage([model], { budget: 1_000 });
    const blobs = Array.from({ length: 2 }, (_, at) => new Blob([new Uint8Array(100).fill(at)]));
    const items = blobs.map((content, at) => ({ id: `${at}`, content }));
    batch.add(items.slice(0, 1));
    await vi.waitFor(() => expect(model.begun).toHaveLength(1));
    const read = vi.spyOn(blobs[1]!, 'arrayBuffer');
    batch.add(items.slice(1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(read).not.toHaveBeenCalled();
    model.answer();
    await vi.waitFor(() => expect(model.begun).toHaveLength(2));
    batch.cancel();
  });

  it('W01: what fails is a result, and the rest goes on', async () => {
    const model = answering();
    const failed = scoresOf('m', 'x', { status: 'error', probabilities: [], code: 'inference-failed' });
    model.answering = (content) => (content === 'xx' ? failed : scoresOf('m', content));
    const { batch, results } = stage([model]);
    batch.add(texts(3));
    batch.add([
      { id: 'gone', content: () => Promise.reject(new InvalidError('unreadable-file', 'It went away.')) },
      {
        id: 'threw',
        content: () => {
          throw new Error('at once');
        },
      },
      { id: 'stopped', content: () => Promise.reject(new DOMException('', 'AbortError')) },
      { id: 'nonsense', content: (async () => 7) as unknown as () => Promise<string> },
      { id: 'picture', content: new Blob(['x']) },
    ]);
    batch.end();
    expect(await batch.done).toMatchObject({ done: 8, failed: 6, total: 8 });
    const code = (id: string) => results.find((result) => result.id === id)!.scores;
    expect(code('1')).toBe(failed);
    expect(code('gone')).toMatchObject({ status: 'error', code: 'unreadable-file', reason: 'It went away.' });
    expect(code('threw')).toMatchObject({ status: 'error', code: 'internal' });
    expect(code('stopped')).toMatchObject({ status: 'error', code: 'internal' });
    expect(code('nonsense')).toMatchObject({ status: 'error', code: 'invalid-input' });
    expect(code('picture')).toMatchObject({ status: 'unsupported', code: 'unsupported-model' });
    expect(results.find(({ id }) => id === 'gone')!.sha256).toBe('');
  });

  it('gives an item whose content never comes up, and one whose model was removed', async () => {
    const model = answering();
    let there = true;
    const deps = {
      deadline: 20,
      model: () => {
        if (there) return model;
        throw new InvalidError('invalid-input', 'm is not installed. Install it first.');
      },
    };
    const { batch, results } = stage([model], {}, deps);
    there = false;
    batch.add([{ id: 'never', content: () => new Promise<string>(() => {}) }, ...texts(1)]);
    batch.end();
    await batch.done;
    expect(results.map(({ id, scores }) => [id, scores.code])).toEqual([
      ['0', 'invalid-input'],
      ['never', 'timeout'],
    ]);
  });

  it('gives an item up whose bytes never come, as from a share that is gone, and goes on', async () => {
    const model = answering('m', 'image');
    const { batch, results } = stage([model], {}, { deadline: 20 });
    const gone = Object.assign(new Blob(['1']), { arrayBuffer: () => new Promise<ArrayBuffer>(() => {}) });
    batch.add([
      { id: 'gone', content: gone },
      { id: 'there', content: new Blob(['2']) },
    ]);
    batch.end();
    await batch.done;
    expect(results.map(({ id, scores }) => [id, scores.status, scores.code])).toEqual([
      ['there', 'scored', undefined],
      ['gone', 'error', 'timeout'],
    ]);
  });

  it('sends an item to the models that read it', async () => {
    const models = [answering('t'), answering('i', 'image'), answering('u')];
    const { batch, results } = stage(models);
    batch.add([
      { id: 'text', content: 'abc' },
      { id: 'picture', content: new Blob(['abc']) },
    ]);
    batch.end();
    expect(await batch.done).toMatchObject({ done: 2, total: 2, failed: 0 });
    expect(results.map(({ id, model }) => `${id} ${model}`).sort()).toEqual([
      'picture i',
      'text t',
      'text u',
    ]);
  });

  it('refuses to start without models, ids that are not told apart, and items after the end', async () => {
    const model = answering();
    const start = (models: string[]) => () =>
      startBatch(
        { models, onResult: () => {} },
        {
          ...{ deadline: 1, closed: new AbortController().signal },
          model: () => model,
        },
      );
    expect(start([])).toThrow(InvalidError);
    const { batch } = stage([model]);
    batch.add(texts(2));
    expect(() => batch.add(texts(1))).toThrow(InvalidError);
    expect(() => batch.add([...texts(1, 9), ...texts(1, 9)])).toThrow(InvalidError);
    batch.end();
    await batch.done;
    expect(() => batch.add(texts(1))).not.toThrow();
    const other = stage([new FakeModel('n')]).batch;
    other.add(texts(1));
    other.end();
    expect(() => other.add(texts(1, 1))).toThrow(InvalidError);
    other.cancel();
  });

  it('a listener that throws is reported and harms nobody', async () => {
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    const { batch } = stage([answering()], {
      onResult: () => {
        throw new Error('the listener’s');
      },
    });
    batch.add(texts(3));
    batch.end();
    expect(await batch.done).toMatchObject({ done: 3 });
    expect(reported).toHaveBeenCalledTimes(3);
    vi.unstubAllGlobals();
  });

  it('tells how far it is', async () => {
    const { batch, progress } = stage([answering()]);
    batch.add(texts(3));
    batch.end();
    await batch.done;
    expect(progress.at(-1)).toMatchObject({ done: 3, total: 3, failed: 0 });
    expect(progress[0]!.done).toBeGreaterThan(0);
  });
});

describe('identical bytes', () => {
  it('are scored once: those under way wait for the first, later ones and later batches find its scores', async () => {
    const model = answering();
    const first = stage([model]);
    first.batch.add(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => ({ id, content: id < 'e' ? 'same' : 'other' })),
    );
    first.batch.end();
    await first.batch.done;
    expect([...model.begun].sort()).toEqual(['other', 'same']);
    for (const group of ['abcd', 'efg']) {
      const members = first.results.filter(({ id }) => group.includes(id));
      const [own] = members.filter(({ again }) => again === undefined);
      expect(members).toHaveLength(group.length);
      for (const { id, scores, again } of members) {
        expect(scores).toBe(own!.scores);
        expect(again).toBe(id === own!.id ? undefined : own!.id);
      }
    }

    const second = stage([model]);
    second.batch.add([{ id: 'z', content: new TextDecoder().decode(new TextEncoder().encode('same')) }]);
    second.batch.end();
    await second.batch.done;
    expect(model.begun).toHaveLength(2);
    expect(second.results[0]!.scores).toBe(first.results.find(({ id }) => id === 'a')!.scores);
    // Ids of another batch mean nothing here.
    expect(second.results[0]).not.toHaveProperty('again');
  });

  it('are scored anew on another backend, and by another model', async () => {
    const model = answering();
    const run = async () => {
      const { batch } = stage([model]);
      batch.add([{ id: 'a', content: 'same' }]);
      batch.end();
      await batch.done;
    };
    await run();
    model.flavour = { backend: 'webgpu', precision: 'exact' };
    await run();
    expect(model.begun).toHaveLength(2);
    model.flavour = { backend: 'wasm', precision: 'exact' };
    await run();
    expect(model.begun).toHaveLength(2);
  });

  it('W06: that failed are not tried again in this batch, and are in the next', async () => {
    const model = answering();
    model.appetite = 1;
    model.answering = (content) => scoresOf('m', content, { status: 'error', code: 'worker-died' });
    const poison = ['a', 'b', 'c'].map((id) => ({ id, content: 'poison' }));
    const first = stage([model]);
    first.batch.add(poison);
    first.batch.end();
    expect(await first.batch.done).toMatchObject({ done: 3, failed: 3 });
    expect(model.begun).toHaveLength(1);
    expect(first.results.map(({ again }) => again)).toEqual([undefined, 'a', 'a']);
    model.answering = (content) => scoresOf('m', content);
    const second = stage([model]);
    second.batch.add(poison);
    second.batch.end();
    expect(await second.batch.done).toMatchObject({ failed: 0 });
  });
});

describe('pausing and cancelling', () => {
  it('W17: a pause ends with what is in the network; the rest goes back and comes in order', async () => {
    const model = new FakeModel('m');
    const { batch, results } = stage([model]);
    batch.add(texts(10));
    batch.end();
    await vi.waitFor(() => expect(model.begun).toHaveLength(1));
    batch.pause();
    model.answer();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(results).toHaveLength(1);
    expect(model.begun).toHaveLength(1);
    model.answering = (content) => scoresOf('m', content);
    batch.resume();
    expect(await batch.done).toMatchObject({ done: 10, total: 10 });
    expect([...ids(results)].sort()).toEqual(texts(10).map(({ id }) => id));
    expect(model.begun).toHaveLength(10);
  });

  it('a pause that is over at once loses and repeats nothing, copies included', async () => {
    const model = answering();
    const { batch, results } = stage([model]);
    batch.add(Array.from({ length: 30 }, (_, at) => ({ id: `${at}`, content: `${at % 3}` })));
    batch.end();
    for (let round = 0; round < 10; round++) {
      batch.pause();
      batch.resume();
      await new Promise((resolve) => setTimeout(resolve, round % 3));
    }
    expect(await batch.done).toMatchObject({ done: 30, failed: 0 });
    expect(ids(results)).toHaveLength(30);
    expect(new Set(ids(results)).size).toBe(30);
  });

  for (const how of ['cancel', 'signal', 'close'] as const)
    it(`W17: ${how}: no result after it, and what is under way hears of it`, async () => {
      const model = new FakeModel('m');
      const controller = new AbortController();
      const closing = new AbortController();
      const { batch, results } = stage([model], { signal: controller.signal }, { closed: closing.signal });
      batch.add(texts(10));
      await vi.waitFor(() => expect(model.begun).toHaveLength(1));
      model.answer();
      await vi.waitFor(() => expect(results).toHaveLength(1));
      await vi.waitFor(() => expect(model.begun).toHaveLength(2));
      if (how === 'cancel') batch.cancel();
      else if (how === 'signal') controller.abort();
      else closing.abort();
      expect(await batch.done).toMatchObject({ done: 1, total: 10, cancelled: true });
      await vi.waitFor(() => expect(model.withdrawn).toBe(1));
      model.answer();
      batch.add(texts(1, 99));
      batch.resume();
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(results).toHaveLength(1);
    });
});

describe('W08: scores that were withdrawn', () => {
  type Tell = Parameters<NonNullable<BatchDeps['onWithdrawn']>>[0];
  const reason = { kind: 'failed', code: 'self-test-failed', message: 'It was wrong.', data: {} } as const;

  /** A batch over a model, and the way to withdraw. */
  function listening(model: FakeModel) {
    const told = new Set<Tell>();
    const onWithdrawn = (listener: Tell) => {
      told.add(listener);
      return () => void told.delete(listener);
    };
    const closing = new AbortController();
    const made = stage([model], {}, { onWithdrawn, closed: closing.signal });
    const withdraw = (scores: readonly Scores[]) => {
      model.cache.forget(new Set(scores));
      for (const tell of told) tell(scores, reason);
    };
    return { ...made, withdraw, told, closing };
  }

  it('need review at once, and are scored anew and delivered again, copies included; others stay', async () => {
    const model = answering();
    const { batch, results, withdraw } = listening(model);
    batch.add([...texts(3), { id: 'copy', content: 'x' }]);
    await vi.waitFor(() => expect(results).toHaveLength(4));
    const wrong = results.find(({ id }) => id === '0')!;
    model.answering = undefined;
    withdraw([wrong.scores]);
    const [gone, copy] = results.slice(4);
    expect([gone!.id, copy!.id].sort()).toEqual(['0', 'copy']);
    for (const { scores, sha256, bytes } of [gone!, copy!]) {
      expect({ sha256, bytes }).toEqual({ sha256: wrong.sha256, bytes: wrong.bytes });
      expect(scores).toMatchObject({ status: 'error', code: 'self-test-failed', probabilities: [] });
      expect(scores).toMatchObject({ reason: 'It was wrong.', model: 'm', labels: ['length'] });
    }
    await vi.waitFor(() => expect(model.begun).toHaveLength(4));
    expect(results).toHaveLength(6);
    model.answer();
    batch.end();
    expect(await batch.done).toMatchObject({ done: 4, total: 4, failed: 0 });
    expect(ids(results.slice(6)).sort()).toEqual(['0', 'copy']);
    for (const { scores } of results.slice(6)) {
      expect(scores).not.toBe(wrong.scores);
      expect(scores.status).toBe('scored');
    }
    expect(model.begun).toHaveLength(4);
  });

  for (const how of ['over', 'cancelled'] as const)
    it(`need review in a batch that is ${how}, too, until it is let go`, async () => {
      const model = answering();
      const { batch, results, withdraw, told } = listening(model);
      batch.add(texts(3));
      await vi.waitFor(() => expect(results).toHaveLength(3));
      if (how === 'over') batch.end();
      else batch.cancel();
      await batch.done;
      withdraw([results[1]!.scores]);
      expect(results).toHaveLength(4);
      expect(results[3]).toMatchObject({ id: '1', scores: { status: 'error', code: 'self-test-failed' } });
      expect(model.begun).toHaveLength(3);
      batch.cancel();
      expect(told.size).toBe(0);
    });

  it('are told however many were handed out since, and no more once Winnow is closed', async () => {
    const model = answering();
    model.appetite = 50;
    model.slots = 50;
    const { batch, results, withdraw, told, closing } = listening(model);
    batch.add(Array.from({ length: 2_500 }, (_, at) => ({ id: `${at}`, content: `${at}` })));
    batch.add([{ id: 'copy', content: '0' }]);
    batch.end();
    await batch.done;
    const first = results.find(({ id }) => id === '0')!;
    expect(results.find(({ id }) => id === 'copy')!.scores).toBe(first.scores);
    withdraw([first.scores]);
    expect(ids(results.slice(2_501)).sort()).toEqual(['0', 'copy']);
    closing.abort();
    expect(told.size).toBe(0);
  });
});
