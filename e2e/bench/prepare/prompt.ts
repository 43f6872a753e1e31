/** A prompt of 32 tokens under the small tokenizer of the tests, and as many ids for the plain network. */
import type { PlainFeed } from './peer/feed';

const TOKENS = 32;

export const prompt: { readonly text: string; readonly feeds: Readonly<Record<string, PlainFeed>> } = {
  text: 'A red bicycle leans against the old stone bridge at sunrise',
  feeds: {
    input_ids: { type: 'int64', values: [17, 205, 33, 401, 98, 7], dims: [1, TOKENS] },
    attention_mask: { type: 'int64', values: [1], dims: [1, TOKENS] },
  },
};
