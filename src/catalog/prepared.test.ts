/** Manifests of prepared models: what is read, and that nothing in one leads out of its folder or beyond its files. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidError } from '../core/errors';
import type { ModelCard } from './card';
import { cardOfPrepared, preparedProblem } from './fits';
import { marqoNsfw384 } from './marqo-nsfw-384';
import { MOST_FILE_BYTES, parseOffers, parsePrepared, preparedFiles } from './prepared';
import { qwen3CsamGuard } from './qwen3-csam-guard';

const hash = (digit: string) => digit.repeat(64);
const file = (path: string, bytes: number, digit = 'a') => ({ path, bytes, sha256: hash(digit) });
const layout = {
  ...{ version: 1, seenBytes: 256, keptBytes: 128, tables: [] },
  weights: [{ seen: { offset: 0, length: 256 }, place: { offset: 0, length: 128 }, widen: 'F16' }],
};
const pieces = {
  'network.graph': [file('network.graph.000.part', 100)],
  'network.weights': [file('network.weights.000.part', 100), file('network.weights.001.part', 28, 'b')],
};
/** Of a model that could be; what is changed of it says what must be noticed. */
const manifest = (more: Record<string, unknown> = {}) => ({
  ...{ version: 1, card: marqoNsfw384, precision: 'exact', bytes: 228, pieces, layouts: { network: layout } },
  files: [{ name: 'marqo-nsfw-384/model.safetensors', bytes: 1000, sha256: hash('c') }],
  ...more,
});
const guard = (more: Record<string, unknown> = {}) =>
  manifest({
    ...{ card: qwen3CsamGuard, precision: 'int8', bytes: 278 },
    pieces: { ...pieces, tokenizer: [file('tokenizer.000.part', 50)] },
    ...more,
  });
const parse = (value: unknown) =>
  parsePrepared(new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)));

describe('parsePrepared', () => {
  it('reads a manifest, its files in the order in which they are kept', () => {
    const prepared = parse(manifest());
    expect(prepared).toEqual(manifest());
    expect(preparedFiles(prepared).map(({ bytes }) => bytes)).toEqual([100, 100, 28]);
    expect(parse(guard()).pieces.tokenizer).toHaveLength(1);
  });

  const withFile = (entry: unknown) =>
    manifest({ pieces: { ...pieces, 'network.graph': [entry] }, bytes: 228 });
  const withCard = (more: Record<string, unknown>) => manifest({ card: { ...marqoNsfw384, ...more } });
  const REFUSED: [title: string, value: unknown][] = [
    ['a page', '<!doctype html>'],
    ['two values under one name', JSON.stringify(manifest()).replace('{', '{"version":1,')],
    ['another version', manifest({ version: 2 })],
    ['a precision that nobody has', manifest({ precision: 'int4' })],
    ['no precision', manifest({ precision: undefined })],
    ['a path out of the folder', withFile(file('../network.graph', 100))],
    ['a path on another host', withFile(file('https://elsewhere.example/x', 100))],
    ['a folder in a path', withFile(file('a/b', 100))],
    ['a hidden file', withFile(file('.htaccess', 100))],
    ['its own name as a file', withFile(file('manifest.json', 100))],
    ['a hash that is none', withFile({ ...file('x', 100), sha256: hash('A') })],
    ['a size that is none', withFile({ ...file('x', 100), bytes: 99.5 })],
    ['an empty file', withFile(file('x', 0))],
    ['a file beyond the limit', manifest({ ...withFile(file('x', MOST_FILE_BYTES + 1)), bytes: 20971649 })],
    ['a file twice', withFile(file('network.weights.000.part', 100))],
    ['another sum', manifest({ bytes: 229 })],
    ['a piece of no known kind', manifest({ pieces: { ...pieces, extra: [file('x', 1)] }, bytes: 229 })],
    ['a piece named as what every object has', manifest({ pieces: { ...pieces, constructor: [] } })],
    ['a graph without a file', manifest({ pieces: { ...pieces, 'network.graph': [] }, bytes: 128 })],
    ['no network', manifest({ layouts: {} })],
    ['a layout of no known kind', manifest({ layouts: { network: layout, tail: layout } })],
    ['a layout without its files', manifest({ layouts: { network: layout, head: layout } })],
    [
      'files without their layout',
      manifest({ pieces: { ...pieces, 'head.graph': [file('h', 1)] }, bytes: 229 }),
    ],
    ['weights of another size', manifest({ layouts: { network: { ...layout, keptBytes: 129 } } })],
    [
      'a weight past the end',
      manifest({
        layouts: {
          network: { ...layout, weights: [{ ...layout.weights[0], place: { offset: 64, length: 128 } }] },
        },
      }),
    ],
    ['a tokenizer of no use', guard({ card: marqoNsfw384 })],
    ['no tokenizer', manifest({ card: qwen3CsamGuard })],
    ['files that are no list', manifest({ files: { length: 1 } })],
    ['a card that is none', manifest({ card: null })],
    ['a label twice', withCard({ labels: [{ name: 'NSFW' }, { name: 'NSFW' }] })],
    ['an input of no size', withCard({ input: { ...marqoNsfw384.input, width: 0 } })],
    ['an input of 10,000 pixels', withCard({ input: { ...marqoNsfw384.input, height: 10_000 } })],
    ['a standard deviation of 0', withCard({ input: { ...marqoNsfw384.input, std: [0.5, 0, 0.5] } })],
    ['a mean of two numbers', withCard({ input: { ...marqoNsfw384.input, mean: [0.5, 0.5] } })],
    ['another resampling', withCard({ input: { ...marqoNsfw384.input, resample: 'nearest' } })],
    ['an address that is code', withCard({ source: { ...marqoNsfw384.source, url: 'javascript:0' } })],
    ['words that are a number', withCard({ limits: [5] })],
    ['words without end', withCard({ summary: 'x'.repeat(4_001) })],
    ['a check that passes everything', withCard({ selfTest: { tolerance: 1, cases: [] } })],
    ['an embedding of no width', withCard({ embedding: { width: 0, normalised: true } })],
  ];
  it.each(REFUSED)('N20: refuses %s', (_, value) => {
    expect(() => parse(value)).toThrow(InvalidError);
  });

  it('N20: refuses one that is too large before it reads it', () => {
    expect(() => parsePrepared(new Uint8Array(5 * 2 ** 20))).toThrow(/too large/);
  });
});

