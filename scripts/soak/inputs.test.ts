import { describe, expect, it } from 'vitest';
import { campaign } from './campaign';
import { INPUTS } from './inputs';

/** Of each kind; `npm run soak -- inputs` runs 1,000. */
const COUNT = 150;

describe('A07 A15 damaged archives and tables', () => {
  it.each(Object.entries(INPUTS))('%s: each is read within its bounds or refused', async (_, format) => {
    const { problems, endings } = await campaign(format, { count: COUNT, seed: 1 });
    expect(problems).toEqual([]);
    expect(endings.get('read')).toBeGreaterThan(0);
    expect(COUNT - endings.get('read')!).toBeGreaterThan(0);
  });
});
