/** Chunks that change in the store, downloaded or installed: what comes out is the model, or nothing and why. */
import type { Page } from '@playwright/test';
import { Random } from '../hostile/random';
import { begin, cancel, ended, hubLarge, install, startWinnow } from '../support/hub-models';
import { answer, isInstalled, MODEL, type Stage, same } from './installing';

export type Kept = 'sources' | 'model';
const STORES = {
  sources: { database: 'winnow-sources', store: 'sources' },
  model: { database: 'winnow-models', store: 'kept' },
} as const;

const KINDS = ['flip', 'zeros', 'shorter', 'longer', 'swap', 'text', 'delete', 'empty'] as const;

/** One change of one chunk; `at` is from 0 to 1 of it. */
interface Change {
  readonly kind: (typeof KINDS)[number];
  readonly chunk: number;
  readonly at: number;
}

export interface StoredTally {
  readonly problems: string[];
  /** How each ended: the model, or the error's code. */
  readonly ended: Map<string, number>;
}

declare global {
  /** Of the database as it should be, in memory. */
  var snapshot: [IDBValidKey, unknown][];
}

/** Every hundredth is left as it was, and must give the model. */
const CONTROL = 100;

/** Runs `count` corruptions from `seed` on; a problem names the seed that shows it again. */
export async function runStoredCorruptions(
  stage: Stage,
  kept: Kept,
  seed: number,
  count: number,
): Promise<StoredTally> {
  const tally: StoredTally = { problems: [], ended: new Map() };
  const page = await stage.browser.enter();
  await page.evaluate(() => globalThis.winnow?.close());
  await startWinnow(page, [hubLarge]);
  const chunks = await (kept === 'sources' ? keepSources(page, stage) : keepModel(page, stage));
  for (let one = seed; one < seed + count; one++) {
    const random = new Random(one);
    const changes = one % CONTROL === 0 ? [] : drawn(random, chunks);
    if (kept === 'model') await page.evaluate((id) => winnow.release(id), MODEL);
    await spoil(page, kept, changes);
    const { problems, how } = await (kept === 'sources' ? tryInstall(page, stage) : tryOpen(page, stage));
    if (changes.length === 0 && how !== 'scored') problems.push(`untouched, it ended ${how}`);
    const what = changes.map(({ kind, chunk }) => `${kind} ${chunk}`).join(', ');
    tally.problems.push(...problems.map((problem) => `seed ${one} (${kept}: ${what}): ${problem}`));
    tally.ended.set(how, (tally.ended.get(how) ?? 0) + 1);
  }
  await page.evaluate(async (id) => {
    await winnow.remove(id).catch(() => {});
    await winnow.removeDownloads();
  }, MODEL);
  return tally;
}

function drawn(random: Random, chunks: number): Change[] {
  return Array.from({ length: 1 + random.below(3) }, () => ({
    kind: KINDS[random.below(KINDS.length)]!,
    chunk: random.below(chunks),
    at: random.next(),
  }));
}

/** Downloads everything, stops before anything is made of it, and remembers what is there. */
async function keepSources(page: Page, { source }: Stage): Promise<number> {
  for (let tries = 0; tries < 5; tries++) {
    await begin(page, MODEL, { source });
    // A busy machine may look too late; then what follows tries again.
    const past = (id: string) =>
      installs[id]!.over || ['prepare', 'check'].includes(installs[id]!.seen.at(-1)?.phase ?? '');
    await page.waitForFunction(past, MODEL, { polling: 5, timeout: 120_000 });
    await cancel(page, MODEL);
    if ((await ended(page, MODEL)).error) return remember(page, 'sources');
    // It was quicker.
    await page.evaluate((id) => winnow.remove(id), MODEL);
  }
  throw new Error('It could not be stopped before it was installed.');
}

async function keepModel(page: Page, { source }: Stage): Promise<number> {
  const { error } = await install(page, MODEL, { source });
  if (error) throw new Error(error.message);
  return remember(page, 'model');
}

