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
    const manifest = parsed({ origin, files: [file] });
    expect(keptModel(manifest).installed).toMatchObject({ origin, files: [file] });
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
