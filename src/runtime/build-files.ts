/** The build's own files, kept for visits without a network. The app's service worker serves them then. */
import { asArray, asObject, asString, own, parseJson } from '../core/checkpoint/json';
import { FailedError } from '../core/errors';

/** As in `workers/isolation.ts`. */
const CACHE = 'winnow-build';
const LIST_LIMIT = 2 ** 20;

/**
 * Gets every file that the build's `offline.json` at `list` names into Cache Storage; those with a hash in their names
 * only once. Files of earlier builds are deleted at the end. Rejects with FailedError('asset-missing') when one cannot
 * be had: what was kept before stays usable, for pages come after what they refer to.
 */
export async function keepBuild(list: string): Promise<void> {
  const cache = await caches.open(CACHE);
  const base = new URL('./', list);
  const files = parseList(await (await got(list)).arrayBuffer());
  const wanted = files.map((path) => new URL(path, base).href);
  for (const url of wanted.sort(pagesLast(base))) {
    const hashed = url.startsWith(new URL('assets/', base).href);
    if (!(hashed && (await cache.match(url)))) await cache.put(url, await got(url));
  }
  const kept = new Set(wanted);
  for (const { url } of await cache.keys()) if (!kept.has(url)) await cache.delete(url);
}

function parseList(bytes: ArrayBuffer): string[] {
  const value = asObject(parseJson(new Uint8Array(bytes), LIST_LIMIT, 'offline.json'), 'offline.json');
  return asArray(own(value, 'files'), 'The files', 1_000).map((path) => asString(path, 'A file'));
}

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
