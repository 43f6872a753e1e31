/** What the two copy buttons give away: a policy file, and code that judges by it. */
import type { Policy } from '../core/policy';

/** The policy as a file, as `public/policy.schema.json` describes it. */
export function policyFile(policy: Policy): string {
  return `${JSON.stringify({ $schema: policy.$schema, version: policy.version, models: policy.models }, undefined, 2)}\n`;
}

export interface CodeModel {
  readonly id: string;
  readonly task: 'image' | 'text';
}

/** A module that scores with the given models and judges by the policy. Runs on any page of the same origin. */
export function sdkCode(policy: Policy, models: readonly CodeModel[]): string {
  const calls = models.map(({ id, task }) =>
    task === 'text'
      ? `  if (typeof input === 'string') scores.push(await winnow.classifyText(input, { model: ${JSON.stringify(id)} }));`
      : `  if (typeof input !== 'string') scores.push(await winnow.classifyImage(input, { model: ${JSON.stringify(id)} }));`,
  );
  const own: Record<string, unknown> = {};
  for (const { id } of models) if (policy.models[id]) own[id] = policy.models[id];
  const json = JSON.stringify(
    { $schema: policy.$schema, version: policy.version, models: own },
    undefined,
    2,
  );
  return `import { createWinnow, judge, worst } from '/sdk/winnow.js';

const policy = ${json};

const winnow = await createWinnow();

/** A string, or a Blob with a picture. 'clear' | 'review' | 'block' | 'needs-review' */
export async function check(input) {
  const scores = [];
${calls.join('\n')}
  const verdict = worst(scores.map((each) => judge(each, policy)));
  // No model for this kind of input, or an answer that could not be had, is a person's to settle.
  return verdict ?? { verdict: 'needs-review', reason: 'No model looked at it.' };
}

// When the page is done with it: await winnow.close();
`;
}
