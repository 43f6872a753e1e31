/** Damaged archives and tables on their way into triage: `npm run soak -- inputs [--count n] [--seed n]`. */

import { parseArgs } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import type { Random } from '../../e2e/hostile/random';
import type { ByteSource } from '../../src/core/checkpoint/source';
import { joined, utf8 } from '../../src/core/checkpoint/testing';
import { zipFile } from '../../src/core/checkpoint/testing-zip';
import { choiceOf } from '../../src/core/tables/choice';
import { lookAtTable, readTable } from '../../src/runtime/inputs/tables';
import { listZip } from '../../src/runtime/inputs/zip';
import { openZipEntry } from '../../src/runtime/inputs/zip-entry';
import { campaign } from './campaign';
import { type Format, SLACK } from './format';
import { mutate } from './mutations';

const WORDS = utf8('Two boats and a crate of pineapple on the quay. '.repeat(20));
const ENTRIES = ['a.png', 'b/c.png', 'd.txt', 'e.bin', 'f.png'];

function archive(): Uint8Array {
  return zipFile(
    ENTRIES.map((name, at) => {
      const data = joined(utf8(`${at} `), WORDS);
      return at % 2 === 0 ? { name, data, packed: deflateRawSync(data) } : { name, data };
    }),
    'a comment',
  );
}

/** Blobs of the files, whose reads count as the source's. */
async function blobOf(source: ByteSource): Promise<Blob> {
  return new Blob([(await source.read(0, source.size)) as Uint8Array<ArrayBuffer>]);
}

const zip: Format = {
  slack: SLACK,
  whole: () => ({ 'a.zip': archive() }),
  damaged: (random) => oneOf('a.zip', archive(), random),
  async read([source]) {
    const { entries } = await listZip(source!);
    const blob = await blobOf(source!);
    let [opened, refused] = [0, undefined as unknown];
    for (const { ref, refused: why } of entries) {
      if (why) continue;
      try {
        const { size } = await openZipEntry(blob, ref);
        // What was said, or nothing.
        if (size !== ref.bytes) throw new Error(`${size} bytes came of an entry of ${ref.bytes}`);
        opened++;
      } catch (thrown) {
        refused = thrown;
      }
    }
    // An entry's own error is the file's here: the others were opened all the same.
    if (refused) throw refused;
    if (opened < ENTRIES.length && opened < entries.length)
      throw (await firstRefusal(entries)) ?? new Error('Lost.');
  },
};

async function firstRefusal(entries: Awaited<ReturnType<typeof listZip>>['entries']): Promise<unknown> {
  const { deserializeError } = await import('../../src/core/errors');
  const refused = entries.find((one) => one.refused)?.refused;
  return refused && deserializeError(refused);
}

const LINES = Array.from({ length: 30 }, (_, at) => `${at},"A quay, ${at}",é${at}`);
const TABLES: Readonly<Record<string, string>> = {
  csv: ['id,prompt,note', ...LINES].join('\r\n'),
  jsonl: LINES.map((_, at) => JSON.stringify({ id: at, prompt: `A quay ${at}`, tags: ['a', { b: 1 }] })).join(
    '\n',
  ),
};

/** Every line must be a row: a good one, or one with its reason. */
function table(name: string): Format {
  const bytes = utf8(TABLES[name]!);
  return {
    whole: () => ({ [`a.${name}`]: bytes }),
    damaged: (random) => oneOf(`a.${name}`, bytes, random),
    async read([source]) {
      const blob = await blobOf(source!);
      const { look } = await lookAtTable(blob, source!.name);
      const choice = look && choiceOf(look);
      if (!choice) return;
      let before = 0;
      await readTable(blob, choice, (rows) => {
        for (const { row, text, refused } of rows) {
          if (row !== ++before) throw new Error(`Row ${row} follows row ${before - 1}`);
          if ((text === undefined) === (refused === undefined))
            throw new Error(`Row ${row} is neither or both`);
        }
      });
    },
  };
}

function oneOf(name: string, bytes: Uint8Array, random: Random) {
  const { bytes: broken, what } = mutate(bytes, random);
  return { files: { [name]: broken }, what };
}

export const INPUTS: Readonly<Record<string, Format>> = { zip, csv: table('csv'), jsonl: table('jsonl') };

/** Prints what became of them; 0 when all ended as they must. */
export async function soakInputs(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      count: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    },
  });
  let problems = 0;
  for (const [name, format] of Object.entries(INPUTS)) {
    const report = await campaign(format, { count: Number(values.count), seed: Number(values.seed) });
    const { milliseconds, seed } = report.slowest;
    console.log(
      `${name}: ${values.count} files, seed ${values.seed}; slowest ${milliseconds.toFixed(1)} ms, seed ${seed}`,
    );
    for (const [ending, count] of report.endings) console.log(`${String(count).padStart(9)}  ${ending}`);
    for (const problem of report.problems.slice(0, 20)) console.log(`WRONG  ${problem}`);
    problems += report.problems.length;
  }
  return problems === 0 ? 0 : 1;
}
