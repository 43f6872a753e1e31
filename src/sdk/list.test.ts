import { describe, expect, it } from 'vitest';
import type { ModelCard } from '../catalog/card';
import { starterImage } from '../catalog/starter-image';
import { starterText } from '../catalog/starter-text';
import type { InvalidError } from '../core/errors';
import type { KeptModel } from '../rpc/contract';
import { ModelList } from './list';

const install = { family: 'timm-vit', files: [], precision: { wasm: 'exact', webgpu: 'exact' } } as const;
const listed: ModelCard = { ...starterImage, id: 'listed', install };
const own: ModelCard = { ...starterImage, id: 'own', install };
const bundled = [{ card: starterImage, files: [{ path: 'a.onnx', bytes: 7, sha256: 'a'.repeat(64) }] }];
const kept = (card: ModelCard, at = '2026-01-01T00:00:00.000Z'): KeptModel => ({
  card,
  installed: { precision: 'exact', bytes: 5, at, files: [] },
});
const list = () => new ModelList(bundled, [starterText, listed]);
const told = (models: ModelList) => models.states().map(({ card, state, bytes }) => [card.id, state, bytes]);

describe('ModelList', () => {
  it('lists the build’s models, the catalog’s that can be installed, then somebody’s own', () => {
    const models = list();
    expect(told(models)).toEqual([
      ['starter-image', 'bundled', 7],
      ['listed', 'available', 0],
    ]);
    models.update([kept(own), kept(listed)]);
    expect(told(models)).toEqual([
      ['starter-image', 'bundled', 7],
      ['listed', 'installed', 5],
      ['own', 'installed', 5],
    ]);
  });

  it('says which models went or were installed anew', () => {
    const models = list();
    expect(models.update([kept(own), kept(listed)])).toEqual([]);
    expect(models.update([kept(own), kept(listed)])).toEqual([]);
    expect(models.update([kept(own, '2026-02-01T00:00:00.000Z')])).toEqual(['own', 'listed']);
  });

  it('shows a newer catalog’s words, but the card that was checked where the numbers differ', () => {
    const models = list();
    models.update([kept({ ...listed, summary: 'Old words.' })]);
    expect(models.state('listed')?.card).toBe(listed);
    const other = { ...listed, activation: 'sigmoid' } as const;
    models.update([kept(other)]);
    expect(models.state('listed')?.card).toEqual(other);
  });

  it('says what the site has prepared, and lists what only the site has', () => {
    const hosted: ModelCard = { ...own, id: 'hosted' };
    const state = (id: string) =>
      id === 'listed' || id === 'hosted' ? { bytes: 3, precision: 'exact' as const } : undefined;
    // A site's card never stands for one of the catalog.
    const cards = [hosted, { ...listed, name: 'Not the catalog’s' }];
    const models = new ModelList(bundled, [starterText, listed], { cards, state });
    expect(models.states().map(({ card, prepared }) => [card.id, prepared?.bytes])).toEqual([
      ['starter-image', undefined],
      ['listed', 3],
      ['hosted', 3],
    ]);
    expect(models.cardFor('listed')).toEqual({ card: listed, own: false });
    expect(models.cardFor('hosted')).toEqual({ card: hosted, own: true });
    models.update([kept(hosted)]);
    expect(models.state('hosted')).toMatchObject({ state: 'installed', prepared: { bytes: 3 } });
  });

  it('knows whose card it is', () => {
    const models = list();
    expect(models.cardFor('listed')).toEqual({ card: listed, own: false });
    expect(models.cardFor(own)).toEqual({ card: own, own: true });
    models.update([kept(own)]);
    expect(models.cardFor('own')).toEqual({ card: own, own: true });
    for (const id of ['starter-image', 'nothing', 'starter-text', '__proto__']) {
      let code = '';
      try {
        models.cardFor(id);
      } catch (error) {
        code = (error as InvalidError).code;
      }
      expect(code, id).toBe('invalid-input');
    }
  });
});
