/** SECURITY.md says what the code does: headers, limits, and tests that exist. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MOST_FILE_BYTES, MOST_FILES, MOST_MANIFEST_BYTES } from '../src/catalog/prepared';
import { CONFIG_LIMIT, TOKENIZER_LIMIT } from '../src/core/checkpoint/open';
import { HEADER_LIMIT, TENSOR_LIMIT } from '../src/core/checkpoint/safetensors';
import * as limits from '../src/core/image/limits';
import { MOST_BYTES, MOST_NODES } from '../src/core/onnx/read';
import { RECORD_LIMIT } from '../src/core/tables/delimited';
import { MOST_ITEMS } from '../src/core/triage/run-file';
import { MAX_LINE } from '../src/core/triage/run-lines';
import { ROW_LIMIT } from '../src/runtime/inputs/tables';
import { ZIP_LIMITS } from '../src/runtime/inputs/zip';
import { MAX_FILE } from '../src/runtime/triage/lines';
import { UNPACK_LIMITS } from '../src/runtime/unpack';
import { commonHeaders, cspOf, HSTS, type Kind } from './header-rules.mjs';
import { filesUnder } from './source-graph';

const text = readFileSync('SECURITY.md', 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.slice(2, -2).split(' | '));
const cell = (name: string) => rows.find(([first]) => first === name)?.[1] ?? '';

it('the table of policies is the rules', () => {
  const sealed = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  expect(text).toContain(`\`${sealed}\``);
  const kinds: [string, Kind][] = [
    ['pages', 'page'],
    ["inference worker, ONNX Runtime's threads", 'inference'],
    ['download worker', 'download'],
    ['isolation service worker', 'service-worker'],
    ['everything else', 'other'],
  ];
  for (const [name, kind] of kinds) {
    const shown = /`([^`]+)`/.exec(cell(name))?.[1] ?? '';
    expect(shown.includes('…') ? shown.replace('…', sealed) : `${shown}; ${sealed}`, name).toBe(cspOf(kind));
  }
});

it('the table of headers is the rules', () => {
  for (const [name, value] of Object.entries(commonHeaders()))
    expect(cell(name), name).toContain(name === 'Permissions-Policy' ? 'clipboard-write' : `\`${value}\``);
  expect(HSTS).toBe('max-age=63072000; includeSubDomains');
});

it('the limits are the code’s', () => {
  const number = (name: string) => Number(/[\d,]+/.exec(cell(name))?.[0]?.replaceAll(',', ''));
  expect(number('size of a file') * 1024 * 1024).toBe(limits.MAX_FILE_BYTES);
  expect(number('picture') * 1e6).toBe(limits.MAX_PIXELS);
  expect(number('side of a picture')).toBe(limits.MAX_SIDE);
  expect(number('decoding') * 1000).toBe(limits.DECODE_DEADLINE_MS);
  expect(number('animation')).toBe(limits.MAX_SAMPLED_FRAMES);
  expect(number('metadata of a PNG chunk')).toBe(limits.MAX_PNG_METADATA_BYTES);
  expect(number('blocks before the picture itself')).toBe(limits.MAX_HEADER_BLOCKS);
  const mebibytes = (bytes: number, count?: number) =>
    count === undefined ? `${bytes / 2 ** 20} MiB` : `${bytes / 2 ** 20} MiB, ${count.toLocaleString('en')}`;
  expect(cell('header of a safetensors file')).toContain(mebibytes(HEADER_LIMIT, TENSOR_LIMIT));
  expect(cell('graph of an ONNX file, weights aside')).toContain(mebibytes(MOST_BYTES, MOST_NODES));
  expect(cell('configuration of a model')).toBe(mebibytes(CONFIG_LIMIT));
  expect(cell('tokenizer')).toBe(mebibytes(TOKENIZER_LIMIT));
  const prepared = `${MOST_FILES.toLocaleString('en')} files of ${mebibytes(MOST_FILE_BYTES)}`;
  expect(cell('manifest of a prepared model, and a file of one')).toBe(
    `${mebibytes(MOST_MANIFEST_BYTES)}, ${prepared}`,
  );
  expect(number('archive of a model')).toBe(UNPACK_LIMITS.entries);
  expect(cell('archive of a model')).toContain(mebibytes(UNPACK_LIMITS.bytes));
  const { entries, entryBytes } = ZIP_LIMITS;
  expect(cell('archive of pictures, and an entry of one')).toBe(
    `${entries.toLocaleString('en')} entries, ${mebibytes(entryBytes)}`,
  );
  expect(cell('run file, a line and the items of one')).toBe(
    `${mebibytes(MAX_FILE)}, ${MAX_LINE.toLocaleString('en')} characters, ${MOST_ITEMS.toLocaleString('en')} items`,
  );
  expect(cell('table of prompts, and a row of one')).toBe(
    `${ROW_LIMIT.toLocaleString('en')} rows, ${RECORD_LIMIT.toLocaleString('en')} characters`,
  );
});

it('every proof it names is the title of a test', () => {
  const tests = ['src', 'scripts', 'e2e'].flatMap((folder) => filesUnder(folder, ['.test.ts', '.spec.ts']));
  const titles = tests.map((path) => readFileSync(path, 'utf8')).join('\n');
  const proofs = rows.filter(([first]) => /^P\d+$/.test(first ?? '')).map(([, , proof = '']) => proof);
  expect(proofs).toHaveLength(13);
  const ids = new Set(proofs.join(' ').match(/\b[A-Z]{1,2}\d{1,2}\b/g));
  const missing = [...ids].filter((id) => !new RegExp(`['"\`][^'"\`\\n]*\\b${id}\\b`).test(titles));
  expect(missing).toEqual([]);
});
