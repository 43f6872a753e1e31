/** Models from the Hub and from mirrors: downloaded, resumed, used without a network, repaired. */
import { CHUNK_BYTES } from '../../src/core/hub/chunks';
import {
  begin,
  CLIP,
  cancel,
  ended,
  expect,
  GATED,
  hubClip,
  hubGated,
  hubLarge,
  hubVit,
  install,
  progressProblems,
  scores,
  TOKEN,
  test,
  told,
  transfers,
  VIT,
} from '../support/hub-models';
import { answerInNode, modelFiles, pick, png } from '../support/installing';
import { smallHead } from '../support/small-head';

const kept = (page: import('@playwright/test').Page) => page.evaluate(() => winnow.downloads());

test('from the Hub: asked what there is, downloaded, verified, installed; then it answers as in Node, and no source is left', async ({
  page1: page,
  hub,
  source,
}) => {
  const info = await page.evaluate(([id, from]) => winnow.look(id, { source: from }), [
    hubVit.id,
    source,
  ] as const);
  expect(info.files.map(({ path, known, here }) => [path, known, here])).toEqual([
    ['model.safetensors', 'source', 0],
    ['config.json', 'source', 0],
  ]);
  expect(info.bytes).toBe(modelFiles('timm-vit').reduce((sum, { bytes }) => sum + bytes.length, 0));
  // S03: room is an estimate, beside what is needed; this card does not say how large the prepared model is.
  expect(info.needed).toBe(info.bytes);
  expect(info.free).toBeGreaterThan(1e6);
  expect(transfers(hub)).toEqual([]);
  const done = await install(page, hubVit.id, { source });
  expect(done.error).toBeUndefined();
  expect(progressProblems(done)).toEqual([]);
  expect([...new Set(done.seen.map(({ phase }) => phase))]).toEqual(['download', 'prepare', 'check']);
  for (const phase of ['download', 'prepare', 'check']) {
    const last = done.seen.findLast((one) => one.phase === phase)!;
    expect(last.done, phase).toBe(last.total);
  }
  const { installed } = done.state!;
  expect(installed).toMatchObject({ origin: { kind: 'hub', url: hub.endpoint } });
  for (const file of installed!.files)
    expect(file).toMatchObject({ repo: VIT, revision: hub.commit(VIT), verification: 'verified' });
  expect(await kept(page)).toEqual([]);
  await pick(page, [png(131, 90, 5)]);
  const answer = await page.evaluate((model) => winnow.classifyImage(files[0]!, { model }), hubVit.id);
  const expected = await answerInNode('timm-vit', hubVit, [131, 90], 5);
  for (const [at, logit] of expected.logits.entries())
    expect(Math.abs(answer.logits![at]! - logit)).toBeLessThan(1e-4);
});

test('from a mirror: the same, and what its folder does not vouch for is not called verified', async ({
  page1: page,
  mirror,
}) => {
  const done = await install(page, hubVit.id, { source: mirror(VIT) });
  expect(done.error).toBeUndefined();
  expect(progressProblems(done)).toEqual([]);
  const files = new Map(done.state!.installed!.files.map((file) => [file.name, file.verification]));
  expect(done.state!.installed!.origin).toMatchObject({ kind: 'mirror', url: mirror(VIT).url });
  expect(files.get('model.safetensors')).toBe('complete, not verified');
  expect(await scores(page, hubVit.id)).toHaveLength(2);
});

test('cancelled in the middle: quick, whole chunks stay and are not fetched again', async ({
  page1: page,
  hub,
  source,
}) => {
  hub.fault('slow:10000000', { match: /model/ });
  await begin(page, hubLarge.id, { source });
  await expect.poll(() => told(page, hubLarge.id), { intervals: [50] }).toBeGreaterThan(2 * CHUNK_BYTES);
  await cancel(page, hubLarge.id);
  const first = await ended(page, hubLarge.id);
  expect(first.error).toMatchObject({ kind: 'cancelled' });
  expect(first.sinceCancel).toBeLessThan(300);
  expect(progressProblems(first)).toEqual([]);
  await expect
    .poll(() =>
      page.evaluate(async (id) => (await winnow.models()).find(({ card }) => card.id === id), hubLarge.id),
    )
    .toMatchObject({
      state: 'available',
      interrupted: { bytes: expect.any(Number), of: expect.any(Number) },
    });
  const [large] = (await kept(page)).filter(({ path }) => path === 'model.safetensors');
  expect(large).toMatchObject({ model: hubLarge.id });
  expect(large!.kept).toBeGreaterThanOrEqual(2 * CHUNK_BYTES);
  const before = hub.log.length;
  const second = await install(page, hubLarge.id, { source });
  expect(second.error).toBeUndefined();
  expect(progressProblems(second)).toEqual([]);
  expect(second.seen.find(({ total }) => total > 0)!.done).toBeGreaterThanOrEqual(large!.kept);
  expect(second.state).not.toHaveProperty('interrupted');
  // Nothing is asked but the rest of the file, from where it stopped.
  const asked = hub.log.slice(before).filter(({ method }) => method === 'GET');
  expect(asked.filter(({ host }) => host === 'store').map(({ range }) => range)).toEqual([
    `bytes=${large!.kept}-`,
  ]);
  expect(asked.every(({ path }) => path.includes('model.safetensors'))).toBe(true);
});

