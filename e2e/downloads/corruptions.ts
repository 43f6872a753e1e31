/** Seeded faults, one after the other: what comes out is the file, or a typed error and nothing. */
import type { Page } from '@playwright/test';
import type { ErrorCode } from '../../src/core/errors';
import { Random } from '../hostile/random';
import type { Hub } from '../support/hub/hub';
import { download, progressProblems, requestOf, type StandIn } from './stage';

/** Faults that end by themselves within a second or two, and how each is drawn. */
const DRAWN: readonly ((random: Random) => string)[] = [
  (random) => `flip@${place(random)}`,
  (random) => `zerotail@${place(random)}`,
  (random) => `drop@${place(random)}`,
  (random) => `close@${place(random)}`,
  (random) => `chunkabort@${place(random)}`,
  (random) => `etagswap@${place(random)}`,
  (random) => `wronglen:${[1, -1, 1000, -100_000][random.below(4)]}`,
  () => 'gzip',
  () => 'ignorerange',
  () => 'badrange',
  () => '416',
  () => '5xx:502',
  () => '404',
  () => 'html200',
  () => 'htmlbytes',
  () => 'pointer',
  () => 'hideheaders',
];

const place = (random: Random): string => (random.next() * 0.999).toFixed(4);

/** What a person can be told; anything else, `internal` above all, is a mistake of ours. */
const EXPECTED: readonly ErrorCode[] = [
  ...(['source-changed', 'source-damaged', 'wrong-size', 'web-page', 'not-found'] as const),
  ...(['offline', 'server-failed'] as const),
];

export interface Tally {
  readonly problems: string[];
  readonly ended: Map<string, number>;
}

/** Runs `count` downloads from `seed` on; a problem names the seed that shows it again. */
export async function runCorruptions(
  { page, hub, standIn }: { page: Page; hub: Hub; standIn: StandIn },
  seed: number,
  count: number,
): Promise<Tally> {
  const tally: Tally = { problems: [], ended: new Map() };
  for (let one = seed; one < seed + count; one++) {
    const random = new Random(one);
    const faults = Array.from({ length: 1 + random.below(3) }, () =>
      DRAWN[random.below(DRAWN.length)]!(random),
    );
    hub.heal();
    for (const fault of faults) hub.fault(fault, { times: 1 + random.below(2) });
    const { chunkSha256 } = standIn;
    const request = requestOf(hub, standIn, random.next() < 0.5 ? { chunkSha256 } : {});
    const ended = await download(page, request, `seed ${one}`);
    const wrong = [...(await problemsOf(page, ended, standIn)), ...progressProblems(ended)];
    tally.problems.push(...wrong.map((what) => `seed ${one} (${faults.join(', ')}): ${what}`));
    const code = ended.error?.code ?? 'verified';
    tally.ended.set(code, (tally.ended.get(code) ?? 0) + 1);
    await page.evaluate(() => downloads.remove());
  }
  return tally;
}

async function problemsOf(
  page: Page,
  { downloaded, error }: Awaited<ReturnType<typeof download>>,
  standIn: StandIn,
): Promise<string[]> {
  if (!downloaded) {
    const known = error && (EXPECTED as readonly string[]).includes(error.code);
    const whole = (await page.evaluate(() => downloads.sources())).filter(({ state }) => state !== 'partial');
    return [...(known ? [] : [JSON.stringify(error)]), ...whole.map(({ key }) => `${key} counts as whole`)];
  }
  if (downloaded.verification !== 'verified') return [`It is ${downloaded.verification}.`];
  const { sha256, error: unread } = await page.evaluate((key) => downloads.read(key), downloaded.key);
  return sha256 === standIn.sha256 ? [] : [`Other bytes are called verified: ${sha256 ?? unread?.code}`];
}
