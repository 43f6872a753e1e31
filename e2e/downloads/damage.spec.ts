/** Answers that are not the file: other sizes, other bytes, other parts, other versions. */
import { CHUNK_BYTES } from '../../src/core/hub/chunks';
import { expectWhole, states } from './expect';
import { download, expect, stored, test } from './stage';

for (const fault of ['wronglen:1', 'wronglen:-1', 'wronglen:1000000000'])
  test(`N04 ${fault}: the wrong size is refused at once`, async ({ open, ask, hub, standIn }) => {
    hub.fault(fault, { times: 9 });
    const ended = await download(await open(), ask());
    expect(ended.error).toMatchObject({ code: 'wrong-size' });
    expect(ended.error?.message).toContain('The server sent the wrong size');
    expect(stored(hub)).toHaveLength(1);
    expect(ended.progress.every(({ done }) => done <= standIn.bytes)).toBe(true);
  });

test('N04 a server that hides its headers and sends more is cut off', async ({ open, ask, hub, standIn }) => {
  hub.fault('ignorerange', { times: 9 });
  const ended = await download(await open(), ask({ bytes: standIn.bytes - 1 }));
  expect(ended.error).toMatchObject({ code: 'wrong-size' });
});

test('N05 gzip: per cent of the file’s own size, and the right bytes', async ({
  open,
  ask,
  hub,
  standIn,
}) => {
  hub.fault('gzip');
  expectWhole(await download(await open(), ask()), standIn.sha256);
});

test('N06 a flipped byte: the chunk is fetched again, once', async ({ open, ask, hub, standIn }) => {
  hub.fault('flip@0.4');
  // Progress is told eight times a second: a repair that took less would not be seen.
  hub.fault('slow:32000000');
  const ended = await download(await open(), ask({ chunkSha256: standIn.chunkSha256 }));
  expectWhole(ended, standIn.sha256);
  expect(states(ended)).toContain('repairing');
  expect(ended.downloaded?.fetched).toBe(standIn.bytes + CHUNK_BYTES);
});

test('N06 a flipped byte without hashes of chunks is found by the whole, and repaired', async ({
  open,
  ask,
  hub,
  standIn,
}) => {
  hub.fault('flip@0.4');
  const ended = await download(await open(), ask());
  expectWhole(ended, standIn.sha256);
  // The first chunk came the same twice; the second was the bad one.
  expect(ended.downloaded?.fetched).toBe(standIn.bytes + 2 * CHUNK_BYTES);
});

for (const pinned of [true, false])
  test(`N06 damaged twice is damaged at the source (${pinned ? 'chunks' : 'whole'} known)`, async ({
    open,
    ask,
    hub,
    standIn,
  }) => {
    hub.fault('flip@0.4', { times: 99 });
    const page = await open();
    const { chunkSha256 } = standIn;
    const ended = await download(page, ask(pinned ? { chunkSha256 } : {}));
    expect(ended.error).toMatchObject({ kind: 'invalid', code: 'source-damaged' });
    expect(ended.error?.message).toContain('damaged at the source');
    expect(
      (await page.evaluate(() => downloads.sources())).filter(({ state }) => state !== 'partial'),
    ).toEqual([]);
  });

test('N07 a tail of zeros is not taken for the file', async ({ open, ask, hub, standIn }) => {
  hub.fault('zerotail@0.7');
  expectWhole(await download(await open(), ask()), standIn.sha256);
});

test('N08 200 and the whole file, where a part was asked for', async ({ open, ask, hub, standIn }) => {
  hub.fault('drop@0.6');
  hub.fault('ignorerange');
  const ended = await download(await open(), ask());
  expectWhole(ended, standIn.sha256);
  expect(stored(hub)).toHaveLength(2);
});

test('N09 another part than was asked for is not used', async ({ open, ask, hub, standIn }) => {
  hub.fault('badrange', { times: 2 });
  const ended = await download(await open(), ask());
  expectWhole(ended, standIn.sha256);
  expect(ended.downloaded?.fetched).toBe(standIn.bytes);
});

test('N10 416 on resuming: that file begins again, once', async ({ open, ask, hub, standIn }) => {
  hub.fault('drop@0.6');
  hub.fault('416');
  expectWhole(await download(await open(), ask()), standIn.sha256);
  hub.heal();
  hub.fault('416', { times: 9 });
  const page = await open();
  await page.evaluate(() => downloads.remove());
  expect((await download(page, ask(), 'again')).error?.code).toBe('wrong-size');
});

test('N11 contents that change on the way are refused, not mixed', async ({ open, ask, hub }) => {
  hub.fault('etagswap@0.5', { times: 9 });
  const ended = await download(await open(), ask());
  expect(ended.error).toMatchObject({ kind: 'invalid', code: 'source-changed' });
  expect(ended.error?.message).toContain('Nothing was mixed');
});
