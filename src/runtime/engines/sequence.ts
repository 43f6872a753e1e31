/**
 * A text network where shapes should stay the same: padded to one of a few lengths, with everything that follows from the
 * length alone handed to it, worked out on the CPU once per length.
 */
import { hoist, LAST, SHAPE } from '../../core/onnx/hoist';
import { readKeptGraph } from '../../core/onnx/outside';
import { writeModel } from '../../core/onnx/write';
import type { EngineNetwork, Feed } from '../engine';
import type { Feeds } from './ort';

/** Lengths that texts are padded to. Beyond the last, a text is run as long as it is. */
export const BUCKETS: readonly number[] = [64, 128, 256, 384];

/** What a network is cut into. */
export interface Cut {
  readonly main: EngineNetwork;
  /** SHAPE → `values`. */
  readonly apart: EngineNetwork;
  /** Where a text ends can be told to it. */
  readonly ends?: readonly number[];
}

/** The network cut in two by the length of that input; undefined where it cannot be, or nothing depends on it. */
export async function cut(network: EngineNetwork, input: string): Promise<Cut | undefined> {
  const { graph, weights } = network;
  const parts = hoist(await readKeptGraph(graph, weights?.layout.seenBytes), input);
  if (!parts || parts.values.length === 0) return undefined;
  return {
    main: { ...network, graph: writeModel(parts.main) },
    apart: { ...network, graph: writeModel(parts.apart), nowhereElse: false },
    ...(parts.last && { ends: parts.last }),
  };
}

export interface SequenceParts {
  /** Of rank 3: [1, length, width]. */
  readonly input: string;
  readonly ends: readonly number[] | undefined;
  readonly main: (feeds: Feeds) => Promise<Feeds>;
  readonly apart: (feeds: Feeds) => Promise<Feeds>;
}

/** Runs a cut network on a text of any length. */
export class Sequence {
  readonly #tables = new Map<number, Feeds>();
  #pads = false;

  constructor(private readonly parts: SequenceParts) {}

  /**
   * Finds out whether padding changes nothing, which holds for networks that look back only and pick the last token: one short
   * text with it and without. Rejects as running does.
   */
  async tryPadding(width: number): Promise<void> {
    if (!this.parts.ends) return;
    const feeds = { [this.parts.input]: waves(TRIED, width) };
    const alone = await this.run(feeds);
    this.#pads = true;
    const padded = await this.run(feeds);
    this.#pads = Object.entries(alone).every(([name, { data }]) => alike(data, padded[name]?.data));
  }

  async run(feeds: Feeds): Promise<Feeds> {
    const { input, ends, main } = this.parts;
    const given = feeds[input];
    const length = given?.dims[1];
    if (!given || !length) return main(feeds);
    const bucket = this.#pads ? (BUCKETS.find((most) => most >= length) ?? length) : length;
    const tables = await this.#tablesFor(bucket, given.dims);
    const last = ends && { [LAST]: { data: Int32Array.of(length - 1), dims: ends } };
    return main({ ...feeds, ...tables, ...last, [input]: padded(given, bucket) });
  }

  async #tablesFor(length: number, dims: readonly number[]): Promise<Feeds> {
    const known = this.#tables.get(length);
    if (known) return known;
    const shape = Int32Array.from(dims, (size, axis) => (axis === 1 ? length : size));
    const made = await this.parts.apart({ [SHAPE]: { data: shape, dims: [dims.length] } });
    if (BUCKETS.includes(length)) this.#tables.set(length, made);
    return made;
  }
}

function padded({ data, dims }: Feed, length: number): Feed {
  const [batch = 1, rows = 0, width = 0] = dims;
  if (rows === length) return { data, dims };
  const out = new Float32Array(batch * length * width);
  out.set(data);
  return { data: out, dims: [batch, length, width] };
}

/** Tokens of the text that is tried, and how far apart its answers may be: far less than a mean over padding would make. */
const TRIED = 5;
const APART = 1e-3;

function waves(rows: number, width: number): Feed {
  const data = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i * 1.7 + (i % rows)));
  return { data, dims: [1, rows, width] };
}

function alike(a: Feed['data'], b: Feed['data'] = new Float32Array(0)): boolean {
  const largest = Math.max(1, ...a.map(Math.abs));
  // Written so that NaN is unlike anything.
  return a.length === b.length && [...a].every((value, i) => Math.abs(value - b[i]!) <= APART * largest);
}