/** The number of chunks. */
function remember(page: Page, kept: Kept): Promise<number> {
  return page.evaluate(async ({ database, store }) => {
    const opening = indexedDB.open(database);
    await new Promise((on) => {
      opening.onsuccess = on;
    });
    const from = opening.result.transaction(store).objectStore(store);
    const [keys, values] = [from.getAllKeys(), from.getAll()];
    await new Promise((on) => {
      values.onsuccess = on;
    });
    opening.result.close();
    // What is read is tied to the store; a copy is not.
    const copied = values.result.map(async (value: unknown) =>
      value instanceof Blob ? new Blob([await value.arrayBuffer()]) : value,
    );
    const contents = await Promise.all(copied);
    globalThis.snapshot = keys.result.map((key, at) => [key, contents[at]]);
    return contents.filter((value) => value instanceof Blob).length;
  }, STORES[kept]);
}

/** Puts everything back, and then changes what is to be changed. */
function spoil(page: Page, kept: Kept, changes: readonly Change[]): Promise<void> {
  return page.evaluate(
    async ([{ database, store }, all]) => {
      const entries = snapshot.map(([key, value]) => [key, value] as [IDBValidKey, unknown]);
      const chunks = entries.filter(([, value]) => value instanceof Blob);
      for (const { kind, chunk, at } of all) {
        const entry = chunks[chunk]!;
        const blob = entry[1];
        if (!(blob instanceof Blob)) continue;
        const bytes = new Uint8Array(await blob.arrayBuffer());
        const place = Math.floor(at * bytes.length);
        if (kind === 'flip') bytes[place]! ^= 1 << (Math.floor(at * 8e6) % 8);
        if (kind === 'zeros') bytes.fill(0, place);
        const other = chunks[(chunk + 1) % chunks.length]!;
        if (kind === 'swap') [entry[1], other[1]] = [other[1], entry[1]];
        else if (kind === 'text') entry[1] = 'text';
        else if (kind === 'delete') entry[1] = undefined;
        else if (kind === 'empty') entry[1] = new Blob([]);
        else if (kind === 'shorter') entry[1] = new Blob([bytes.subarray(0, place)]);
        else if (kind === 'longer') entry[1] = new Blob([bytes, '!']);
        else entry[1] = new Blob([bytes]);
      }
      const opening = indexedDB.open(database);
      await new Promise((on) => {
        opening.onsuccess = on;
      });
      const transaction = opening.result.transaction(store, 'readwrite');
      const into = transaction.objectStore(store);
      into.clear();
      for (const [key, value] of entries) if (value !== undefined) into.put(value, key);
      await new Promise((on, failed) => {
        transaction.oncomplete = on;
        transaction.onabort = () => failed(transaction.error);
      });
      opening.result.close();
    },
    [STORES[kept], changes] as const,
  );
}

interface How {
  readonly problems: string[];
  readonly how: string;
}

/** Installs from the spoilt sources; the server is well, so that it must succeed. */
async function tryInstall(page: Page, { source, expected }: Stage): Promise<How> {
  const problems: string[] = [];
  const { error } = await install(page, MODEL, { source });
  if (error) problems.push(`it is not installed: ${JSON.stringify(error)}`);
  if (error && (await isInstalled(page))) problems.push('it is offered');
  const { scores, code } = error ? { code: error.code } : await answer(page);
  if (scores && !same(scores, expected)) problems.push('other scores');
  if (!error && !scores) problems.push(`it cannot be opened: ${code}`);
  await page.evaluate((id) => winnow.remove(id).catch(() => {}), MODEL);
  return { problems, how: scores ? 'scored' : String(code) };
}

/** Opens the spoilt model; only what was no change may score. */
async function tryOpen(page: Page, { expected }: Stage): Promise<How> {
  const { scores, code } = await answer(page);
  if (scores) return { problems: same(scores, expected) ? [] : ['other scores'], how: 'scored' };
  const known = code === 'asset-corrupt' || code === 'asset-missing';
  return { problems: known ? [] : [`it says ${code}`], how: String(code) };
}
