/** Which of a model's JSON files a JSON text is: by the keys of its outermost object, of which a beginning is enough. */
import type { FileKind } from './kinds';
import { isKey, stringEnd } from './strict-json';

/** In order: the first whose keys are there names the kind. Each entry needs all keys of one of its lists. */
const RULES: readonly (readonly [FileKind, readonly (readonly string[])[]])[] = [
  // That of sentence-transformers, which has a model_type of its own.
  ['json', [['__version__']]],
  ['shard-index', [['weight_map']]],
  ['tfjs', [['modelTopology'], ['weightsManifest']]],
  [
    'tokenizer',
    [
      ['version', 'truncation', 'added_tokens'],
      ['version', 'truncation', 'padding'],
      ['model', 'pre_tokenizer'],
    ],
  ],
  ['tokenizer-config', [['tokenizer_class'], ['added_tokens_decoder'], ['model_max_length']]],
  [
    'preprocessor',
    [['image_processor_type'], ['feature_extractor_type'], ['image_mean', 'image_std'], ['do_resize']],
  ],
  [
    'config',
    [['model_type'], ['architectures'], ['architecture'], ['pretrained_cfg'], ['id2label'], ['num_classes']],
  ],
];

/** More keys than any of them has: a vocabulary, in which each word is one. */
const KEY_LIMIT = 1_000;

/** The kind of a JSON object of which `text` is the beginning, or the whole. */
export function jsonKind(text: string): FileKind {
  const keys = outerKeys(text);
  if (keys.size > KEY_LIMIT) return 'json';
  const match = RULES.find(([, lists]) => lists.some((list) => list.every((key) => keys.has(key))));
  return match?.[0] ?? 'json';
}

/** Keys of the outermost object as they are written, as far as the text goes. */
function outerKeys(text: string): ReadonlySet<string> {
  const keys = new Set<string>();
  let depth = 0;
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      const end = stringEnd(text, at);
      if (end < 0) break;
      if (depth === 1 && isKey(text, end)) keys.add(text.slice(at + 1, end - 1));
      at = end;
      continue;
    }
    if (code === 0x7b || code === 0x5b) depth++;
    else if (code === 0x7d || code === 0x5d) depth--;
    at++;
  }
  return keys;
}