/** Anything JSON can say that somebody might put in place of what belongs there. */
const HOSTILE: readonly unknown[] = [
  ...[null, true, '', 'x', '../..', '__proto__', 'constructor', [], {}, [[]], -1, 0, 0.5, 1e308],
  ...[2 ** 53, Number.MAX_SAFE_INTEGER, 'a'.repeat(600), hash('f'), hash('F'), { length: 3 }],
  ...[Array.from({ length: 300 }, () => 0), 'https://elsewhere.example/', 'a\u0000b', '\ud800'],
];

/** Every place in a value, as the way to it. */
function places(value: unknown, way: readonly (string | number)[] = []): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null) return [way];
  return [way, ...Object.entries(value).flatMap(([key, part]) => places(part, [...way, key]))];
}

type Edit = { kind: 'set'; value: unknown } | { kind: 'delete' } | { kind: 'double' } | { kind: 'rename' };

function edited(value: unknown, way: readonly (string | number)[], edit: Edit): unknown {
  const copy = structuredClone(value);
  const last = way.at(-1);
  if (last === undefined) return edit.kind === 'set' ? edit.value : copy;
  // biome-ignore lint/suspicious/noExplicitAny: any place of any value.
  const parent = way.slice(0, -1).reduce((at: any, key) => at[key], copy) as any;
  if (edit.kind === 'set') parent[last] = edit.value;
  else if (edit.kind === 'double' && Array.isArray(parent))
    parent.push(structuredClone(parent[Number(last)]));
  else if (edit.kind === 'rename') parent[`${last}x`] = parent[last];
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return copy;
}

/** What must hold of whatever is accepted. */
function expectSound(bytes: Uint8Array): void {
  let prepared: ReturnType<typeof parsePrepared>;
  try {
    prepared = parsePrepared(bytes);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(InvalidError);
    expect((thrown as InvalidError).message.length).toBeLessThan(1_000);
    return;
  }
  const files = preparedFiles(prepared);
  expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(prepared.bytes);
  for (const { path, bytes, sha256 } of files) {
    expect(path).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(bytes > 0 && bytes <= MOST_FILE_BYTES).toBe(true);
  }
  for (const { keptBytes, weights } of Object.values(prepared.layouts))
    for (const { place } of weights) expect(place.offset + place.length).toBeLessThanOrEqual(keptBytes);
  // What is altered in labels, input or origin is refused by the app's card, or was not altered.
  const ours = prepared.card.id === marqoNsfw384.id ? marqoNsfw384 : qwen3CsamGuard;
  if (preparedProblem(ours, prepared) === undefined) {
    const names = ({ labels }: ModelCard) => labels.map(({ name }) => name);
    expect(names(prepared.card)).toEqual(names(ours));
    expect(prepared.card.input).toEqual(ours.input);
  }
}

