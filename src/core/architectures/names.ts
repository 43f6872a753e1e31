/**
 * Their names → ours, by table. What a table does not list is left over, what a graph asks for and nobody brought is
 * missing; both are errors that name the tensor as its file does.
 */
import type { Checkpoint, StoredTensor } from '../checkpoint/stored';
import { InvalidError } from '../errors';
import type { DType } from '../tensor';

export interface NameTable {
  /** What their names may begin with; the one under which most of them are known counts. */
  readonly prefixes: readonly string[];
  /** Theirs → ours, without prefix. `*` stands for a layer's number. */
  readonly rows: readonly (readonly [theirs: string, ours: string])[];
  /** Theirs, without prefix: tensors that are never read. `*` is a number, `**` anything. */
  readonly ignored: readonly string[];
}

const NUMBER = /(?<=^|\.)\d+(?=\.|$)/g;
/** Names in a message. */
const SHOWN = 3;

/** The tensors of a checkpoint under our names; each is taken once. */
export class Names {
  /** Layers of the checkpoint, from 0 on without a gap: beyond one, tensors are left over. */
  readonly layers: number;
  readonly #prefix: string;
  readonly #theirs: ReadonlyMap<string, string>;
  readonly #left = new Map<string, { readonly stored: StoredTensor; readonly theirs: string }>();
  readonly #found = new Map<string, StoredTensor>();
  readonly #unknown: string[] = [];

  constructor(table: NameTable, checkpoint: Checkpoint) {
    this.#prefix = findPrefix(table, checkpoint);
    this.#theirs = new Map(table.rows.map(([theirs, ours]) => [ours, theirs]));
    const rows = new Map(table.rows);
    const ignored = table.ignored.map(pattern);
    const layers = new Set<number>();
    for (const [name, stored] of checkpoint) {
      const bare = without(this.#prefix, name);
      if (ignored.some((one) => one.test(bare))) continue;
      const { row, number } = general(bare);
      const found = rows.get(row);
      if (found === undefined) this.#unknown.push(name);
      else this.#keep(specific(found, number), name, stored);
      if (found !== undefined && number !== undefined) layers.add(number);
    }
    let count = 0;
    while (layers.has(count)) count++;
    this.layers = count;
  }

  /** The tensor's shape, whether taken or not. Throws `invalid-model` when it is missing. */
  shape(ours: string, rank: number): readonly number[] {
    const shape = this.#found.get(ours)?.shape;
    if (!shape) throw this.#missing(ours);
    if (shape.length !== rank)
      throw new InvalidError(
        'invalid-model',
        `The tensor ${this.#name(ours)} is [${shape}]; ${rank} dimensions are expected.`,
      );
    return shape;
  }

  /** The tensor's element type, whether taken or not. Throws `invalid-model` when it is missing. */
  dtype(ours: string): DType {
    const found = this.#found.get(ours);
    if (!found) throw this.#missing(ours);
    return found.dtype;
  }

  has(ours: string): boolean {
    return this.#found.has(ours);
  }

  /** The tensor, which has one of the shapes. Throws `invalid-model` when it is missing, used, or of another. */
  take(ours: string, ...shapes: readonly (readonly number[])[]): StoredTensor {
    const found = this.#left.get(ours);
    if (!found) throw this.#missing(ours);
    const { shape } = found.stored;
    if (!shapes.some((one) => one.length === shape.length && one.every((size, axis) => size === shape[axis])))
      throw new InvalidError(
        'invalid-model',
        `The tensor ${found.theirs} is [${shape}], not [${shapes[0]}]. The file does not match its config.`,
      );
    this.#left.delete(ours);
    return found.stored;
  }

  /** Throws `invalid-model` naming the first few tensors that nothing took. */
  finish(): void {
    const names = [...this.#unknown, ...[...this.#left.values()].map(({ theirs }) => theirs)];
    if (names.length === 0) return;
    const rest = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
    const list = names.slice(0, SHOWN).join(', ');
    throw new InvalidError(
      'invalid-model',
      `No layer uses ${list}${rest}. The file does not match its config.`,
    );
  }

  #keep(ours: string, theirs: string, stored: StoredTensor): void {
    this.#left.set(ours, { stored, theirs });
    this.#found.set(ours, stored);
  }

  #missing(ours: string): InvalidError {
    const name = this.#name(ours);
    return new InvalidError(
      'invalid-model',
      `The tensor ${name} is missing. The file does not match its config.`,
    );
  }

  #name(ours: string): string {
    const { row, number } = general(ours);
    return this.#prefix + specific(this.#theirs.get(row) ?? row, number);
  }
}

function findPrefix({ prefixes, rows }: NameTable, checkpoint: Checkpoint): string {
  const known = new Set(rows.map(([theirs]) => theirs));
  const count = (prefix: string) =>
    [...checkpoint.keys()].filter(
      (name) => name.startsWith(prefix) && known.has(general(name.slice(prefix.length)).row),
    ).length;
  return prefixes.reduce((best, prefix) => (count(prefix) > count(best) ? prefix : best));
}

/** A head stands beside its tower: not everything has the prefix. */
const without = (prefix: string, name: string): string =>
  name.startsWith(prefix) ? name.slice(prefix.length) : name;

/** `blocks.3.norm1.bias` → `blocks.*.norm1.bias` and 3. A second number stays as it is. */
function general(name: string): { readonly row: string; readonly number: number | undefined } {
  let number: number | undefined;
  const row = name.replace(NUMBER, (digits) => {
    // Beyond what a layer's number can be, it is just a name, and unknown.
    if (number !== undefined || digits.length > 4 || String(Number(digits)) !== digits) return digits;
    number = Number(digits);
    return '*';
  });
  return { row, number };
}

const specific = (row: string, number: number | undefined): string =>
  number === undefined ? row : row.replace('*', String(number));

function pattern(text: string): RegExp {
  const source = text
    .split('**')
    .map((part) => part.replace(/[.\\]/g, '\\$&').replaceAll('*', '\\d+'))
    .join('.*');
  return new RegExp(`^${source}$`);
}
