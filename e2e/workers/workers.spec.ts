/** What a lost, hung, late or lying worker does to an item: noticed, retried once, then Needs review. */
import { prefixed } from '../support/installing';
import { expect, inferenceWorkers, sabotage, test } from '../support/sdk-page';

const RED = { model: 'stand-in-red' } as const;

test('W01: a run that throws ends in an error on that item; the next is scored', async ({ serve, open }) => {
  const page = await open(await serve());
  const found = await page.evaluate(async () => {
    const winnow = await sdk.createWinnow();
    const bad = await winnow.classifyText('harbour lantern', { model: 'throwing-text' });
    const good = await winnow.classifyText('a pineapple', { model: 'stand-in-pineapple' });
    const policy = sdk.defaultPolicy((await winnow.models()).map(({ card }) => card));
    return { bad, good, verdict: sdk.judge(bad, policy), fired: sdk.judge(good, policy) };
  });
  expect(found.bad).toMatchObject({ status: 'error', code: 'inference-failed', probabilities: [] });
  expect(found.verdict).toMatchObject({ verdict: 'needs-review', reason: found.bad.reason });
  expect(found.good.status).toBe('scored');
  expect(found.fired.verdict).toBe('block');
});

test('W02: a worker that vanishes at rest is started again by the next item', async ({ serve, open }) => {
  const page = await open(await serve());
  await page.evaluate(async (options) => {
    globalThis.winnow = await sdk.createWinnow();
    await winnow.classifyImage(await picture(200), options);
  }, RED);
  await inferenceWorkers(page)[0]!.evaluate(() => globalThis.close());
  const scores = await page.evaluate(
    async (options) => winnow.classifyImage(await picture(200), options),
    RED,
  );
  expect(scores.status).toBe('scored');
});

test('W02: a worker that vanishes with an item is replaced within 5 s and the item retried once', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  await page.evaluate(async (options) => {
    globalThis.winnow = await sdk.createWinnow();
    await winnow.classifyImage(await picture(10), options);
  }, RED);
  await sabotage(inferenceWorkers(page)[0]!, 'die');
  const found = await page.evaluate(async (options) => {
    const started = performance.now();
    const scores = await winnow.classifyImage(await picture(250), options);
    let restarts = 0;
    winnow.onActivity((activity) => {
      if (activity.model === options.model) restarts = activity.restarts;
    })();
    return { scores, restarts, milliseconds: performance.now() - started };
  }, RED);
  expect(found.scores.status).toBe('scored');
  expect(found.scores.probabilities[0]).toBeGreaterThan(0.9);
  expect(found.restarts).toBe(1);
  expect(found.milliseconds).toBeLessThan(5_000);
});

test('W05, I19: a hang meets its deadline, the worker is replaced, the item retried', async ({
  serve,
  open,
}) => {
  const page = await open(await serve());
  await page.evaluate(async (options) => {
    globalThis.winnow = await sdk.createWinnow({ deadline: 3_000 });
    await winnow.classifyImage(await picture(10), options);
  }, RED);
  await sabotage(inferenceWorkers(page)[0]!, 'hang');
  const scores = await page.evaluate(
    async (options) => winnow.classifyImage(await picture(250), options),
    RED,
  );
  expect(scores.status).toBe('scored');
});

for (const fault of ['die', 'hang'] as const)
  test(`W06: a picture that makes every worker ${fault} is given up after two; the rest goes on`, async ({
    serve,
    open,
  }) => {
    // Every worker that decodes fails at its first picture; from its own script, for one that opens quickly may have
    // decoded it before it could be told.
    const failing = `
      const original = createImageBitmap;
      globalThis.createImageBitmap = (...parameters) => {
        globalThis.createImageBitmap = original;
        ${fault === 'die' ? 'close(); return new Promise(() => {});' : 'for (;;);'}
      };`;
    const page = await open(await serve({ intercept: prefixed(/\/(inference|pixels)-[^/]*\.js$/, failing) }));
    const found = await page.evaluate(async (options) => {
      const winnow = await sdk.createWinnow({ deadline: 3_000 });
      const poison = await winnow.classifyImage(await picture(250), options);
      const policy = sdk.defaultPolicy((await winnow.models()).map(({ card }) => card));
      const text = await winnow.classifyText('pineapple', { model: 'stand-in-pineapple' });
      return { poison, verdict: sdk.judge(poison, policy).verdict, text: text.status };
    }, RED);
    expect(found.poison).toMatchObject({
      status: 'error',
      code: fault === 'die' ? 'worker-died' : 'timeout',
      probabilities: [],
    });
    expect(found.poison.reason).toMatch(/twice/);
    expect(found.verdict).toBe('needs-review');
    expect(found.text).toBe('scored');
  });

