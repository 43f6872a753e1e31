/** What a family of models is to the rest: a config and a checkpoint in, a graph and its planned weights out. */
import type { JsonObject } from '../checkpoint/json';
import type { Checkpoint } from '../checkpoint/stored';
import type { ImageConfig } from '../image/preprocess';
import type { Graph } from '../onnx/graph';
import type { Precision } from '../policy/types';
import type { WeightPlan } from '../prepare/plan';

export interface BuildOptions {
  /** `exact`: float32. `int8`: weights and activations in 8 bits, WASM. `int8-blocks`, `half`: WebGPU. */
  readonly precision: Precision;
}

/** A model ready to be prepared: the graph is complete, its weights are planned and not yet read. */
export interface Network {
  readonly graph: Graph;
  readonly weights: WeightPlan;
  /** What the model's own files say of it, where they do; a card may say otherwise. */
  readonly says: {
    readonly labels?: readonly string[];
    readonly input?: Partial<ImageConfig>;
    /** Numbers in an embedding. */
    readonly embedding: number;
    /** Tensors of its file that the network never reads: left out, by name. A checkpoint with some is refused. */
    readonly unused?: readonly string[];
  };
}

/**
 * A family. Graphs take `pixels` F32 [batch, 3, height, width] (or `embedding` F32 [batch, width] for a head) and
 * give `embedding` F32 [batch, width] and, where there is a head, `logits` F32 [batch, classes].
 */
export interface Family {
  /** Such as `timm-vit`; stands on cards. */
  readonly id: string;
  /** Whether the config names this family. Never throws; reads nothing but what it is given. */
  matches(config: JsonObject, checkpoint: Checkpoint): boolean;
  /**
   * Throws `unsupported-model` naming a setting outside the family, and `invalid-model` naming a tensor that is
   * missing, left over or of the wrong shape.
   */
  build(config: JsonObject, checkpoint: Checkpoint, options: BuildOptions): Network;
}
