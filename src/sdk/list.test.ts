import { describe, expect, it } from 'vitest';
import type { ModelCard } from '../catalog/card';
import { starterImage } from '../catalog/starter-image';
import { starterText } from '../catalog/starter-text';
import type { InvalidError } from '../core/errors';
import type { Installed, KeptModel } from '../rpc/contract';
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

  it('S10 says what repairing would fetch, before it does', () => {
    const card: ModelCard = {
      ...listed,
      install: { ...install, files: [{ role: 'weights', path: 'tower', partial: true, partBytes: 40 }] },
    };
    const models = new ModelList(bundled, [card], {
      cards: [],
      state: () => ({ bytes: 30, precision: 'exact' as const }),
    });
    const from = { repo: 'o/n', revision: 'main' };
    const files = [
      { name: 'tower', bytes: 100, partial: true as const, ...from },
      { name: 'config.json', bytes: 2, ...from },
    ];
    const costs = (kind: 'hub' | 'mirror' | 'bundle' | 'files', more: Installed['files'] = []) => {
      models.update([
        { card, installed: { ...kept(card).installed, origin: { kind }, files: [...files, ...more] } },
      ]);
      return models.state('listed')?.repairBytes;
    };
    expect([costs('hub'), costs('mirror'), costs('bundle'), costs('files')]).toEqual([42, 42, 30, undefined]);
    expect(costs('hub', [{ name: 'head.zip', bytes: 5 }])).toBeUndefined();
    // What its header said is needed, less what an interrupted repair has left.
    const wanted = { model: 'listed', site: false, bytes: 0, of: 37 };
    models.downloads({ interrupted: [], wanted: [{ ...wanted, site: true, of: 30 }, wanted] });
    expect([costs('hub'), costs('mirror'), costs('bundle')]).toEqual([37, 37, 30]);
    models.downloads({
      interrupted: [],
      wanted: [
        { ...wanted, bytes: 7 },
        { ...wanted, site: true, bytes: 28, of: 30 },
      ],
    });
    expect([costs('hub'), costs('bundle')]).toEqual([30, 2]);
  });

  it('S10 of a site’s pieces only the damaged ones are to come, as long as they are the same', () => {
    let hosted = 5;
    const models = new ModelList(bundled, [listed], {
      cards: [],
      state: () => ({ bytes: hosted, precision: 'exact' as const }),
    });
    const at = '2026-01-01T00:00:00.000Z';
    const fromSite = (when = at): KeptModel => {
      const { card, installed } = kept(listed, when);
      return { card, installed: { ...installed, origin: { kind: 'bundle' } } };
    };
    const cost = () => models.state('listed')?.repairBytes;
    models.update([fromSite()]);
    expect(cost()).toBe(5);
    models.damaged('listed', at, 2);
    expect(cost()).toBe(2);
    // The site has another version now: any of it may have to come.
    hosted = 6;
    expect(cost()).toBe(6);
    hosted = 5;
    models.update([fromSite('2026-02-01T00:00:00.000Z')]);
    expect(cost()).toBe(5);
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
