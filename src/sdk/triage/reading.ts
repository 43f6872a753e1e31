/** Reading a run from its worker piece by piece, so that the page stays usable. */
import type { DecisionRecord } from '../../core/triage/types';
import type { Page } from '../../rpc/journal';
import type { Keeping } from './keeper';

/** Milliseconds of work after which the page's thread is given back. */
const SLICE = 12;

/** Gives the thread back when it has been held for a while. */
export function breather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < SLICE) return;
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  };
}

export async function parsed(texts: readonly string[]): Promise<readonly DecisionRecord[]> {
  const breathe = breather();
  const records: DecisionRecord[] = [];
  for (const text of texts) {
    records.push(JSON.parse(text) as DecisionRecord);
    await breathe();
  }
  return records;
}

/** From the record `from` on, in order, with their JSON. */
export async function* recordsOf(keeper: Keeping, run: string, from: number) {
  for (let next: number | undefined = from; next !== undefined; ) {
    const at: number = next;
    const { records: texts, more } = await keeper.run((remote) => remote.records(run, at));
    if (texts.length > 0) yield { records: await parsed(texts), texts };
    next = more ? at + texts.length : undefined;
  }
}

/** From the page `from` on. */
export async function* pagesOf(keeper: Keeping, run: string, from: number): AsyncGenerator<Page> {
  const breathe = breather();
  for (let next: number | undefined = from; next !== undefined; ) {
    const at: number = next;
    const found = await keeper.run((remote) => remote.pages(run, at));
    for (const text of found.pages) {
      yield JSON.parse(text) as Page;
      await breathe();
    }
    next = found.next;
  }
}