test('X01, N19 without a network it works as before, and what is not here says so', async ({
  page1: page,
  source,
  context,
}) => {
  expect((await install(page, hubVit.id, { source })).error).toBeUndefined();
  const before = await scores(page, hubVit.id);
  await context.setOffline(true);
  await page.evaluate((id) => winnow.release(id), hubVit.id);
  expect(await scores(page, hubVit.id)).toEqual(before);
  const other = await install(page, hubLarge.id, { source });
  expect(other.error).toMatchObject({ kind: 'failed', code: 'offline' });
  expect(other.error!.message).toContain('not downloaded yet');
  await context.setOffline(false);
});

test('of a file that is needed in part, nothing else is asked for', async ({
  page1: page,
  hub,
  source,
  repos,
}) => {
  const head = smallHead(24);
  const info = await page.evaluate(([id, from]) => winnow.look(id, { source: from }), [
    hubClip.id,
    source,
  ] as const);
  expect(info.files.map(({ path, partial, chunked }) => [path, partial, chunked])).toEqual([
    ['model.safetensors', true, undefined],
    ['config.json', undefined, undefined],
  ]);
  await pick(page, [head.zip]);
  const done = await install(page, hubClip.id, { source, picked: true });
  expect(done.error).toBeUndefined();
  expect(progressProblems(done)).toEqual([]);
  // The source told the whole's SHA-256, which a part cannot be compared with.
  const tower = done.state!.installed!.files.find(({ name }) => name === 'model.safetensors');
  expect(tower).toMatchObject({ partial: true, verification: 'complete, not verified' });
  expect(tower).not.toHaveProperty('sha256');
  const large = transfers(hub).filter(({ path }) => path.includes('model.safetensors'));
  const size = (await page.evaluate(() => winnow.downloads())).length;
  expect(size).toBe(0);
  // The chunk of the header, and those of the tower for pictures: the text tower has the three between.
  const first = Math.floor(repos.vision / CHUNK_BYTES) * CHUNK_BYTES;
  expect(first).toBeGreaterThan(3 * CHUNK_BYTES);
  expect(large.map(({ range }) => range)).toEqual([`bytes=0-${CHUNK_BYTES - 1}`, `bytes=${first}-`]);
  const expected = await answerInNode('clip-vision', hubClip, [80, 56], 4);
  await pick(page, [png(80, 56, 4)]);
  const answer = await page.evaluate((model) => winnow.classifyImage(files[0]!, { model }), hubClip.id);
  expect(Math.abs(answer.logits![0]! - head.logit(expected.embedding))).toBeLessThan(1e-4);
});

test('a file that is published elsewhere: the Hub is not asked for it, a mirror is', async ({
  page1: page,
  hub,
  source,
  mirror,
}) => {
  const info = await page.evaluate(([id, from]) => winnow.look(id, { source: from }), [
    hubClip.id,
    source,
  ] as const);
  expect(info.elsewhere).toEqual([
    { path: 'head.zip', url: 'https://github.com/somebody/head', optional: false },
  ]);
  const alone = await install(page, hubClip.id, { source });
  expect(alone.error).toMatchObject({
    code: 'invalid-input',
    data: { file: 'head.zip', url: 'https://github.com/somebody/head' },
  });
  expect(transfers(hub)).toEqual([]);
  const done = await install(page, hubClip.id, { source: mirror(CLIP) });
  expect(done.error).toBeUndefined();
  expect(await scores(page, hubClip.id)).toHaveLength(1);
});

test('N14 a gated model: says what to do, takes a token, and keeps it nowhere', async ({
  page1: page,
  hub,
  source,
}) => {
  const refused = await install(page, hubGated.id, { source });
  expect(refused.error).toMatchObject({ kind: 'failed', code: 'gated', data: { status: 401 } });
  for (const word of ['agreement', 'token', 'mirror', 'files'])
    expect(refused.error!.message).toContain(word);
  const wrong = await install(page, hubGated.id, { source: { ...source, token: 'hf_other' } });
  expect(wrong.error).toMatchObject({ code: 'gated', data: { status: 403 } });
  const done = await install(page, hubGated.id, { source: { ...source, token: TOKEN } });
  expect(done.error).toBeUndefined();
  expect(done.state!.installed!.files[0]).toMatchObject({ repo: GATED, verification: 'verified' });
  // Where large files really are, nobody learns of the token.
  for (const { host, authorization } of hub.log) if (host === 'store') expect(authorization).toBeUndefined();
  const everything = await page.evaluate(async () => {
    const found: unknown[] = [];
    for (const { name } of await indexedDB.databases()) {
      const opening = indexedDB.open(name!);
      await new Promise((on) => {
        opening.onsuccess = on;
      });
      const database = opening.result;
      for (const store of database.objectStoreNames) {
        const all = database.transaction(store).objectStore(store).getAll();
        await new Promise((on) => {
          all.onsuccess = on;
        });
        found.push(...all.result);
      }
      database.close();
    }
    return JSON.stringify([found, { ...localStorage }, { ...sessionStorage }]);
  });
  expect(everything).toContain('test-gated');
  expect(everything).not.toContain(TOKEN);
});
