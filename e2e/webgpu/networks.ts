/** Networks as an installation keeps them, made in Node from the project's fixtures, and what their references answer. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { familyById } from '../../src/core/architectures';
import { madeClip, madeHead, small } from '../../src/core/architectures/contract/testing';
import { EMBEDDED, guard } from '../../src/core/architectures/guard';
import { golden, randomValues, rowsOf, type Values } from '../../src/core/architectures/testing';
import { memorySource } from '../../src/core/checkpoint/source';
import { readOnnx } from '../../src/core/onnx/read';
import { writeModel } from '../../src/core/onnx/write';
import type { Precision } from '../../src/core/policy/types';
import { layoutOf } from '../../src/core/prepare/layout';
import { prepare } from '../../src/core/prepare/prepare';
import type { Planned } from '../../src/core/prepare/testing';
import { DIST } from '../support/build';
import { PIXELS, smallMobilenet } from './small-mobilenet';

export interface Case {
  readonly name: string;
  readonly input: string;
  readonly precisions: readonly Precision[];
  readonly files: (precision: Precision) => Promise<readonly [string, Uint8Array][]>;
  readonly inputs: readonly Values[];
  /** Of the first input; where there is none, what WASM answers in `exact` counts. */
  readonly expected?: ReadonlyMap<string, Values>;
}

const FIXTURES = 'src/core/architectures/fixtures';
const TOWERS = [
  ['timm-vit', 'timm-vit'],
  ['timm-eva02', 'timm-eva02'],
  ['hf-vit', 'timm-vit'],
  ['clip-vision', 'clip-vision'],
] as const;

/** `long`: the published sizes of what takes SwiftShader its time, a CLIP of 224 pixels and the starter. */
export async function cases(long = false): Promise<Case[]> {
  const towers = TOWERS.filter(([name]) => long || name !== 'clip-vision').map(
    async ([name, shared]): Promise<Case> => {
      const { config, checkpoint, input, expected } = await golden(name, shared);
      const network = (precision: Precision) => familyById(name)!.build(config, checkpoint, { precision });
      const inputs = [rowsOf(input, 0)];
      return tower(name, 'pixels', network, { inputs, expected });
    },
  );
  const made = [clip(), mobilenet('mobilenet', writeModel(smallMobilenet()), PIXELS)];
  const starter = long
    ? [mobilenet('starter', readFileSync(join(DIST, 'models/starter-image.onnx')), 224)]
    : [];
  return [...(await Promise.all(towers)), ...made, ...starter, head(), await theGuard()];
}

function clip(): Case {
  const { config, checkpoint, input } = madeClip(small);
  const network = (precision: Precision) =>
    familyById('clip-vision')!.build(config, checkpoint, { precision });
  return tower('small-clip', 'pixels', network, { inputs: [randomValues([1, ...input], 4)] });
}

function tower(
  name: string,
  input: string,
  network: (precision: Precision) => Planned,
  more: Pick<Case, 'inputs' | 'expected'>,
): Case {
  const precisions = ['exact', 'int8-blocks', 'half'] as const;
  return {
    name,
    input,
    precisions,
    files: (precision) => filesOf(name, precision, network(precision)),
    ...more,
  };
}

function head(): Case {
  const { config, checkpoint, input } = madeHead([24, 40, 16, 1]);
  const files = (precision: Precision) =>
    filesOf('head', precision, familyById('mlp-head')!.build(config, checkpoint, { precision }));
  return {
    name: 'head',
    input: 'embedding',
    precisions: ['exact'],
    files,
    inputs: [randomValues([1, ...input], 5)],
  };
}

function mobilenet(name: string, graph: Uint8Array, size: number): Case {
  const files = async (precision: Precision) =>
    named(name, precision, new Uint8Array(graph), new Uint8Array(0), null);
  const inputs = [randomValues([1, 3, size, size], 6)];
  return { name, input: 'pixels', precisions: ['exact'], files, inputs };
}

async function theGuard(): Promise<Case> {
  const file = 'model.onnx';
  const model = await readOnnx(memorySource(file, readFileSync(join(FIXTURES, 'qwen3-guard', file))));
  const files = (precision: Precision) => filesOf('guard', precision, guard.fromOnnx(model, { precision }));
  const width = guard.fromOnnx(model, { precision: 'exact' }).says.embedding;
  // Shorter than a bucket by one and by most of it, exactly one, and into the next.
  const inputs = [63, 1, 64, 65].map((length) => randomValues([1, length, width], length));
  return { name: 'guard', input: EMBEDDED, precisions: ['exact', 'int8-blocks'], files, inputs };
}

/** The files that the page's worker opens it from. */
async function filesOf(name: string, precision: Precision, { graph, weights }: Planned) {
  const kept = new Uint8Array(weights.keptBytes);
  let at = 0;
  await prepare(weights, {
    write: async (bytes) => {
      kept.set(bytes, at);
      at += bytes.length;
    },
  });
  return named(name, precision, writeModel(graph), kept, layoutOf(weights));
}

function named(name: string, precision: Precision, graph: Uint8Array, kept: Uint8Array, layout: unknown) {
  const path = `networks/${name}.${precision}`;
  const json = new TextEncoder().encode(JSON.stringify(layout));
  return [
    [`${path}.graph`, graph],
    [`${path}.weights`, kept],
    [`${path}.json`, json],
  ] as [string, Uint8Array][];
}
