import { describe, expect, it } from 'vitest';
import type { Filters } from '../../core/triage/filters';
import { testHeader } from '../../core/triage/testing';
import { formatAddress, parseAddress } from '../address';
import { Keeper, type KeyValue } from '../storage';
import { facetsOf } from './facets';
import { followPlace, restorePlace } from './place';
import { drawn, fruitScores, gatheredItems, gathering, judgedStage, stage } from './testing';
import { formatQuery, parseQuery } from './view-query';
import { Views } from './views';

function memory(): KeyValue & { text: string | null } {
  const kept = {
    text: null as string | null,
    getItem: () => kept.text,
    setItem: (_: string, value: string) => {
      kept.text = value;
    },
    removeItem: () => {
      kept.text = null;
    },
  };
  return kept;
}

describe('how a run is looked at', () => {
  it('I15 comes back from an address as it went in, without what is searched for', () => {
    const filters: Filters = {
      ...{ verdict: ['block', 'review'], decision: ['open'], model: ['m&x=1'], label: ['ripe fruit'] },
      ...{ error: ['too-large'], kind: ['image'], mark: ['differs'], text: 'somebody.png' },
    };
    const view = { filters, order: 'uncertainty', columns: ['picture', 'hash'] } as const;
    const query = formatQuery(view);
    expect(query).not.toContain('somebody');
    const { text: _, ...rest } = filters;
    expect(parseQuery(query)).toEqual({ ...view, filters: rest });
    const hash = formatAddress({ place: 'triage', item: 'ab12', view: query });
    expect(parseAddress(hash)).toEqual({ place: 'triage', item: 'ab12', view: query });
    // Of another place the rest of the address means nothing.
    expect(parseAddress('#/models?verdict=block')).toEqual({ place: 'models' });
    expect(formatQuery({ filters: {}, order: 'risk' })).toBe('');
  });

  it('leaves out what nobody here has written', () => {
    expect(parseQuery('verdict=safe&sort=fast&columns=none.at.all&x=<b>&error=')).toEqual({
      ...{ filters: {}, order: 'risk' },
    });
    expect(parseQuery(`verdict=block&label=${'x'.repeat(5_000)}`)).toEqual({ filters: {}, order: 'risk' });
    expect(parseQuery('columns=').columns).toEqual([]);
  });

  it('is kept in the browser under names, replaced, deleted and put back where it was', () => {
    const storage = memory();
    const views = new Views(new Keeper(() => storage));
    views.save(' Late shift ', 'verdict=block');
    views.save('Doubt', 'sort=uncertainty');
    views.save('Late shift', 'verdict=review');
    views.save('  ', 'verdict=clear');
    views.choose(['picture', 'size']);
    const again = () => new Views(new Keeper(() => storage)).store.get();
    expect(again()).toEqual({
      columns: ['picture', 'size'],
      named: [
        { name: 'Doubt', query: 'sort=uncertainty' },
        { name: 'Late shift', query: 'verdict=review' },
      ],
    });
    const back = views.remove('Doubt');
    expect(again().named).toHaveLength(1);
    back();
    expect(again().named[0]?.name).toBe('Doubt');
    views.choose(undefined);
    expect(again().columns).toBeUndefined();
    storage.text = JSON.stringify({ version: 1, columns: ['nothing'], views: [{ name: 3 }, null, 'x'] });
    expect(again()).toEqual({ named: [] });
  });
});

describe('a restart', () => {
  it('S06 lands on the item, in the order and with the filters that were left, and not on what was searched', async () => {
    const it = await judgedStage([0.9, 0.8, 0.2, 0.7]);
    const { screening } = it;
    const stop = followPlace(screening);
    screening.arrange({ order: 'added', filters: { verdict: ['block'], text: 'fruit' } });
    screening.acts.select(1);
    stop();
    const { place } = screening.run.now;
    expect(JSON.stringify(place)).not.toContain('fruit');
    const after = await judgedStage([0.9, 0.8, 0.2, 0.7]);
    await after.screening.run.change({ place: { ...place, stays: true } });
    restorePlace(after.screening, undefined);
    expect(after.screening.store.get()).toMatchObject({ order: 'added', selected: 1, place: 1 });
    expect([...after.screening.store.get().shown]).toEqual([0, 1, 3]);
    restorePlace(after.screening, 'verdict=clear');
    expect([...after.screening.store.get().shown]).toEqual([2]);
    expect(after.screening.store.get().selected).toBe(2);
    followPlace(after.screening)();
    expect(after.screening.run.now.place).toEqual({ view: 'verdict=clear', item: 'i3', stays: true });
  });
});

describe('what there is to filter by', () => {
  it('is what the run has: its models, scores, labels and errors, with counts', async () => {
    const header = testHeader();
    const { screening, batch } = stage(header);
    await screening.begin(gathering(gatheredItems(3)), new AbortController());
    const failed = { status: 'error', probabilities: [], code: 'timeout', reason: 'Too slow.' } as const;
    batch().answer('i1', fruitScores(0.9));
    batch().answer('i2', fruitScores(0, failed));
    batch().answer('i3', fruitScores(0, failed));
    await drawn();
    await screening.run.decide([{ item: 'i1', decision: 'label', labels: ['old'] }]);
    expect(facetsOf(screening)).toEqual({
      models: [{ value: 'm', label: header.models[0]!.name }],
      scores: [{ value: 'pineapple', label: 'pineapple' }],
      labels: [
        { value: 'ripe', label: 'ripe' },
        { value: 'old', label: 'old' },
      ],
      errors: [{ value: 'timeout', label: 'Timeout (2)' }],
    });
  });
});
