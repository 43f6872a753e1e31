/** A guard against prompts that ask for sexual images of children, by its own model card. */
import type { ModelCard } from './card';

export const qwen3CsamGuard: ModelCard = {
  id: 'qwen3-csam-guard',
  name: 'Qwen3 CSAM Guard 0.6B',
  task: 'text',
  summary: 'Flags prompts that ask an image generator for child sexual abuse material, in sixteen languages.',
  facts: 'Text · 16 languages · 2 labels · 384 tokens',
  source: {
    name: 'urtho/Qwen3-CSAM-Guard-0.6b-v1',
    url: 'https://huggingface.co/urtho/Qwen3-CSAM-Guard-0.6b-v1',
    revision: 'v1',
  },
  licence: 'Apache-2.0',
  languages: ['en', 'es', 'pt', 'zh', 'ja', 'de', 'fr', 'ru', 'ko', 'ar', 'hi', 'pl', 'id', 'tr', 'vi', 'th'],
  intendedUse:
    'A check before an image generator is called: is this prompt a request for child sexual abuse material? One safeguard among several.',
  notFor: [
    'A general NSFW filter: legal adult content and harmless prompts about children are what it was taught to let pass',
    'The only safeguard: its authors ask for checks of the images themselves and for people beside it',
    'Pictures, sound, and long documents: it reads requests',
    'Languages outside its sixteen',
  ],
  limits: [
    'Judges what a prompt asks for, not what a generator makes of it.',
    'Trained and tested on synthetic prompts: its figures say little about other people’s real ones.',
    'Reads 384 tokens at once. Longer text is scored in overlapping windows and the highest counts, which its authors did not test.',
    'Tells languages apart by script at most: text in Dutch or Italian looks like one of the sixteen.',
    'Scores come from 8-bit arithmetic with the words in 8 bits too: they differ from the published INT8 file’s by some thousandths.',
  ],
  labels: [{ name: 'benign' }, { name: 'csam' }],
  scores: [
    { name: 'csam', labels: ['csam'], risk: true, review: 0.25, block: 0.5 },
    { name: 'benign', labels: ['benign'], risk: false },
  ],
  input: { kind: 'tokens', maxTokens: 384, overlap: 64 },
  activation: 'softmax',
  thresholdNote:
    'Block at 0.50, the line of its model card: there its INT8 file found every one of the test’s requests with 5 false alarms in 4,633 prompts. Review from 0.25 is ours, not measured.',
  embedding: { width: 1024, normalised: false },
  install: {
    family: 'qwen3-guard',
    // Its float32 and float16 files (model.onnx, with model.onnx.data where it is split, and model_fp16.onnx) do as well.
    files: [
      { role: 'network', path: 'onnx/model_quantized.onnx' },
      { role: 'tokenizer', path: 'tokenizer.json' },
      { role: 'tokenizer-config', path: 'tokenizer_config.json', optional: true },
    ],
    // Blocks are made of the INT8 file’s own codes: the same weights, read by activations in float32.
    precision: { wasm: 'int8', webgpu: 'int8-blocks' },
    // Against the same codes and words in float32. With activations in 8 bits, too, 24 texts moved by 0.005 at most.
    tolerance: { int8: 0.02, 'int8-blocks': 0.01 },
    fetched: 1_330_000_000,
    kept: { int8: 598_000_000, 'int8-blocks': 661_000_000, exact: 2_400_000_000 },
    gated: true,
  },
};