test('W09: NaN out of a network is an error, never a score', async ({ serve, open }) => {
  const page = await open(await serve());
  const found = await page.evaluate(async () => {
    const winnow = await sdk.createWinnow();
    const image = await winnow.classifyImage(await picture(120), { model: 'nan-image' });
    const text = await winnow.classifyText('pineapple', { model: 'nan-text' });
    const policy = sdk.defaultPolicy((await winnow.models()).map(({ card }) => card));
    return [image, text].map((scores) => ({ scores, verdict: sdk.judge(scores, policy).verdict }));
  });
  for (const { scores, verdict } of found) {
    expect(scores).toMatchObject({ status: 'error', code: 'invalid-output', probabilities: [] });
    expect(verdict).toBe('needs-review');
  }
});

test('M16: a model that misses its golden answers is refused', async ({ serve, open }) => {
  const page = await open(await serve());
  const found = await page.evaluate(async () => {
    const winnow = await sdk.createWinnow();
    const opened = await winnow
      .open('swapped-labels')
      .catch((error: unknown) => (error as { code: string }).code);
    const scores = await winnow.classifyImage(await picture(120), { model: 'swapped-labels' });
    return { opened, scores };
  });
  expect(found.opened).toBe('self-test-failed');
  expect(found.scores).toMatchObject({ status: 'error', code: 'self-test-failed', probabilities: [] });
});

test('W16: 300 pictures keep their own scores while workers die and calls are withdrawn', async ({
  serve,
  open,
}) => {
  test.setTimeout(120_000);
  const page = await open(await serve());
  await page.evaluate(async (options) => {
    globalThis.winnow = await sdk.createWinnow();
    await winnow.classifyImage(await picture(10), options);
  }, RED);
  const run = page.evaluate(async (options) => {
    // P(red) of the stand-in: its logit is 12 × red / 255 − 2, against 0.
    const expected = (red: number) => 1 / (1 + Math.exp(-((12 * red) / 255 - 2)));
    let seed = 7;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    const outcomes = await Promise.all(
      Array.from({ length: 300 }, async (_, index) => {
        const red = (index * 37) % 256;
        const controller = new AbortController();
        if (random() < 0.2) setTimeout(() => controller.abort(), random() * 3_000);
        try {
          const file = await picture(red, 16 + (index % 50));
          const scores = await winnow.classifyImage(file, { ...options, signal: controller.signal });
          globalThis.finished = (globalThis.finished ?? 0) + 1;
          if (scores.status !== 'scored') return 'error';
          return Math.abs(scores.probabilities[0]! - expected(red)) < 1e-4 ? 'right' : 'wrong';
        } catch (error) {
          return error instanceof sdk.CancelledError ? 'cancelled' : 'threw';
        }
      }),
    );
    const counts: Record<string, number> = {};
    for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  }, RED);
  for (let kill = 1; kill <= 3; kill += 1) {
    // Some pictures further, so that no picture is in flight at two kills: two lost workers give it up.
    await page.waitForFunction((count) => (globalThis.finished ?? 0) >= count, kill * 60);
    await inferenceWorkers(page)[0]
      ?.evaluate(() => globalThis.close())
      .catch(() => {});
  }
  const counts = await run;
  expect(counts.wrong ?? 0).toBe(0);
  expect(counts.threw ?? 0).toBe(0);
  expect(counts.error ?? 0).toBe(0);
  expect(counts.right).toBeGreaterThan(200);
});

