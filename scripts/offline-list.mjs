/**
 * Writes `offline.json`: the files of a build that the app keeps for visits without a network.
 *   node scripts/offline-list.mjs dist
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { servedFiles } from './headers.mjs';

/** Read by people, hosts or the browser itself; and prepared models, which are kept where models are kept. */
const LEFT_OUT =
  /^(404\.html|offline\.json|isolation\.js|third-party-licences\.txt|.*\.d\.ts|.*schema\.json|models\/prepared\/.*)$/;

/** @param {string} folder @returns {string[]} paths from the build's folder; './' is the folder itself */
export function offlineFiles(folder) {
  return ['./', ...servedFiles(folder).filter((file) => !LEFT_OUT.test(file))];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = process.argv[2] ?? 'dist';
  writeFileSync(join(folder, 'offline.json'), JSON.stringify({ version: 1, files: offlineFiles(folder) }));
}
