/** Which prepared models lie in a folder, as a build's list of models says it. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelCard, ModelManifest } from '../../src/catalog/card';
import { preparedProblem } from '../../src/catalog/fits';
import {
  PREPARED_FOLDER,
  PREPARED_MANIFEST,
  type PreparedModel,
  type PreparedOffer,
  parseOffers,
  parsePrepared,
  preparedFiles,
} from '../../src/catalog/prepared';
import { writeWhole } from './pieces';

/**
 * The models of a folder of prepared ones, by name; none when it is not there. Throws an Error when one is incomplete,
 * or was made for another card than that of its id among `cards`, the catalog: the app would refuse it.
 */
export async function offersIn(folder: string, cards: readonly ModelCard[]): Promise<PreparedOffer[]> {
  if (!existsSync(folder)) return [];
  const offers: PreparedOffer[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name, PREPARED_MANIFEST);
    if (!entry.isDirectory() || !existsSync(path)) continue;
    const bytes = await readFile(path);
    const prepared = parsePrepared(bytes);
    const { id } = prepared.card;
    if (id !== entry.name) throw new Error(`${path} is of ${id}. Give its folder that name.`);
    const listed = cards.find((card) => card.id === id);
    const problem = listed && preparedProblem(listed, prepared);
    if (problem !== undefined)
      throw new Error(`${path} ${problem}. Run npm run bundle-models -- ${id} again, or delete its folder.`);
    await checkFiles(join(folder, entry.name), prepared);
    offers.push({
      ...{ id, precision: prepared.precision, bytes: prepared.bytes },
      manifest: { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') },
      ...(!listed && { card: prepared.card }),
    });
  }
  return [...parseOffers(JSON.parse(JSON.stringify(offers)))];
}

async function checkFiles(folder: string, prepared: PreparedModel): Promise<void> {
  for (const { path, bytes } of preparedFiles(prepared)) {
    const found = await stat(join(folder, path)).catch(() => undefined);
    if (found?.size !== bytes)
      throw new Error(`${join(folder, path)} is missing or incomplete. Make ${prepared.card.id} again.`);
  }
}

/** Whether a folder is a finished build. */
export const isBuild = (folder: string): boolean => existsSync(join(folder, 'models', 'manifest.json'));

/** Names the prepared models of a finished build in its list. Returns how many there are. */
export async function nameInBuild(build: string, cards: readonly ModelCard[]): Promise<number> {
  const path = join(build, 'models', 'manifest.json');
  const manifest: ModelManifest = JSON.parse(await readFile(path, 'utf8'));
  const offers = await offersIn(join(build, 'models', PREPARED_FOLDER), cards);
  const { prepared: _, ...rest } = manifest;
  const next: ModelManifest = { ...rest, ...(offers.length > 0 && { prepared: offers }) };
  await writeWhole(path, `${JSON.stringify(next, null, 2)}\n`);
  return offers.length;
}
