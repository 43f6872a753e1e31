/** Compiled, not run: what a page in TypeScript writes against the built SDK and its declarations. */
import { createWinnow, defaultPolicy, judge, type Scores, type Verdict, worst } from '../../dist/sdk/winnow';

export async function check(text: string, picture: Blob): Promise<Verdict | undefined> {
  const winnow = await createWinnow({ threads: 1 });
  const models = await winnow.models();
  const policy = defaultPolicy(models.map(({ card }) => card));
  const scores: Scores[] = [
    await winnow.classifyText(text, { model: 'starter-text', signal: AbortSignal.timeout(5_000) }),
    await winnow.classifyImage(picture, { model: 'starter-image' }),
  ];
  await winnow.close();
  return worst(scores.map((each) => judge(each, policy)));
}
