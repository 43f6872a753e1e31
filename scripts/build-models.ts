/**
 * Writes the models that are part of the build, and their manifest, into public/models, and names there the prepared
 * models that `npm run bundle-models` put into public/models/prepared.
 *   npm run models
 * The same sources always give the same bytes.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { catalog } from '../src/catalog';
import type { ModelFile, ModelManifest } from '../src/catalog/card';
import { PREPARED_FOLDER } from '../src/catalog/prepared';
import { offersIn } from './bundle-models/offers';
import { type BuiltModel, buildStarterImage } from './starter-image/build';

const BUDGET = 4e6; // bytes on the wire, both starters together

async function buildAll(): Promise<BuiltModel[]> {
  const models = [buildStarterImage()];
  const root = join(import.meta.dirname, '..');
  const parts = [
    'scripts/starter-text/build.ts',
    'src/catalog/starter-text.ts',
    'src/catalog/weights/starter-text.bin',
  ];
  const missing = parts.find((part) => !existsSync(join(root, part)));
  if (missing) console.log(`starter-text: not built, because ${missing} does not exist yet.`);
  else models.push((await import(join(root, parts[0]!))).buildStarterText());
  return models;
}

async function write(models: readonly BuiltModel[]): Promise<void> {
  const folder = join(import.meta.dirname, '..', 'public', 'models');
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder))
    if (name !== PREPARED_FOLDER) await rm(join(folder, name), { recursive: true });
  let wire = 0;
  const listed: { card: BuiltModel['card']; files: ModelFile[] }[] = [];
  for (const { card, files } of models) {
    const entries: ModelFile[] = [];
    for (const [path, bytes] of files) {
      await writeFile(join(folder, path), bytes);
      const gzip = gzipSync(bytes, { level: 9 }).byteLength;
      wire += gzip;
      entries.push({
        path,
        bytes: bytes.byteLength,
        sha256: createHash('sha256').update(bytes).digest('hex'),
      });
      console.log(`${path}: ${bytes.byteLength} bytes, ${gzip} with gzip`);
    }
    listed.push({ card, files: entries });
  }
  const prepared = await offersIn(join(folder, PREPARED_FOLDER), catalog);
  for (const { id, bytes } of prepared) console.log(`${id}: prepared, ${bytes} bytes`);
  const manifest: ModelManifest = {
    ...{ version: 1, models: listed },
    ...(prepared.length > 0 && { prepared }),
  };
  await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  if (wire > BUDGET) throw new Error(`The models have ${wire} bytes with gzip; the budget is ${BUDGET}.`);
}

await write(await buildAll());