describe('hostile manifests', () => {
  it('N20: 4,000 edits of a manifest are read whole or refused with a reason', () => {
    const bases = [manifest(), guard()];
    const ways = bases.map((value) => places(JSON.parse(JSON.stringify(value))));
    const edit = fc.oneof(
      fc.constantFrom(...HOSTILE).map((value) => ({ kind: 'set' as const, value })),
      fc.constantFrom('delete', 'double', 'rename').map((kind) => ({ kind }) as Edit),
    );
    const one = fc.record({ base: fc.nat(1), way: fc.nat(), edit, again: fc.option(fc.nat()), second: edit });
    fc.assert(
      fc.property(one, ({ base, way, edit, again, second }) => {
        const found = ways[base]!;
        let value = edited(JSON.parse(JSON.stringify(bases[base])), found[way % found.length]!, edit);
        if (again !== null) {
          const next = places(value);
          value = edited(value, next[again % next.length]!, second);
        }
        expectSound(new TextEncoder().encode(JSON.stringify(value)));
      }),
      { numRuns: 4_000 },
    );
  });

  it('N20: so are 2,000 with bytes flipped, cut or repeated', () => {
    const text = new TextEncoder().encode(JSON.stringify(guard()));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(3), (at, flip, kind) => {
        const copy = text.slice();
        copy[at]! ^= flip;
        const variants = [
          copy,
          text.subarray(0, at),
          Uint8Array.of(...text.subarray(0, at), ...text.subarray(at / 2)),
          copy,
        ];
        expectSound(variants[kind]!);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('parseOffers', () => {
  const offer = {
    id: 'marqo-nsfw-384',
    precision: 'exact',
    bytes: 228,
    manifest: { bytes: 900, sha256: hash('d') },
  };
  it('reads a list, and none', () => {
    expect(parseOffers(undefined)).toEqual([]);
    expect(parseOffers([offer, { ...offer, id: 'own', card: { ...marqoNsfw384, id: 'own' } }])).toHaveLength(
      2,
    );
  });

  it('N20: refuses ids that lead elsewhere, sizes beyond every limit, and cards of others', () => {
    const bad: unknown[] = [
      ...[{}, [null], [offer, offer], [{ ...offer, id: '../up' }], [{ ...offer, bytes: 2e13 }]],
      ...[
        [{ ...offer, bytes: '228' }],
        [{ ...offer, manifest: {} }],
        [{ ...offer, card: marqoNsfw384, id: 'x' }],
      ],
      ...[[{ ...offer, manifest: { bytes: 5e6, sha256: hash('d') } }], [{ ...offer, card: {} }]],
      Array.from({ length: 101 }, (_, at) => ({ ...offer, id: `m${at}` })),
    ];
    for (const value of bad)
      expect(() => parseOffers(value), JSON.stringify(value).slice(0, 80)).toThrow(InvalidError);
  });
});

describe('preparedProblem', () => {
  const found = (card: Record<string, unknown>, more: Record<string, unknown> = {}) =>
    preparedProblem(marqoNsfw384, parse(manifest({ card: { ...marqoNsfw384, ...card }, ...more })));
  it('finds nothing where the numbers agree, whatever the wording and the order of keys', () => {
    const input = Object.fromEntries(Object.entries(marqoNsfw384.input).reverse());
    expect(found({ summary: 'Other words.', input })).toBeUndefined();
  });

  it('N20: says in what an older one differs', () => {
    const { labels, input, source } = marqoNsfw384;
    expect(found({ labels: [...labels].reverse() })).toMatch(/another labels|labels/);
    expect(found({ input: { ...input, mean: [0.4, 0.5, 0.5] } })).toMatch(/way of reading/);
    expect(found({ activation: 'sigmoid' })).toMatch(/activation/);
    expect(found({ source: { ...source, revision: 'older' } })).toMatch(/at older, not from/);
    expect(found({ id: 'other' })).toMatch(/another model/);
  });

  it('N20: says when it was made from another file than the card pins', () => {
    const install = marqoNsfw384.install!;
    const pinned = (sha256: string) => ({
      ...marqoNsfw384,
      install: { ...install, files: [{ role: 'weights' as const, path: 'model.safetensors', sha256 }] },
    });
    expect(preparedProblem(pinned(hash('c')), parse(manifest()))).toBeUndefined();
    expect(preparedProblem(pinned(hash('e')), parse(manifest()))).toMatch(/another model\.safetensors/);
  });

  it('takes the width of an embedding from the files where the card leaves it to them', () => {
    const { embedding: _, ...without } = marqoNsfw384;
    const prepared = parse(manifest());
    expect(preparedProblem(without, prepared)).toBeUndefined();
    expect(cardOfPrepared(without, prepared).embedding).toEqual(marqoNsfw384.embedding);
    expect(cardOfPrepared(marqoNsfw384, prepared)).toBe(marqoNsfw384);
  });
});
