/** Which of a repository's ONNX files is the one to install from. */
import type { ModelCard } from '../../catalog/card';
import type { ByteSource } from '../../core/checkpoint/source';
import { InvalidError } from '../../core/errors';
import type { Precision } from '../../core/policy/types';

/** As transformers.js and optimum name them: `model_quantized.onnx`, `model_fp16.onnx`, `model_q4f16.onnx`. */
const FORMS = [
  ['q4', /[_-](q4|bnb4|int4|uint4)/i],
  ['int8', /[_-](quantized|int8|uint8|q8)/i],
  ['half', /[_-](fp16|half)/i],
] as const;
type Form = (typeof FORMS)[number][0] | 'float';

/** Best first. Half is float32 on WASM, codes become blocks without loss; whatever is not listed is not taken by itself. */
const PREFERENCE: Readonly<Record<Precision, readonly Form[]>> = {
  exact: ['float', 'half', 'int8'],
  int8: ['int8', 'float', 'half'],
  'int8-blocks': ['float', 'half', 'int8'],
  half: ['half', 'float'],
};

const baseName = ({ name }: ByteSource): string => name.split('/').at(-1) ?? name;

function formOf(file: ByteSource): Form {
  return FORMS.find(([, pattern]) => pattern.test(baseName(file)))?.[0] ?? 'float';
}

/** The only one, or by name the best for the precision. Throws InvalidError('invalid-model') when that is not one. */
export function chooseOnnx(card: ModelCard, files: readonly ByteSource[], precision: Precision): ByteSource {
  if (files.length === 1) return files[0]!;
  for (const form of PREFERENCE[precision]) {
    const fitting = files.filter((file) => formOf(file) === form);
    if (fitting.length === 1) return fitting[0]!;
    if (fitting.length > 1) break;
  }
  const names = files.slice(0, 6).map(baseName);
  throw new InvalidError(
    'invalid-model',
    `There are several ONNX files (${names.join(', ')}). Choose the one that ${card.name} is to be installed from.`,
  );
}
