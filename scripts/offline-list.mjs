/**
 * Writes `offline.json`: the files of a build that the app keeps for visits without a network, and those that it keeps once
 * they were needed.
 *   node scripts/offline-list.mjs dist
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { servedFiles } from './headers.mjs';

/** Read by people, hosts or the browser itself; and prepared models, which are kept where models are kept. */
const LEFT_OUT =
  /^(404\.html|offline\.json|isolation\.js|third-party-licences\.txt|.*\.d\.ts|.*schema\.json|models\/prepared\/.*)$/;

/** WebGPU's runtime, 17 or 27 MB, of which a browser needs one: by what ONNX Runtime's package and the engine are called. */
const ENGINE = /^assets\/ort-webgpu-/;
const PARTS = {
  jspi: /^assets\/ort(-wasm-simd-threaded)?\.jspi\b/,
  asyncify: /^assets\/ort(-wasm-simd-threaded)?\.(asyncify|webgpu)\b/,
};

/** @param {string} folder @returns {string[]} paths from the build's folder; './' is the folder itself */
export function offlineFiles(folder) {
  const later = new Set(Object.values(offlineParts(folder)).flat());
  return ['./', ...servedFiles(folder).filter((file) => !LEFT_OUT.test(file) && !later.has(file))];
}

/** @param {string} folder @returns {Record<string, string[]>} paths by what they are a part of */
export function offlineParts(folder) {
  const files = servedFiles(folder);
  const parts = Object.entries(PARTS).map(([name, pattern]) => {
    return [name, files.filter((file) => pattern.test(file) || ENGINE.test(file))];
  });
  return Object.fromEntries(parts);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? 'dist';
  const list = { version: 1, files: offlineFiles(folder), parts: offlineParts(folder) };
  writeFileSync(join(folder, 'offline.json'), JSON.stringify(list));
}
