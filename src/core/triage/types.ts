/** The nouns of triage: a run, its items, what models said of them, and what people decided. No behaviour here. */
import type { ErrorCode } from '../errors';
import type { Backend, Part, Precision, Rule, Scores, VerdictWord } from '../policy/types';

/** Of every format below: what is kept in the browser, and what is exported. */
export const TRIAGE_VERSION = 1;

export type ItemKind = 'image' | 'text';

/** A model as a run uses it: enough to say later exactly what gave the scores. */
export interface RunModel {
  readonly id: string;
  readonly name: string;
  readonly task: ItemKind;
  /** In the order of the probabilities. */
  readonly labels: readonly string[];
  /** Hex, of the network that is kept here; of a bundled model, of its file. Empty where nobody knows it. */
  readonly sha256: string;
  /** Of the model's source, as on its card. */
  readonly revision: string;
  readonly precision: Precision;
  readonly backend: Backend;
  /** Version of the steps before the network, such as `image-1`: other steps give other scores. */
  readonly preprocessing: string;
}

/** Lines per model, as `core/policy` has them. */
export type Thresholds = Readonly<Record<string, { readonly rules: readonly Rule[] }>>;

export interface RunSettings {
  /** Names and paths of files are kept and exported. Default: in memory only. */
  readonly keepNames: boolean;
  /** The team's own labels, in the order of the keys 1 to 9. */
  readonly labels: readonly string[];
  /** Pseudonym that goes into every record; absent: none does. */
  readonly by?: string;
  /** Percent of decided items that come round again, 0 to 100; which ones follows from the seed. */
  readonly secondPass: { readonly percent: number; readonly seed: number };
}

/** A run as it was begun. Never changes: the chain of decisions hangs from its hash. */
export interface RunHeader {
  readonly v: 1;
  /** 128 random bits, hex. */
  readonly id: string;
  readonly name: string;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly models: readonly RunModel[];
  readonly thresholds: Thresholds;
  readonly settings: RunSettings;
}

/** What may change of a run. Every decision carries its own copy of what it was made under. */
export interface RunNow {
  readonly name: string;
  readonly models: readonly RunModel[];
  readonly thresholds: Thresholds;
  readonly settings: RunSettings;
  /** Whatever the screen wants back after a restart, such as the item it was at. Small, and never content. */
  readonly place?: Readonly<Record<string, string | number | boolean>>;
}

/** Where the chain ends: `seq` 0 and the header's hash while there is no record. */
export interface Tail {
  readonly seq: number;
  readonly hash: string;
}

/** A run as it is listed. */
export interface RunInfo {
  readonly id: string;
  readonly header: RunHeader;
  readonly now: RunNow;
  readonly tail: Tail;
  /** Items that were put so far. */
  readonly items: number;
  /** Of the newest decision, or of the beginning; ISO 8601. */
  readonly at: string;
}

/** An item of a run. Nothing here is content. */
export interface Item {
  /** `i1`, `i2` …, within the run. */
  readonly id: string;
  /** From 0, in the order in which they came. */
  readonly ordinal: number;
  readonly kind: ItemKind;
  /** Hex, of the bytes or of the UTF-8 text; empty while it has not been read. */
  readonly sha256: string;
  readonly bytes: number;
  /** Of a table: which of its rows, from 1. */
  readonly row?: number;
  /** Kept and exported only where the run keeps names. */
  readonly name?: string;
  /** Inside its folder or zip; kept as the name is. */
  readonly path?: string;
  /** SHA-256 over run, path, size and time of change: finds the file again without its name being kept. */
  readonly link?: string;
  /** Id of the item that lay in its place before the file was changed (I14). */
  readonly was?: string;
  /** Perceptual hash, 64 bits in 16 hex digits. */
  readonly phash?: string;
  /** It could not be read at all, so no model was asked. */
  readonly failed?: { readonly code: ErrorCode; readonly reason: string };
}

/** What one model said, without anything that shows the content. `judge` takes it with the model's labels. */
export interface KeptScores
  extends Pick<
    Scores,
    'status' | 'model' | 'probabilities' | 'backend' | 'precision' | 'milliseconds' | 'code' | 'reason'
  > {
  readonly coverage: {
    readonly unit: Scores['coverage']['unit'];
    readonly checked: number;
    readonly total: number;
    readonly parts?: readonly Pick<Part, 'name' | 'probabilities'>[];
  };
}

/** One model's scores of one item. The newest of an item and model counts. */
export interface ItemScores {
  readonly item: string;
  readonly scores: KeptScores;
}

/** The four decisions of the keys, and a possible child-safety concern. */
export type Decision = 'clear' | 'block' | 'escalate' | 'skip' | 'concern';
export type Act = Decision | 'undo' | 'redo' | 'label' | 'note';

/** One model's part in what a person saw when they decided. */
export interface Evidence {
  readonly id: string;
  readonly sha256: string;
  readonly revision: string;
  readonly precision: Precision;
  readonly backend: Backend;
  readonly preprocessing: string;
  readonly labels: readonly string[];
  /** Parts: only those that a rule took its value from. */
  readonly scores: Omit<KeptScores, 'model' | 'backend' | 'precision'>;
  readonly thresholds: readonly Rule[];
}

/** The machine's verdict as it was shown: the worst of the models'. */
export interface ShownVerdict {
  readonly verdict: VerdictWord;
  /** Of the rule that decided; absent for Needs review. */
  readonly model?: string;
  readonly score?: string;
  readonly value?: number;
}

/** What somebody asks to be written down. The journal adds order, time and hashes. */
export interface Draft {
  readonly item: string;
  readonly sha256: string;
  readonly decision: Act;
  /** The item's newest record that the person saw, 0 for none: another one means another tab was first (T03). */
  readonly rev: number;
  /** Of `undo` and `redo`: the record that it is about. */
  readonly of?: number;
  readonly reason?: string;
  /** Of `label`: every label that the item has from now on. Of `concern`: the label that raised it. */
  readonly labels?: readonly string[];
  readonly note?: string;
  /** A second pass, in which the first decision was not shown. */
  readonly second?: true;
  /** Decided without the picture ever being shown. */
  readonly unseen?: true;
  readonly verdict?: ShownVerdict;
  readonly models?: readonly Evidence[];
}

/**
 * A line of the journal; never changed and never taken out. `hash` is the SHA-256 of the record's canonical JSON
 * (RFC 8785) without `hash`; `prev` is the hash of the record before, of the first one the header's.
 * Of a `concern` there are no `reason`, `note`, `by` and `verdict`, and of its models only id and hash.
 */
export interface DecisionRecord extends Omit<Draft, 'rev' | 'models'> {
  readonly v: 1;
  readonly run: string;
  /** From 1. Order is by this, never by time. */
  readonly seq: number;
  readonly prev: string;
  readonly hash: string;
  /** ISO 8601, by this machine's clock. */
  readonly at: string;
  readonly by?: string;
  /** First `seq` of records that were written together, such as a stack's: undone together. */
  readonly group?: number;
  readonly models?: readonly (Evidence | ConcernModel)[];
}

export type ConcernModel = Pick<Evidence, 'id' | 'sha256'>;
