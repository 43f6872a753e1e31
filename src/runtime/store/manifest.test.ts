import { describe, expect, it } from 'vitest';
import { starterImage } from '../../catalog/starter-image';
import { keptModel, type Manifest, parseManifest } from './manifest';

const record = (more: Record<string, unknown> = {}): Manifest =>
  ({
    ...{
      version: 1,
      generation: 'g',
      card: starterImage,
      precision: 'exact',
      at: '2026-01-01T00:00:00.000Z',
    },
    ...{ bytes: 5, files: [], pieces: {}, layouts: {} },
    reference: { tolerance: 0.01, cases: [{ probe: 'p', values: [0.5] }] },
    ...more,
  }) as Manifest;

const parsed = (more: Record<string, unknown>) => parseManifest(record(more), starterImage.id);

describe('where a kept model came from', () => {
  it('is read back as it was written', () => {
    const origin = { kind: 'hub', url: 'https://hub.example', hosts: ['https://store.example'] } as const;
    const file = {
      ...{ name: 'model.safetensors', bytes: 3, sha256: 'a'.repeat(64), verification: 'verified' },
      ...{ repo: 'owner/name', revision: 'b'.repeat(40) },
    };
    const part = {
      name: 'tower.safetensors',
      bytes: 9,
      verification: 'complete, not verified',
      partial: true,
    };
    const manifest = parsed({ origin, files: [file, part] });
    expect(keptModel(manifest).installed).toMatchObject({ origin, files: [file, part] });
  });

  it.each([undefined, null, 5, {}, { kind: 'elsewhere' }, { kind: ['hub'] }])(
    'S10 is left out when it says %j: the model works without',
    (origin) => {
      expect(keptModel(parsed({ origin })).installed).not.toHaveProperty('origin');
    },
  );

  it('keeps no address that is none, and calls nothing verified that does not say so', () => {
    const file = { name: 'a', bytes: 1, verification: 'surely' };
    const { installed } = keptModel(
      parsed({ origin: { kind: 'mirror', url: 7, hosts: 'x' }, files: [file] }),
    );
    expect(installed.origin).toEqual({ kind: 'mirror' });
    expect(installed.files).toEqual([{ name: 'a', bytes: 1 }]);
  });
});

describe('the first layers of a kept model', () => {
  const beginning = { graph: Uint8Array.of(8), input: 'pixels', dims: [1, 3, 8, 8] };
  const reference = { tolerance: 0.01, cases: [{ probe: 'p', values: [0.5] }], beginning: [0.25, -1] };

  it('are read back as they were written', () => {
    const manifest = parsed({ beginning, reference });
    expect(manifest.beginning).toEqual(beginning);
    expect(manifest.reference.beginning).toEqual([0.25, -1]);
  });

  it.each([
    [{ ...beginning, dims: [] }],
    [{ ...beginning, dims: [1, 0] }],
    [{ ...beginning, dims: [4_000, 4_001] }],
    [{ ...beginning, dims: [1, Number.NaN] }],
    [{ ...beginning, input: 5 }],
    [{ ...beginning, graph: 'text' }],
    [null],
  ])('S10 are left out when they say %j: all of it is asked then', (wrong) => {
    expect(parsed({ beginning: wrong, reference })).not.toHaveProperty('beginning');
  });

  it.each([[[]], [[Number.NaN]], ['numbers']])('S10 have no numbers when those are %j', (wrong) => {
    const { reference: read } = parsed({ beginning, reference: { ...reference, beginning: wrong } });
    expect(read).not.toHaveProperty('beginning');
  });
});
