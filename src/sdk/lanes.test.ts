import { describe, expect, it } from 'vitest';
import { Lanes } from './lanes';

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('Lanes', () => {
  it('admit as many as there are permits, in order', async () => {
    const lanes = new Lanes(2);
    const inside: string[] = [];
    const leave: Record<string, () => void> = {};
    for (const name of ['a', 'b', 'c', 'd'])
      void lanes.enter().then((go) => {
        inside.push(name);
        leave[name] = go;
      });
    await settled();
    expect(inside).toEqual(['a', 'b']);
    leave.b!();
    leave.b!();
    await settled();
    expect(inside).toEqual(['a', 'b', 'c']);
    leave.a!();
    await settled();
    expect(inside).toEqual(['a', 'b', 'c', 'd']);
  });

  it('let somebody who needs them all go first, alone', async () => {
    const lanes = new Lanes(2);
    const first = await lanes.enter();
    const second = await lanes.enter();
    const order: string[] = [];
    const other = lanes.enter().then((leave) => {
      order.push('other');
      leave();
    });
    const alone = lanes.enter(2, true).then(async (leave) => {
      order.push('alone');
      await settled();
      leave();
    });
    first();
    await settled();
    expect(order).toEqual([]);
    second();
    await Promise.all([other, alone]);
    expect(order).toEqual(['alone', 'other']);
  });
});
