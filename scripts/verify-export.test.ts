import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Journal } from '../src/core/triage/journal';
import { exportRun } from '../src/core/triage/run-file';
import { testChain, testHeader, testItem } from '../src/core/triage/testing';
import { report } from './verify-export';

const folder = mkdtempSync(join(tmpdir(), 'winnow-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

const header = testHeader();
const items = [0, 1, 2].map((at) => testItem(at));
const records = testChain(header, items, ['clear', 'block', 'skip', 'undo', 'escalate']);
const journal = new Journal();
for (const record of records) journal.apply(record);
const { name, models, thresholds, settings } = header;
const text = [
  ...exportRun({
    header,
    now: { name, models, thresholds, settings },
    items,
    scores: new Map(),
    records,
    journal,
  }),
].join('');

function written(content: string | Uint8Array): string {
  const file = join(folder, 'run.jsonl');
  writeFileSync(file, content);
  return file;
}

describe('npm run verify-export', () => {
  it('says RIGHT of what was exported, with the last hash, which can be compared', async () => {
    const { text: said, code } = await report([written(text)]);
    expect(said).toBe(
      `RIGHT  Run ${header.id}: 3 items, 0 scores, 5 records. Hash of the last record: ${records[4]!.hash}`,
    );
    expect(code).toBe(0);
    expect((await report([written(text), '--head', records[4]!.hash.toUpperCase()])).code).toBe(0);
    expect(await report([written(text), '--head', records[3]!.hash])).toMatchObject({ code: 1 });
  });

  it('names the first record that is not as it was written', async () => {
    const lines = text.split('\n');
    const at = (seq: number) => lines.findIndex((line) => line.includes(`"seq":${seq},`));
    const altered = text.replace('"decision":"block"', '"decision":"clear"');
    expect(await report([written(altered)])).toMatchObject({
      code: 1,
      text: expect.stringMatching(/^WRONG {2}Record 2, line 7: .*not as it was written/),
    });
    const dropped = lines.toSpliced(at(3), 1).join('\n');
    expect(await report([written(dropped)])).toMatchObject({
      code: 1,
      text: expect.stringContaining('Record 3,'),
    });
    const cut = lines.toSpliced(at(5), 1).join('\n');
    expect(await report([written(cut)])).toMatchObject({
      code: 1,
      text: expect.stringContaining('Record 5,'),
    });
    for (const bad of [
      '',
      'hello',
      text.slice(0, -9),
      `${text}\r`,
      text.replace('\n', '\r\n'),
      Uint8Array.of(0xff, 0xfe),
    ])
      expect((await report([written(bad)])).code).toBe(1);
  });

  it('runs as a command, and says how when it is not asked rightly', async () => {
    const run = (...args: string[]) => {
      try {
        return [0, execFileSync('npx', ['tsx', 'scripts/verify-export.ts', ...args], { encoding: 'utf8' })];
      } catch (error) {
        const { status, stdout } = error as { status: number; stdout: string };
        return [status, stdout];
      }
    };
    expect(run(written(text))).toEqual([0, expect.stringMatching(/^RIGHT/)]);
    expect(run(written(text.replace('B', 'C')))).toEqual([1, expect.stringMatching(/^WRONG/)]);
    expect(await report([])).toMatchObject({ code: 2 });
    expect(await report([join(folder, 'nothing')])).toMatchObject({ code: 2 });
  });
});
