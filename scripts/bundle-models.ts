/**
 * Prepares models from their published files, for a site to host them beside the app: docs/deploy/prepared-models.md.
 *   npm run bundle-models -- <id>… [--files DIR] [--precision exact|int8|int8-blocks|half] [--all] [--card FILE] [--out DIR]
 * Reads DIR/<id>/ (default `model-files`). Writes public/models/prepared, which the next build takes in; with a finished
 * build as `--out`, such as `dist`, its models/prepared, and names them in its list.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { catalog } from '../src/catalog';
import type { ModelCard } from '../src/catalog/card';
import { cardProblem } from '../src/catalog/check';
import { PREPARED_FOLDER, type PreparedModel, preparedFiles } from '../src/catalog/prepared';
import type { Precision } from '../src/core/policy/types';
import { bundleModel } from './bundle-models/bundle';
import { isBuild, nameInBuild } from './bundle-models/offers';

const PUBLIC = join(import.meta.dirname, '..', 'public', 'models', PREPARED_FOLDER);
const PRECISIONS = ['exact', 'int8', 'int8-blocks', 'half'];

interface Choice {
  readonly card: ModelCard;
  readonly own: boolean;
}

/** The card of an id of the catalog. Throws an Error for others. */
function listed(id: string): Choice {
  const card = catalog.find((each) => each.id === id && each.install);
  if (card) return { card, own: false };
  const ids = catalog.filter(({ install }) => install).map((each) => each.id);
  throw new Error(`There is no model ${id}. There are ${ids.join(', ')}; for another, give its --card.`);
}

function brought(file: string): Choice {
  const card: ModelCard = JSON.parse(readFileSync(file, 'utf8'));
  const problem = cardProblem(card, { draft: true });
  if (problem !== undefined) throw new Error(`The card in ${file} ${problem}.`);
  if (!card.install) throw new Error(`The card in ${file} does not say what it is installed from (install).`);
  if (catalog.some(({ id }) => id === card.id))
    throw new Error(`${card.id} is in the catalog. Give your card an id of its own.`);
  return { card, own: true };
}

function said(prepared: PreparedModel, milliseconds: number): string {
  const { card, bytes, precision } = prepared;
  const files = preparedFiles(prepared).length;
  const megabytes = (bytes / 1e6).toFixed(1);
  return `${card.id}: ${megabytes} MB (${bytes} bytes) in ${files} files, ${precision}, ${(milliseconds / 1000).toFixed(1)} s`;
}

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      files: { type: 'string', default: 'model-files' },
      precision: { type: 'string' },
      out: { type: 'string', default: PUBLIC },
      card: { type: 'string' },
      all: { type: 'boolean', default: false },
    },
  });
  const { precision } = values;
  if (precision !== undefined && !PRECISIONS.includes(precision))
    throw new Error(`${precision} is no precision that runs here: ${PRECISIONS.join(' or ')}.`);
  const choices = [
    ...new Set(positionals.filter((id) => !values.card || id !== brought(values.card).card.id)),
  ].map(listed);
  if (values.card) choices.push(brought(values.card));
  if (choices.length === 0)
    throw new Error('Which models? npm run bundle-models -- <id>… [--files DIR] [--out DIR]');
  const build = isBuild(values.out);
  const out = build ? join(values.out, 'models', PREPARED_FOLDER) : values.out;
  for (const { card, own } of choices) {
    const started = performance.now();
    const prepared = await bundleModel({
      ...{ card, own, out, all: values.all, files: join(values.files, card.id) },
      precision: precision as Precision | undefined,
    });
    console.log(said(prepared, performance.now() - started));
    if (card.install?.gated)
      console.log(`${card.id}: its authors ask for an agreement. Host it only where theirs allows it.`);
  }
  if (build) console.log(`${values.out} offers ${await nameInBuild(values.out, catalog)} prepared models.`);
  else if (values.out === PUBLIC) console.log('npm run build takes them in.');
  else console.log(`They are in ${values.out}, which is no build: it goes to public/models/prepared.`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
