// @vitest-environment node
import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LOG_DATABASE } from '../rpc/databases';

/** A worker of its own for each test. */
async function fresh(userAgent: string): Promise<typeof import('./new-log')> {
  vi.resetModules();
  vi.stubGlobal('navigator', { userAgent });
  return import('./new-log');
}

const CHROMIUM = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('S07: a new log', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('is begun once in Chromium, by a database that is made and deleted', async () => {
    const [open, drop] = [vi.spyOn(indexedDB, 'open'), vi.spyOn(indexedDB, 'deleteDatabase')];
    const { newLog } = await fresh(CHROMIUM);
    await Promise.all([newLog(), newLog()]);
    await newLog();
    expect(open.mock.calls).toEqual([[LOG_DATABASE]]);
    expect(drop.mock.calls).toEqual([[LOG_DATABASE]]);
    expect(await indexedDB.databases()).toEqual([]);
  });

  it('is left to other browsers', async () => {
    const open = vi.spyOn(indexedDB, 'open');
    const { newLog } = await fresh(FIREFOX);
    await newLog();
    expect(open).not.toHaveBeenCalled();
  });

  it('keeps nobody from writing where it cannot be had', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('no', 'SecurityError');
    });
    const { newLog } = await fresh(CHROMIUM);
    await expect(newLog()).resolves.toBeUndefined();
  });

  it('is not waited for long', async () => {
    vi.spyOn(indexedDB, 'open').mockReturnValue({} as IDBOpenDBRequest);
    vi.useFakeTimers();
    try {
      const { newLog } = await fresh(CHROMIUM);
      const done = newLog();
      await vi.advanceTimersByTimeAsync(1_000);
      await expect(done).resolves.toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });
});
