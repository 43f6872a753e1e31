import { describe, expect, it } from 'vitest';
import { utf8 } from '../checkpoint/testing';
import { choiceOf } from './choice';
import { decoder } from './encoding';
import { lookAtHead } from './look';
import { RowReader } from './rows';
import type { TableRow } from './types';

const look = (text: string, name = 'a.csv') => lookAtHead(text, true, { name, encoding: 'utf-8' });

/** Every row, with the guess for a choice; undefined where there is no guess. */
function rows(text: string, name = 'a.csv'): TableRow[] | undefined {
  const choice = choiceOf(look(text, name));
  return choice && new RowReader(choice).push(text, true);
}
const brief = (found: readonly TableRow[] | undefined) =>
  found?.map(({ row, line, id, text, refused }) => [row, line, id ?? '', text ?? refused?.code]);

describe('the head of a table', () => {
  it.each<[string, string, object]>([
    ['id,prompt\n1,a quay\n', 'a.csv', { delimiter: ',', header: true, text: 1, id: 0 }],
    ['Id;Comment text;Score\n1;a quay;0\n', 'a.csv', { delimiter: ';', header: true, text: 1, id: 0 }],
    ['user\tmessage\nx\ta quay\n', 'a.tsv', { delimiter: '\t', header: true, text: 1 }],
    ['1,two boats on the quay\n2,a crate of lemons\n', 'a.csv', { delimiter: ',', header: false, text: 1 }],
    ['prompt\na boat, a quay\na crate\n', 'a.csv', { delimiter: '', header: true, text: 0 }],
    ['a boat, a quay\na crate\n', 'a.csv', { delimiter: '', header: false, text: 0 }],
    ['year,who\n1999,x\n2000,y\n', 'a.csv', { delimiter: ',', header: true }],
    ['{"id":"x","prompt":"a quay"}\n', 'a.jsonl', { format: 'jsonl', text: 1, id: 0 }],
    ['{"id":7,"body":"a quay"}\n', 'a.txt', { format: 'jsonl', text: 1, id: 0 }],
    ['"a quay"\n"a crate"\n', 'a.ndjson', { format: 'jsonl', text: 0 }],
  ])('%j', (text, name, expected) => {
    const found = look(text, name);
    expect(found).toMatchObject(expected);
    for (const key of ['text', 'id'] as const) expect(key in found).toBe(key in expected);
  });

  it('shows columns by name, with a few values, cut', () => {
    const found = look(`n,prompt\n1,${'a b '.repeat(100)}\n2,x\n`);
    expect(found.columns.map(({ name, samples }) => [name, samples.map(({ length }) => length)])).toEqual([
      ['n', [1, 1]],
      ['prompt', [200, 1]],
    ]);
  });

  it.each([
    ['', 'empty-file'],
    [' \n\n', 'empty-file'],
    ['[{"prompt":"a"}]', 'invalid-input'],
    ['[\n {"prompt":"a"}\n]', 'invalid-input'],
  ])('refuses %j', (text, code) => {
    expect(() => look(text)).toThrow(expect.objectContaining({ code }));
  });

  it('leaves the choice to somebody where nothing tells', () => {
    expect(rows('a,b\nx,y\n')).toBeUndefined();
    expect(choiceOf(look('a,b\nx,y\n'), { text: 1, header: true })).toMatchObject({
      ...{ width: 2, header: true },
      text: { at: 1 },
    });
    expect(choiceOf(look('a,b\n'), { text: 7 })).toBeUndefined();
  });
});

describe('rows of prompts', () => {
  it('are numbered, and each bad line is one with its reason', () => {
    const table = [
      ...[
        'id,prompt',
        'a,a quay',
        'b,"two\nlines"',
        'c',
        'd,one, two',
        'e,',
        'f,"open',
        'g,"x" y',
        'h,last,,',
        '',
      ],
    ].join('\n');
    expect(brief(rows(table))).toEqual([
      [1, 2, 'a', 'a quay'],
      [2, 3, 'b', 'two\nlines'],
      [3, 5, '', 'invalid-input'],
      [4, 6, '', 'invalid-input'],
      [5, 7, '', 'empty-file'],
      [6, 8, '', 'invalid-input'],
      [7, 9, '', 'invalid-input'],
      [8, 10, 'h', 'last'],
    ]);
  });

  it('of JSON, where a name stands twice or for no text', () => {
    const lines = [
      ...[
        '{"id":1,"prompt":"a quay"}',
        '{"id":2,"prompt":3}',
        '{"prompt":"a","prompt":"b"}',
        '{"prompt":',
        '',
      ],
      ...['{"__proto__":{"prompt":"x"}}', '{"id":"z","prompt":"\\ud800"}', '[]', '{"prompt":"end"}'],
    ];
    expect(brief(rows(lines.join('\n'), 'a.jsonl'))).toEqual([
      [1, 1, '1', 'a quay'],
      [2, 2, '', 'invalid-input'],
      [3, 3, '', 'invalid-input'],
      [4, 4, '', 'invalid-input'],
      [5, 6, '', 'invalid-input'],
      [6, 7, '', 'damaged-file'],
      [7, 8, '', 'invalid-input'],
      [8, 9, '', 'end'],
    ]);
    expect(({} as Record<string, unknown>).prompt).toBeUndefined();
  });

  it('A15 with bytes that are no text are refused, the rest is read', () => {
    const bytes = utf8('id,prompt\n1,a quay\n2,a cr?te\n3,a real \ufffd\n');
    bytes[bytes.indexOf(0x3f)] = 0xe9;
    const text = decoder('utf-8').push(bytes, true);
    expect(brief(rows(text))).toEqual([
      [1, 2, '1', 'a quay'],
      [2, 3, '', 'damaged-file'],
      [3, 4, '3', 'a real \ufffd'],
    ]);
  });

  it('A15 200,000 of them in no time, and nothing of what they say in what is said of them', () => {
    const choice = choiceOf(look('id,prompt\n1,x\n'))!;
    const reader = new RowReader(choice);
    const lines = Array.from({ length: 1000 }, (_, i) =>
      i % 100 === 7 ? `${i},secret,more` : `${i},a quay ${i}`,
    );
    const piece = `${lines.join('\n')}\n`;
    const start = process.cpuUsage();
    let [good, bad] = [0, 0];
    reader.push('id,prompt\n');
    for (let i = 0; i < 200; i++)
      for (const { text, refused } of reader.push(piece)) {
        if (text !== undefined) good++;
        else bad++;
        if (refused) expect(JSON.stringify(refused).includes('secret')).toBe(false);
      }
    expect([good, bad]).toEqual([198_000, 2_000]);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(3_000);
  });
});
