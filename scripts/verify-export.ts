/**
 * `npm run verify-export -- FILE [--head HASH]`: whether a run that Winnow exported is as it was written. Exit code 0 when
 * it is, 1 when not, 2 when it was not asked rightly. `--head`: the hash of the last record as somebody noted it down.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { WinnowError } from '../src/core/errors';
import { RunFileCheck, type RunSummary } from '../src/core/triage/run-file';

/** Node's own, so that this does not rest on what wrote the file. */
const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');

/** Reads line by line. Throws WinnowError at the first that is not as it was written, with `data.line` and `data.seq`. */
export async function verifyExport(file: string): Promise<RunSummary> {
  const check = new RunFileCheck(sha256);
  const input = createReadStream(file, 'utf8');
  // By line feeds alone: readline would also part lines at other ends, and hide that one was changed.
  let rest = '';
  for await (const piece of input) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    for (const line of lines) check.next(line);
  }
  if (rest !== '') check.next(rest);
  return check.end();
}

/** What to print, and the exit code. */
export async function report(args: readonly string[]): Promise<{ text: string; code: number }> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { head: { type: 'string' } },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1)
    return { text: 'Say which file: npm run verify-export -- FILE [--head HASH]', code: 2 };
  try {
    const { header, tail, items, scores, records } = await verifyExport(file);
    if (values.head !== undefined && values.head.toLowerCase() !== tail.hash)
      return {
        text: `WRONG  The last record's hash is ${tail.hash}, not the one that was noted down.`,
        code: 1,
      };
    const counts = `${items} items, ${scores} scores, ${records} records`;
    return { text: `RIGHT  Run ${header.id}: ${counts}. Hash of the last record: ${tail.hash}`, code: 0 };
  } catch (thrown) {
    if (thrown instanceof WinnowError) {
      const { seq, line } = thrown.data;
      const where =
        seq !== undefined ? `Record ${seq}, line ${line}: ` : line !== undefined ? `Line ${line}: ` : '';
      return { text: `WRONG  ${where}${thrown.message}`, code: 1 };
    }
    const missing = (thrown as { code?: unknown }).code === 'ENOENT';
    return { text: missing ? `There is no file ${file}.` : String(thrown), code: 2 };
  }
}

if (process.argv[1]?.endsWith('verify-export.ts')) {
  const { text, code } = await report(process.argv.slice(2));
  console.log(text);
  process.exitCode = code;
}
