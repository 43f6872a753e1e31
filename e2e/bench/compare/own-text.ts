/** The card of the small text classifier: somebody's own model, as the screen would make one. */
import type { ModelCard } from '../../../src/sdk';

/** `network`: its ONNX file, as published. */
export function ownText(network: string): ModelCard {
  return {
    id: 'own-text-small',
    name: 'Small text classifier',
    task: 'text',
    summary: 'A stand-in for measuring.',
    facts: 'Text · 2 labels',
    source: { name: 'your model', url: '', revision: 'your revision' },
    licence: 'MIT',
    languages: [],
    intendedUse: 'Measuring.',
    notFor: [],
    limits: [],
    labels: [{ name: 'calm' }, { name: 'lively' }],
    scores: [
      { name: 'lively', labels: ['lively'], risk: true, review: 0.5, block: 0.8 },
      { name: 'calm', labels: ['calm'], risk: false },
    ],
    input: { kind: 'tokens', maxTokens: 512, overlap: 64 },
    activation: 'softmax',
    thresholdNote: 'A stand-in has none.',
    install: {
      family: 'onnx',
      files: [
        { role: 'network', path: network },
        { role: 'tokenizer', path: 'tokenizer.json' },
        { role: 'tokenizer-config', path: 'tokenizer_config.json', optional: true },
        { role: 'config', path: 'config.json', optional: true },
      ],
      precision: { wasm: 'exact', webgpu: 'exact' },
    },
  };
}
