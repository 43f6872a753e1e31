/** Writes what a card's files were found to be into the card's own source. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pins } from './pin';

/** The card's file in a folder of cards. Throws where there is none. */
export function cardFile(folder: string, id: string): string {
  const named = readdirSync(folder).filter((name) => /^[\w-]+\.ts$/.test(name));
  const found = named.find((name) => readFileSync(join(folder, name), 'utf8').includes(`\n  id: '${id}',`));
  if (!found) throw new Error(`There is no card of ${id} in ${folder}.`);
  return join(folder, found);
}

export function writeCard(path: string, pins: Pins): void {
  writeFileSync(path, withPins(readFileSync(path, 'utf8'), pins));
}

/** A card's source with its commit, and bytes and hashes of its own repository's files. Throws for a file it does not list. */
export function withPins(source: string, { revision, files }: Pins): string {
  let text = source.replace(/(\n {2}source: \{[^}]*?revision: )'[^']*'/, `$1'${revision}'`);
  if (text === source && !source.includes(`'${revision}'`)) throw new Error('The card names no revision.');
  for (const { path, bytes, sha256, chunkSha256 } of files) {
    const named = `path: '${path}'`;
    const at = text.indexOf(named);
    if (at === -1) throw new Error(`The card does not list ${path}.`);
    const start = text.lastIndexOf('{', at);
    const end = text.indexOf('}', at);
    const entry = text.slice(start, end);
    if (entry.includes('from:')) throw new Error(`${path} is of another repository.`);
    const bare = entry
      .replace(/\s*\bbytes: [\d_]+,?/, '')
      .replace(/\s*\bsha256: '[0-9a-f]*',?/, '')
      .replace(/\s*\bchunkSha256: \[[^\]]*\],?/, '');
    const chunks = chunkSha256 ? `, chunkSha256: [${chunkSha256.map((hash) => `'${hash}'`).join(', ')}]` : '';
    const known = `${named}, bytes: ${grouped(bytes)}, sha256: '${sha256}'${chunks}`;
    text = text.slice(0, start) + bare.replace(named, known) + text.slice(end);
  }
  return text;
}

const grouped = (bytes: number): string => String(bytes).replace(/\B(?=(\d{3})+$)/g, '_');