test('W17: cancelling rejects within a second and keeps what is done', async ({ serve, open }) => {
  const page = await open(await serve());
  const found = await page.evaluate(async (options) => {
    const winnow = await sdk.createWinnow();
    const first = await winnow.classifyImage(await picture(250), options);
    const controller = new AbortController();
    const files = await Promise.all(Array.from({ length: 100 }, () => picture(100, 512)));
    const pending = files.map((file) =>
      winnow.classifyImage(file, { ...options, signal: controller.signal }).then(
        () => 'done',
        (error: unknown) => (error instanceof sdk.CancelledError ? 'cancelled' : 'threw'),
      ),
    );
    await Promise.race(pending);
    const started = performance.now();
    controller.abort();
    const outcomes = await Promise.all(pending);
    const stopped = performance.now() - started;
    const after = await winnow.classifyImage(await picture(250), options);
    return { first: first.status, outcomes, stopped, after: after.status };
  }, RED);
  expect(found.first).toBe('scored');
  expect(found.stopped).toBeLessThan(1_000);
  expect(new Set(found.outcomes)).toEqual(new Set(['done', 'cancelled']));
  expect(found.after).toBe('scored');
});

test('W19: without cross-origin isolation one thread scores the same', async ({ serve, open }) => {
  const score = async (isolation: boolean) => {
    const page = await open(await serve({ isolation }));
    return page.evaluate(async (options) => {
      const winnow = await sdk.createWinnow();
      const opened = await winnow.open(options.model);
      const scores = await winnow.classifyImage(await picture(90), options);
      await winnow.close();
      return { threads: opened.threads, isolated: crossOriginIsolated, probabilities: scores.probabilities };
    }, RED);
  };
  const alone = await score(false);
  const isolated = await score(true);
  expect(alone).toMatchObject({ threads: 1, isolated: false });
  expect(isolated.isolated).toBe(true);
  expect(alone.probabilities).toEqual(isolated.probabilities);
});

test('A worker whose script is missing, or is a web page, is an error with a next step', async ({
  serve,
  open,
}) => {
  for (const [status, type] of [
    [404, 'text/plain'],
    [200, 'text/html'],
  ] as const) {
    const url = await serve({
      intercept(request, response) {
        if (!/\/inference-[^/]*\.js$/.test(request.url ?? '')) return false;
        response.writeHead(status, { 'content-type': type, 'cross-origin-embedder-policy': 'require-corp' });
        response.end('<!doctype html>');
        return true;
      },
    });
    const page = await open(url);
    const scores = await page.evaluate(async (options) => {
      const winnow = await sdk.createWinnow();
      return winnow.classifyImage(await picture(90), options);
    }, RED);
    expect(scores).toMatchObject({ status: 'error', code: 'worker-failed', probabilities: [] });
    expect(scores.reason).toMatch(/Reload/);
  }
});

test('N06, N15: a model that arrives damaged, or as a web page, is never opened', async ({ serve, open }) => {
  for (const fault of ['flip', 'html'] as const) {
    const url = await serve({
      intercept(request, response) {
        if (!request.url?.endsWith('/stand-in-red.onnx')) return false;
        response.writeHead(200, {
          'content-type': fault === 'html' ? 'text/html; charset=utf-8' : 'application/octet-stream',
          'cross-origin-resource-policy': 'same-origin',
        });
        response.end(fault === 'html' ? '<!doctype html>' : Buffer.alloc(400));
        return true;
      },
    });
    const page = await open(url);
    const scores = await page.evaluate(async (options) => {
      const winnow = await sdk.createWinnow();
      return winnow.classifyImage(await picture(90), options);
    }, RED);
    expect(scores).toMatchObject({ status: 'error', code: 'asset-corrupt', probabilities: [] });
  }
});

test('Closing rejects what is in flight, and what comes after', async ({ serve, open }) => {
  const page = await open(await serve());
  const codes = await page.evaluate(async (options) => {
    const winnow = await sdk.createWinnow();
    const code = (error: unknown) => (error as { code?: string }).code;
    const flying = winnow.classifyImage(await picture(90), options).catch(code);
    await winnow.close();
    return [await flying, await winnow.classifyImage(await picture(90), options).catch(code)];
  }, RED);
  expect(codes).toEqual(['closed', 'closed']);
  await expect.poll(() => inferenceWorkers(page).length).toBe(0);
});

test('An unknown model, or one of the other kind, is the caller’s mistake', async ({ serve, open }) => {
  const page = await open(await serve());
  const codes = await page.evaluate(async () => {
    const winnow = await sdk.createWinnow();
    const code = (error: unknown) => (error as { code?: string }).code;
    return [
      await winnow.classifyText('x', { model: 'no-such-model' }).catch(code),
      await winnow.classifyText('x', { model: 'stand-in-red' }).catch(code),
    ];
  });
  expect(codes).toEqual(['invalid-input', 'invalid-input']);
});
