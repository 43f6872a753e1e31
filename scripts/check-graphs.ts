/**
 * Every kind of graph that Winnow builds, given to ONNX's own checker (with shapes inferred strictly) and opened:
 *   npm run check-graphs -- [--python PYTHON]
 * PYTHON, by default `python3`, has the packages onnx and onnxruntime.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { familyById, mobilenet } from '../src/core/architectures';
import { MADE, madeVariants, PRECISIONS } from '../src/core/architectures/contract/testing';
import { guard } from '../src/core/architectures/guard';
import { adoptOnnx } from '../src/core/architectures/onnx';
import { memorySource } from '../src/core/checkpoint/source';
import { readOnnx } from '../src/core/onnx/read';
import type { Precision } from '../src/core/policy/types';
import { WeightPlan } from '../src/core/prepare/plan';
import { type Planned, writeNetwork } from '../src/core/prepare/testing';
import { nsfwjsMobileNet } from './starter-image/nsfwjs';

const CHECK = `
import glob, sys, onnx, onnxruntime
bad = 0
paths = sorted(glob.glob(sys.argv[1] + '/*/model.onnx'))
for path in paths:
    try:
        onnx.checker.check_model(path, full_check=True)
        onnxruntime.InferenceSession(path)
    except Exception as error:
        bad += 1
        print(path.split('/')[-2], str(error)[:300])
print(f'onnx {onnx.__version__}: {len(paths) - bad} of {len(paths)} graphs accepted and opened')
sys.exit(bad > 0 or not paths)
`;

/** Of a file of floats, of one of float16 and of one of 8-bit numbers; and of a guard of another size. */
const GUARDS: readonly (readonly [file: string, precision: Precision])[] = [
  ['qwen3-guard/model_quantized.onnx', 'int8'],
  ['qwen3-guard/model_quantized.onnx', 'int8-blocks'],
  ['qwen3-guard/model.onnx', 'int8'],
  ['qwen3-guard/model.onnx', 'int8-blocks'],
  ['qwen3-guard/model.onnx', 'exact'],
  ['qwen3-guard/model_fp16.onnx', 'int8'],
  ['qwen3-guard/model_fp16.onnx', 'exact'],
  ['guard-other/model.onnx', 'exact'],
  ['guard-other/model.onnx', 'int8-blocks'],
  ['guard-other/model_quantized.onnx', 'int8'],
];

const FIXTURES = join(import.meta.dirname, '..', 'src/core/architectures/fixtures');
const read = (file: string) => readOnnx(memorySource(file, readFileSync(join(FIXTURES, file))));

async function* networks(): AsyncGenerator<readonly [name: string, network: Planned]> {
  for (const [family, what, make] of [...MADE, ...(await madeVariants())])
    for (const precision of PRECISIONS) {
      const { config, checkpoint } = make();
      yield [`${family} ${what} ${precision}`, familyById(family)!.build(config, checkpoint, { precision })];
    }
  for (const [file, precision] of GUARDS)
    yield [`guard ${file} ${precision}`.replace('/', ' '), guard.fromOnnx(await read(file), { precision })];
  for (const file of new Set(GUARDS.map(([name]) => name)))
    yield [`own ${file}`.replace('/', ' '), adoptOnnx(await read(file), 'text')];
  const { keras, weights } = nsfwjsMobileNet();
  yield ['mobilenet', { graph: mobilenet(keras, weights), weights: new WeightPlan() }];
}

const folder = mkdtempSync(join(tmpdir(), 'winnow-graphs-'));
try {
  for await (const [name, network] of networks()) {
    const place = join(folder, name);
    mkdirSync(place);
    await writeNetwork(network, place);
  }
  const at = process.argv.indexOf('--python');
  const python = at < 0 ? 'python3' : (process.argv[at + 1] ?? 'python3');
  const { status } = spawnSync(python, ['-c', CHECK, folder], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
