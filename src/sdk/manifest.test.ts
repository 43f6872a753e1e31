import { describe, expect, it } from 'vitest';
import { starterImage } from '../catalog/starter-image';
import { FailedError } from '../core/errors';
import { parseManifest } from './manifest';

const encode = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)).buffer as ArrayBuffer;
const file = { path: 'starter-image.onnx', bytes: 10, sha256: 'a'.repeat(64) };
const manifest = (card: unknown = starterImage, files: unknown = [file]) => ({
  version: 1,
  models: [{ card, files }],
});

describe('parseManifest', () => {
  it('reads what the build writes', () => {
    expect(parseManifest(encode(manifest())).models[0]!.card.id).toBe('starter-image');
  });

  it('refuses paths that lead elsewhere, hashes that are none, cards whose scores name no label', () => {
    const bad: unknown[] = [
      '',
      '<!doctype html>',
      'null',
      { version: 2, models: [] },
      { version: 1, models: {} },
      { version: 1, models: [null] },
      ...['../x.onnx', '/x.onnx', 'https://elsewhere.example/x.onnx', 'a/b.onnx', '', 'x'.repeat(101)].map(
        (path) => manifest(undefined, [{ ...file, path }]),
      ),
      manifest(undefined, []),
      manifest(undefined, [{ ...file, sha256: 'A'.repeat(64) }]),
      manifest(undefined, [{ ...file, sha256: 'short' }]),
      manifest(undefined, [{ ...file, bytes: '10' }]),
      manifest({ ...starterImage, id: '../up' }),
      manifest({ ...starterImage, activation: 'none' }),
      manifest({ ...starterImage, labels: [] }),
      manifest({ ...starterImage, labels: [...starterImage.labels, starterImage.labels[0]] }),
      manifest({ ...starterImage, scores: [] }),
      manifest({ ...starterImage, scores: [{ name: 'x', labels: ['no such label'], risk: true }] }),
      { version: 1, models: [...manifest().models, ...manifest().models] },
    ];
    for (const value of bad) {
      expect(() => parseManifest(encode(value)), JSON.stringify(value).slice(0, 80)).toThrow(FailedError);
    }
  });

  it('N20: a list of prepared models that makes no sense hides those, says why, and nothing else', () => {
    const offer = {
      ...{ id: 'marqo-nsfw-384', precision: 'exact', bytes: 10 },
      manifest: { bytes: 900, sha256: 'b'.repeat(64) },
    };
    const read = (prepared: unknown) => parseManifest(encode({ ...manifest(), prepared }));
    expect(read([offer])).toMatchObject({ prepared: [offer] });
    expect(read([offer, { ...offer, id: 'starter-image' }]).prepared).toEqual([offer]);
    expect(read(undefined)).toEqual({ models: manifest().models, prepared: [] });
    for (const bad of [null, {}, 'x', [null], [{ ...offer, id: '../up' }], [offer, offer]]) {
      const { models, prepared, preparedProblem } = read(bad);
      expect([models.length, prepared, typeof preparedProblem]).toEqual([1, [], 'string']);
    }
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => parseManifest(Uint8Array.of(0xff, 0xfe, 0x00).buffer)).toThrow(FailedError);
  });
});
