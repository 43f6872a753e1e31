import { expect, it } from 'vitest';
import { noted } from '../rpc/device';
import { parseNotes } from './device';

const measured = {
  ...{ at: 5, milliseconds: 900, cores: 2, threads: 2, pool: { workers: 2, threads: 1 } },
  timings: [{ workers: 1, threads: 1, float32: 10, int8: 5 }],
};
const note = { of: '2026', at: 3, outcome: 'demoted', reason: 'It was off.', adapter: 'acme' } as const;

it('gives back what it was given', () => {
  const wasm = { of: '2026', at: 3, outcome: 'passed', milliseconds: 20, cores: 2 } as const;
  const device = { measured, models: { m: { 'webgpu acme': note, wasm } } };
  expect(parseNotes(structuredClone(device), { m: 'wasm' })).toEqual({ ...device, prefer: { m: 'wasm' } });
});

it('takes what makes no sense for not known', () => {
  for (const value of [undefined, null, 7, 'x', [], { models: 3, measured: 'soon' }])
    expect(parseNotes(value, value)).toEqual({ models: {}, prefer: {} });
  for (const bad of [
    { ...measured, threads: 0 },
    { ...measured, threads: 1e9 },
    { ...measured, pool: { workers: 1.5, threads: 1 } },
    { ...measured, at: Number.NaN },
  ])
    expect(parseNotes({ measured: bad }, {})).not.toHaveProperty('measured');
  const { measured: timed } = parseNotes({ measured: { ...measured, timings: [{ workers: 'all' }, 3] } }, {});
  expect(timed!.timings).toEqual([]);
  const models = {
    m: {
      'webgpu acme': { ...note, outcome: 'perfect' },
      'webgpu other': note,
      wasm: { ...note, reason: 'x'.repeat(900) },
    },
  };
  const { m } = parseNotes({ models }, { m: 'cpu' }).models;
  expect(Object.keys(m!)).toEqual(['wasm']);
  expect(m!.wasm!.reason).toHaveLength(500);
});

it('a choice is forgotten when there is none any more', () => {
  const chosen = noted({ models: {}, prefer: {} }, { kind: 'prefer', model: 'm', backend: 'webgpu' });
  expect(chosen.prefer).toEqual({ m: 'webgpu' });
  expect(noted(chosen, { kind: 'prefer', model: 'm' }).prefer).toEqual({});
});
