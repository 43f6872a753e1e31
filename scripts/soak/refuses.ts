/** Tests of files that are broken on purpose. */
import { expect, it } from 'vitest';
import { WinnowError } from '../../src/core/errors';
import { attempt, type Broken, peakMemory, slowness, TIME_LIMIT } from './attempt';

/** Each in a test of its own. */
export function refuses(cases: readonly Broken[]): void {
  it.each(cases)('$title', isRefused);
}

/** Headers from here on are weighed: below, what the engine itself does weighs more. */
const WEIGHED = 2 ** 20;
/** Bytes for the names in a header, of which a reader notes at most 50,000, and for whatever else the engine makes. */
const NAMES = 50_000 * 128;

/** For the right reason, within 100 ms, without reading more than twice its header or taking more memory than that. */
export async function isRefused(broken: Broken): Promise<void> {
  const { error, milliseconds, bytesRead } = await attempt(broken);
  expect(error).toBeInstanceOf(WinnowError);
  const { code, message } = broken;
  expect(error).toMatchObject({
    code: typeof code === 'string' ? code : expect.stringMatching(code),
    message: expect.stringMatching(message),
  });
  expect(bytesRead).toBeLessThanOrEqual(2 * broken.header);
  if (milliseconds > TIME_LIMIT) expect(milliseconds).toBeLessThanOrEqual(TIME_LIMIT * slowness());
  if (broken.header >= WEIGHED)
    expect(await peakMemory(broken)).toBeLessThanOrEqual(2 * broken.header + NAMES);
}
