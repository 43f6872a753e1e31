/** Sites that host prepared models: an overlay over the build with what `npm run bundle-models` writes. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { bundleModel } from '../../scripts/bundle-models/bundle';
import { offersIn } from '../../scripts/bundle-models/offers';
import type { ModelCard, ModelManifest } from '../../src/catalog/card';
import type { PreparedModel } from '../../src/catalog/prepared';
import type { Precision } from '../../src/core/policy/types';

export interface PreparedSite {
  /** An overlay for `serve`. */
  readonly folder: string;
  readonly models: readonly PreparedModel[];
  /** Absolute path of a file of a model's folder. */
  file(id: string, name: string): string;
  /** Writes the site's list anew, as `npm run build` would, after files were changed on purpose. */
  list(): Promise<void>;
  remove(): void;
}

export interface ToPrepare {
  readonly card: ModelCard;
  /** Folder of the published files. */
  readonly files: string;
  /** In no catalog: its card travels with the list. */
  readonly own?: boolean;
  readonly precision?: Precision;
}

/** A copy of `overlay` that also offers these models. */
export async function preparedSite(overlay: string, wanted: readonly ToPrepare[]): Promise<PreparedSite> {
  const folder = mkdtempSync(join(tmpdir(), 'winnow-site-'));
  cpSync(overlay, folder, { recursive: true });
  const out = join(folder, 'models', 'prepared');
  const models: PreparedModel[] = [];
  for (const { own = false, ...one } of wanted) models.push(await bundleModel({ ...one, own, out }));
  const known = wanted.filter(({ own }) => !own).map(({ card }) => card);
  const list = async () => {
    const path = join(folder, 'models', 'manifest.json');
    const manifest: ModelManifest = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...manifest, prepared: await offersIn(out, known) }));
  };
  await list();
  return {
    folder,
    models,
    file: (id, name) => join(out, id, name),
    list,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface KeptRecord {
  readonly precision: string;
  readonly bytes: number;
  readonly pieces: Readonly<Record<string, readonly { readonly bytes: number; readonly sha256: string }[]>>;
  readonly layouts: unknown;
}

/** What is recorded of an installed model; undefined when there is none. */
export function keptRecord(page: Page, id: string): Promise<KeptRecord | undefined> {
  return page.evaluate(
    (model) =>
      new Promise<KeptRecord | undefined>((resolve, reject) => {
        const opening = indexedDB.open('winnow-models');
        opening.onupgradeneeded = () => opening.transaction!.abort();
        opening.onerror = () => resolve(undefined);
        opening.onsuccess = () => {
          const database = opening.result;
          const request = database.transaction('kept').objectStore('kept').get(['model', model]);
          request.onsuccess = () => {
            database.close();
            resolve(request.result as KeptRecord | undefined);
          };
          request.onerror = () => reject(request.error);
        };
      }),
    id,
  );
}

/** Flips a byte of the first chunk with such a key, in a database of Winnow's. Rejects when there is none. */
export function damageChunk(
  page: Page,
  where: 'winnow-models' | 'winnow-sources',
  part: string,
): Promise<void> {
  return page.evaluate(
    async ([name, wanted]) => {
      const opened = <T>(request: IDBRequest<T>) =>
        new Promise<T>((resolve, reject) => {
          request.onsuccess = () => resolve(request.result);
          request.onerror = () => reject(request.error);
        });
      const database = await opened(indexedDB.open(name));
      const storeName = database.objectStoreNames[0]!;
      const keys = await opened(database.transaction(storeName).objectStore(storeName).getAllKeys());
      const key = keys.find(
        (each) => JSON.stringify(each).includes(wanted) && (each as string[])[0] === 'chunk',
      );
      if (!key) throw new Error(`There is no chunk of ${wanted}.`);
      const blob = await opened<Blob>(database.transaction(storeName).objectStore(storeName).get(key));
      const bytes = new Uint8Array(await blob.arrayBuffer());
      bytes[bytes.length >> 1]! ^= 1;
      await opened(
        database
          .transaction(storeName, 'readwrite')
          .objectStore(storeName)
          .put(new Blob([bytes]), key),
      );
      database.close();
    },
    [where, part] as const,
  );
}
