/**
 * The layer graph of a Keras functional model, as `model.to_json()` writes it: layers in an order in
 * which each comes after those it reads. Only what a layer says of itself is read; what it means is
 * up to the architecture.
 */
import { InvalidError, UnsupportedError } from '../errors';
import { asArray, asFinite, asObject, asString, asWhole, type JsonObject, own } from './json';

const LAYER_LIMIT = 10_000;

export interface KerasLayer {
  readonly name: string;
  /** Such as `Conv2D`. */
  readonly type: string;
  readonly config: LayerConfig;
  /** Names of the layers it reads, all of them listed earlier. */
  readonly inputs: readonly string[];
}

export interface KerasModel {
  readonly layers: readonly KerasLayer[];
  /** The one layer whose output is the model's. */
  readonly output: string;
}

/**
 * Reads `modelTopology`. Throws `invalid-model` when it contradicts itself, and `unsupported-model` for
 * sequential or nested models, shared layers and several outputs.
 */
export function readKeras(topology: unknown): KerasModel {
  const outer = asObject(topology, 'modelTopology');
  const model = asObject(own(outer, 'model_config') ?? outer, 'model_config');
  const type = asString(own(model, 'class_name'), 'class_name');
  if (type !== 'Model' && type !== 'Functional')
    throw new UnsupportedError('unsupported-model', `A ${type} model cannot be read, only a functional one.`);
  const config = asObject(own(model, 'config'), 'config');
  const layers: KerasLayer[] = [];
  const known = new Set<string>();
  for (const value of asArray(own(config, 'layers'), 'layers', LAYER_LIMIT)) {
    const layer = readLayer(asObject(value, 'A layer'), known);
    if (known.has(layer.name)) throw new InvalidError('invalid-model', `${layer.name} is listed twice.`);
    known.add(layer.name);
    layers.push(layer);
  }
  const outputs = asArray(own(config, 'output_layers'), 'output_layers');
  if (outputs.length !== 1)
    throw new UnsupportedError('unsupported-model', `The model has ${outputs.length} outputs, not one.`);
  return { layers, output: reference(outputs[0], 'output_layers', known) };
}

function readLayer(layer: JsonObject, known: ReadonlySet<string>): KerasLayer {
  const name = asString(own(layer, 'name'), 'A layer’s name');
  const calls = asArray(own(layer, 'inbound_nodes'), `The inputs of ${name}`);
  if (calls.length > 1)
    throw new UnsupportedError('unsupported-model', `${name} is used ${calls.length} times.`);
  const inputs = asArray(calls[0] ?? [], `The inputs of ${name}`).map((input) =>
    reference(input, name, known),
  );
  return {
    name,
    type: asString(own(layer, 'class_name'), `The class of ${name}`),
    config: new LayerConfig(name, asObject(own(layer, 'config'), `The configuration of ${name}`)),
    inputs,
  };
}

/** `[layer, node, output, …]`, where only first nodes and outputs exist without shared layers. */
function reference(value: unknown, reader: string, known: ReadonlySet<string>): string {
  const [layer, node, output] = asArray(value, `An input of ${reader}`);
  const name = asString(layer, `An input of ${reader}`);
  if (!known.has(name) || node !== 0 || output !== 0)
    throw new InvalidError('invalid-model', `${reader} reads ${name}, which does not exist before it.`);
  return name;
}

/** A layer's settings, checked as they are read. Every method throws `invalid-model` naming the layer. */
export class LayerConfig {
  constructor(
    private readonly layer: string,
    private readonly values: JsonObject,
  ) {}

  get(key: string): unknown {
    return own(this.values, key);
  }

  /** The same settings but for one. */
  with(key: string, value: unknown): LayerConfig {
    return new LayerConfig(this.layer, { ...this.values, [key]: value });
  }

  whole(key: string, least: number): number {
    return asWhole(this.get(key), this.#what(key), least);
  }

  /** The number, or `absent` where the key is missing or null. */
  number(key: string, absent: number): number {
    const value = this.get(key) ?? absent;
    return value === absent ? absent : asFinite(value, this.#what(key));
  }

  string(key: string): string {
    return asString(this.get(key), this.#what(key));
  }

  /** Vertical, horizontal; each a whole number from `least`. */
  pair(key: string, least: number): [number, number] {
    return this.pairOf(this.get(key), key, least);
  }

  pairOf(value: unknown, key: string, least: number): [number, number] {
    const sizes = asArray(value, this.#what(key), 2).map((size) => asWhole(size, this.#what(key), least));
    if (sizes.length !== 2)
      throw new InvalidError('invalid-model', `${this.#what(key)} should have two numbers.`);
    return [sizes[0]!, sizes[1]!];
  }

  /** Throws `unsupported-model` unless the key is missing, null or one of `allowed`. */
  require(key: string, ...allowed: readonly unknown[]): void {
    const value = this.get(key) ?? null;
    if (value !== null && !allowed.some((one) => JSON.stringify(one) === JSON.stringify(value)))
      throw new UnsupportedError(
        'unsupported-model',
        `${this.#what(key)} has a value that is not supported.`,
      );
  }

  #what(key: string): string {
    return `${key} of ${this.layer}`;
  }
}
