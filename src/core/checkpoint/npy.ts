/**
 * Reader of NumPy's `.npy` files: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html. A magic
 * string, the length of a header, a Python dictionary of three entries, the numbers. Only the header is read.
 */
import { InvalidError, UnsupportedError } from '../errors';
import { type DType, elements } from '../tensor';
import { type ByteSource, readRange } from './source';
import { fits, type StoredTensor } from './stored';
import { shown } from './strict-json';

/** In bytes. NumPy writes 118 for up to some dozen dimensions. */
export const NPY_HEADER_LIMIT = 64 * 1024;
const RANK_LIMIT = 8;
export const NPY_MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

const DTYPES: Readonly<Record<string, DType>> = { '<f2': 'F16', '<f4': 'F32', '<f8': 'F64' };
const ENTRY =
  /\s*(['"])(descr|fortran_order|shape)\1\s*:\s*(?:(['"])([^'"]{1,16})\3|(True|False)|\(([\d\s,L]*)\))\s*/y;

/**
 * The array of the file, of float16, float32 or float64 numbers.
 *
 * Throws `invalid-model` when it breaks the format or has another size than its shape takes; `unsupported-model` for
 * other types, Fortran order, and arrays of Python objects, which NumPy stores as a pickle.
 */
export async function readNpy(source: ByteSource, signal?: AbortSignal): Promise<StoredTensor> {
  const { text, start } = await readHeader(source, signal);
  const entries = parseHeader(source, text);
  const dtype = readDtype(source, entries.get('descr'));
  const order = entries.get('fortran_order');
  if (order === 'True')
    throw new UnsupportedError(
      'unsupported-model',
      `${source.name} stores its columns one after the other (Fortran order). Save it again in rows: numpy.save(name, numpy.ascontiguousarray(array)).`,
    );
  if (order !== 'False') throw broken(source, 'its header does not say in which order the numbers stand');
  const shape = readShape(source, entries.get('shape'));
  if (!fits(dtype, shape, source.size - start))
    throw broken(
      source,
      `it has ${source.size - start} bytes of numbers, not those of ${elements(shape)} ${dtype}`,
    );
  return { dtype, shape, source, start, end: source.size };
}

async function readHeader(
  source: ByteSource,
  signal?: AbortSignal,
): Promise<{ text: string; start: number }> {
  if (source.size < 12) throw broken(source, `it has ${source.size} bytes`);
  const head = await readRange(source, 0, 12, signal);
  if (!NPY_MAGIC.every((byte, at) => head[at] === byte)) throw broken(source, 'it does not begin as one');
  const version = head[6]!;
  if (version < 1 || version > 3 || head[7] !== 0)
    throw new UnsupportedError(
      'unsupported-model',
      `${source.name} is of version ${version}.${head[7]} of NumPy’s format, which Winnow does not read.`,
    );
  const view = new DataView(head.buffer, head.byteOffset);
  const from = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > NPY_HEADER_LIMIT) throw broken(source, `its header would have ${length} bytes`);
  if (length > source.size - from) throw broken(source, 'it ends within its header');
  const bytes = await readRange(source, from, from + length, signal);
  // Version 3 is UTF-8, for the sake of columns' names, which are not read: what is, is ASCII.
  return { text: new TextDecoder('latin1').decode(bytes), start: from + length };
}

/** The dictionary's values as they are written: text without its quotes, a tuple without its brackets. */
function parseHeader(source: ByteSource, text: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>();
  refuseOthers(source, text);
  let at = /^\s*\{/.exec(text)?.[0].length ?? Number.NaN;
  while (Number.isInteger(at) && text[at] !== '}') {
    ENTRY.lastIndex = at;
    const match = ENTRY.exec(text);
    if (!match || entries.has(match[2]!))
      throw broken(source, 'its header is not a dictionary of three entries');
    entries.set(match[2]!, match[4] ?? match[5] ?? `(${match[6]})`);
    at = ENTRY.lastIndex;
    if (text[at] === ',') at = skipSpace(text, at + 1);
    else if (text[at] !== '}') throw broken(source, 'its header is not a dictionary of three entries');
  }
  if (entries.size !== 3 || text.slice(at + 1).trim() !== '')
    throw broken(source, 'its header is not a dictionary of three entries');
  return entries;
}

function skipSpace(text: string, at: number): number {
  let end = at;
  while (text[end] === ' ') end++;
  return end;
}

/** Types whose description is no plain text. */
function refuseOthers(source: ByteSource, text: string): void {
  if (/['"]descr['"]\s{0,8}:\s{0,8}\[/.test(text))
    throw new UnsupportedError(
      'unsupported-model',
      `${source.name} is a table of named columns. Save its numbers as one float32 array.`,
    );
}

function readDtype(source: ByteSource, descr: string | undefined): DType {
  if (descr === undefined) throw broken(source, 'its header does not say of which type the numbers are');
  if (Object.hasOwn(DTYPES, descr)) return DTYPES[descr]!;
  if (/^[|<>=]?O/.test(descr))
    throw new UnsupportedError(
      'unsupported-model',
      `${source.name} holds Python objects as a pickle. This format can run code. We never open it. Save the numbers as float32: numpy.save(name, array.astype("float32")).`,
    );
  throw new UnsupportedError(
    'unsupported-model',
    `${source.name} holds numbers of the type ${shown(descr)}. Save them as float32: numpy.save(name, array.astype("<f4")).`,
  );
}

/** `(2, 3)`, `(2,)` and `()`; Python 2 wrote `2L`. */
function readShape(source: ByteSource, tuple: string | undefined): number[] {
  const inner = /^\(\s*((?:\d{1,16}L?\s*,\s*)*)(\d{1,16}L?)?\s*\)$/.exec(tuple ?? '');
  if (!inner) throw broken(source, 'its header gives no shape');
  const sizes = (inner[0].match(/\d+/g) ?? []).map(Number);
  // `(2)` is a number to Python, not a tuple.
  if (sizes.length > RANK_LIMIT || (sizes.length === 1 && inner[1] === ''))
    throw broken(source, `its shape is not a tuple of at most ${RANK_LIMIT} dimensions`);
  return sizes;
}

function broken(source: ByteSource, why: string): InvalidError {
  return new InvalidError('invalid-model', `${source.name} is not a valid .npy file: ${why}. Get it again.`);
}
