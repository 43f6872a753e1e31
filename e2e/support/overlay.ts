/** A folder that a test server lays over the build: stand-in models in the manifest, and a bare SDK page. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelManifest } from '../../src/catalog/card';
import { writeModel } from '../../src/core/onnx/write';
import { DIST } from './build';
import { type FixtureModel, fixtureModels, wrongGolden } from './fixture-models';

export interface OverlayOptions {
  /** Keep the build's own models in the list. Default true. */
  readonly starters?: boolean;
  readonly models?: readonly FixtureModel[];
}

/** Writes the overlay and returns its folder. `dist` must be built. */
export function writeOverlay(options: OverlayOptions = {}): string {
  const { starters = true, models = [...fixtureModels(), wrongGolden()] } = options;
  const folder = mkdtempSync(join(tmpdir(), 'winnow-overlay-'));
  mkdirSync(join(folder, 'models'));
  const built: ModelManifest = JSON.parse(readFileSync(join(DIST, 'models/manifest.json'), 'utf8'));
  const entries = models.map(({ card, graph }) => {
    const bytes = writeModel(graph);
    const path = `${card.id}.onnx`;
    writeFileSync(join(folder, 'models', path), bytes);
    return {
      card,
      files: [{ path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }],
    };
  });
  const manifest: ModelManifest = { version: 1, models: [...(starters ? built.models : []), ...entries] };
  writeFileSync(join(folder, 'models/manifest.json'), JSON.stringify(manifest));
  writeFileSync(
    join(folder, 'sdk.html'),
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>SDK</title><script type="module" src="sdk-page.js"></script></html>',
  );
  writeFileSync(
    join(folder, 'sdk-page.js'),
    "import * as sdk from './sdk/winnow.js';\nglobalThis.sdk = sdk;\ndocument.title = 'SDK ready';\n",
  );
  return folder;
}
