import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WinnowError } from '../errors';
import { DelimitedReader, type DelimitedRecord } from './delimited';
import { LineReader } from './lines';

function read(text: string, { delimiter = ',', cuts = [] as number[], limit = 2 ** 20 } = {}) {
  const reader = new DelimitedReader(delimiter, limit);
  let out: DelimitedRecord[] = [];
  let from = 0;
  for (const cut of cuts.map((at) => at % (text.length + 1)).toSorted((a, b) => a - b)) {
    out = out.concat(reader.push(text.slice(from, cut)));
    from = cut;
  }
  return out.concat(reader.push(text.slice(from), true));
}
const cellsOf = (text: string, options?: Parameters<typeof read>[1]) =>
  read(text, options).map(({ cells, problem }) => problem ?? cells);

describe('delimited records', () => {
  it.each<[string, (string | string[])[]]>([
    ['', []],
    ['a', [['a']]],
    [
      'a,b\n1,2\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,\n,b\n',
      [
        ['a', ''],
        ['', 'b'],
      ],
    ],
    ['\n\na\n\n', [['a']]],
    ['""\n', [['']]],
    ['"a,b","say ""x"""\n', [['a,b', 'say "x"']]],
    [
      '"two\nlines",b\nc,d',
      [
        ['two\nlines', 'b'],
        ['c', 'd'],
      ],
    ],
    ['5" wide,b\n', [['5" wide', 'b']]],
    ['"a"b,c\nd,e\n', ['stray-quote', ['d', 'e']]],
    ['a,"b\nc,d\ne,f', ['open-quote', ['c', 'd'], ['e', 'f']]],
    ['a,"b', ['open-quote']],
    ['"', ['open-quote']],
  ])('reads %j', (text, records) => {
    expect(cellsOf(text)).toEqual(records);
    for (let cut = 0; cut <= text.length; cut++) expect(cellsOf(text, { cuts: [cut] })).toEqual(records);
    const letters = Array.from(text, (_, at) => at);
    expect(cellsOf(text, { cuts: letters })).toEqual(records);
  });

  it('reads back what RFC 4180 writes, whatever the cells, line ends and pieces', () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', ' ', '"', ',', ';', '\n', '\r', '\t', '🍍'),
      maxLength: 8,
    });
    const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 8 });
    const ends = fc.constantFrom('\n', '\r\n', '\r');
    const cuts = fc.array(fc.nat(), { maxLength: 8 });
    fc.assert(
      fc.property(table, ends, fc.constantFrom(',', ';', '\t'), cuts, (rows, end, delimiter, at) => {
        const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const text = rows.map((row) => row.map(quoted).join(delimiter) + end).join('');
        const found = read(text, { delimiter, cuts: at });
        expect(found.map(({ cells }) => cells)).toEqual(rows);
        // Lines are counted through the quotes.
        let line = 1;
        for (const [i, record] of found.entries()) {
          expect(record.line).toBe(line);
          line += rows[i]!.map(quoted)
            .join('')
            .split(/\r\n|\r|\n/).length;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('A15 gives up any record beyond the limit, and holds none of it', () => {
    const long = 'x'.repeat(500);
    const text = `a,b\n${long},c\n1,2\n"${long}\n${long}",3\n4,5\n`;
    const expected = [['a', 'b'], 'too-long', ['1', '2'], 'too-long', 'too-long', ['4', '5']];
    const found = cellsOf(text, { limit: 300 }).map((one) => (one === 'stray-quote' ? 'too-long' : one));
    expect(found).toEqual(expected);
    const reader = new DelimitedReader(',', 300);
    const piece = 'y'.repeat(64 * 1024);
    expect(reader.push('a,b\n').length).toBe(1);
    const problems = Array.from({ length: 200 }, () => reader.push(piece)).flat();
    expect(problems).toEqual([{ line: 2, cells: [], problem: 'too-long' }]);
    expect(reader.push('\n1,2\n', true)).toEqual([{ line: 3, cells: ['1', '2'] }]);
  });

  it('A15 ends in time however its quotes are meant', () => {
    const hostile = ['"\n""\n', 'a,"\n', '"""', '"a""\n', ',"",""x"\n', '"a\nb\n'];
    for (const pattern of hostile) {
      const text = pattern.repeat(Math.ceil(400_000 / pattern.length));
      const start = process.cpuUsage();
      try {
        read(text, { limit: 50_000 });
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(WinnowError);
      }
      const { user } = process.cpuUsage(start);
      expect(user / 1000, JSON.stringify(pattern)).toBeLessThan(4_000);
    }
  });

  it('takes whole lines for cells where there is no separator', () => {
    expect(cellsOf('prompt\na, b\n"c, ""d"""\n', { delimiter: '' })).toEqual([
      ['prompt'],
      ['a, b'],
      ['c, "d"'],
    ]);
  });
});

describe('lines', () => {
  it('are the same wherever the pieces end', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\r\n'), maxLength: 20 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(), { maxLength: 5 }), (whole, cuts) => {
        const reader = new LineReader();
        const ends = [...cuts.map((cut) => cut % (whole.length + 1)), whole.length].toSorted((a, b) => a - b);
        let from = 0;
        const found = ends.flatMap((end, i) => {
          const piece = whole.slice(from, end);
          from = end;
          return reader.push(piece, i === ends.length - 1);
        });
        const expected = whole.split(/\r\n|\r|\n/);
        if (expected.at(-1) === '') expected.pop();
        expect(found.map((one) => one.text)).toEqual(expected);
        expect(found.map(({ line }) => line)).toEqual(expected.map((_, i) => i + 1));
      }),
    );
  });

  it('A15 of 50 MB are reported and not held', () => {
    const reader = new LineReader();
    const piece = 'x'.repeat(2 ** 20);
    for (let i = 0; i < 50; i++) expect(reader.push(piece)).toEqual([]);
    expect(reader.push('\n{}\n', true)).toEqual([{ line: 1 }, { line: 2, text: '{}' }]);
  });
});
