/** The build's own files, kept for visits without a network. The app's service worker serves them then. */
import { asArray, asObject, asString, own, parseJson } from '../core/checkpoint/json';
import { FailedError } from '../core/errors';

/** As in `workers/isolation.ts`. */
const CACHE = 'winnow-build';
const LIST_LIMIT = 2 ** 20;

/**
 * Gets every file that the build's `offline.json` at `list` names into Cache Storage; those with a hash in their names
 * only once. Of what only some need (its `parts`), those that are asked for and those that were kept of another build. Files
 * of earlier builds are deleted at the end. Rejects with FailedError('asset-missing') when one cannot be had: what was kept
 * before stays usable, for pages come after what they refer to.
 */
export async function keepBuild(list: string, parts: readonly string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  const base = new URL('./', list);
  const listed = await readList(list, base);
  const had = new Set((await cache.keys()).map(({ url }) => stemOf(url)));
  const again = [...listed.parts].filter(([name, urls]) => parts.includes(name) || urls.some(isLarge(had)));
  await keep(cache, base, [...listed.files, ...again.flatMap(([, urls]) => urls)]);
  // Parts come by themselves too, and perhaps just now.
  const kept = new Set([...listed.files, ...[...listed.parts.values()].flat()]);
  for (const { url } of await cache.keys()) if (!kept.has(url)) await cache.delete(url);
}

/** Gets the files of one part too, where the build is kept at all. Rejects as `keepBuild`. */
export async function keepPart(list: string, part: string): Promise<void> {
  if (!(await caches.has(CACHE))) return;
  const base = new URL('./', list);
  const { parts } = await readList(list, base);
  await keep(await caches.open(CACHE), base, parts.get(part) ?? []);
}

async function keep(cache: Cache, base: URL, wanted: readonly string[]): Promise<void> {
  for (const url of [...wanted].sort(pagesLast(base))) {
    const hashed = url.startsWith(new URL('assets/', base).href);
    if (!(hashed && (await cache.match(url)))) await cache.put(url, await got(url));
  }
}

interface Listed {
  /** Addresses. */
  readonly files: readonly string[];
  readonly parts: ReadonlyMap<string, readonly string[]>;
}

async function readList(list: string, base: URL): Promise<Listed> {
  const bytes = new Uint8Array(await (await got(list)).arrayBuffer());
  const value = asObject(parseJson(bytes, LIST_LIMIT, 'offline.json'), 'offline.json');
  const urls = (given: unknown) =>
    asArray(given, 'The files', 1_000).map((path) => new URL(asString(path, 'A file'), base).href);
  const parts = Object.entries(asObject(own(value, 'parts'), 'The parts'));
  return {
    files: urls(own(value, 'files')),
    parts: new Map(parts.map(([name, paths]) => [name, urls(paths)])),
  };
}

/** A part is known by its WASM: scripts may be shared with another. */
const isLarge = (had: ReadonlySet<string>) => (url: string) => url.endsWith('.wasm') && had.has(stemOf(url));

/** A file's name without the hash of its content. */
const stemOf = (url: string): string => url.replace(/^.*\//, '').replace(/-[\w-]{8}(\.\w+)$/, '$1');

/** The page is the folder's own address, and `index.html`. */
function pagesLast(base: URL): (a: string, b: string) => number {
  const isPage = (url: string) => Number(url === base.href || url.endsWith('/index.html'));
  return (a, b) => isPage(a) - isPage(b);
}

async function got(url: string): Promise<Response> {
  const response = await fetch(url, { credentials: 'same-origin', redirect: 'error' }).catch(() => undefined);
  if (response?.status === 200) return response;
  throw new FailedError('asset-missing', 'Not all of Winnow could be kept for use without a network.', {
    url,
  });
}
