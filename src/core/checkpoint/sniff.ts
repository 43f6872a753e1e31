/** What a file is, by its content alone: a name can say anything. Reads some KiB at most, 0.5 MiB of a zip or JSON. */
import { jsonKind } from './json-kind';
import type { FileKind } from './kinds';
import { NPY_MAGIC } from './npy';
import { sniffProto } from './proto-kind';
import { HEADER_LIMIT } from './safetensors';
import { isTable } from './savedmodel/table';
import { type ByteSource, readRange } from './source';
import { zipNames } from './zip-names';

const HEAD = 4096;
/** Of a JSON file: a network's config fits, of a tokenizer its beginning tells. */
const JSON_HEAD = 256 * 1024;

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** What a file of the kind has at an offset. */
const MAGIC: readonly (readonly [FileKind, number, Uint8Array])[] = [
  ['npy', 0, NPY_MAGIC],
  ['gguf', 0, ascii('GGUF')],
  ['tflite', 4, ascii('TFL3')],
  ['hdf5', 0, Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a)],
  ['gzip', 0, Uint8Array.of(0x1f, 0x8b)],
  ['lfs-pointer', 0, ascii('version https://git-lfs')],
  ['lfs-pointer', 0, ascii('# xet version')],
  ['zip', 0, ascii('PK\x03\x04')],
  ['zip', 0, ascii('PK\x05\x06')],
];

/** Recognises a file. Throws only when it cannot be read, or on abort. */
export async function sniff(source: ByteSource, signal?: AbortSignal): Promise<FileKind> {
  if (source.size === 0) return 'empty';
  const head = await readRange(source, 0, Math.min(source.size, HEAD), signal);
  // Before pickles: the length of a header may begin with the same two bytes.
  const tensors = safetensorsKind(head, source.size);
  if (tensors) return tensors;
  const [kind] = MAGIC.find(([, at, magic]) => magic.every((byte, i) => head[at + i] === byte)) ?? [];
  if (kind === 'zip') return zipKind(source, signal);
  if (kind) return kind;
  if (isPickle(head)) return 'pickle';
  if (await isTable(source, signal)) return 'tensor-bundle';
  return (await textKind(source, head, signal)) ?? (await sniffProto(source, signal)) ?? 'unknown';
}

/** Eight bytes of a length, of which no more than three say something, and a brace. */
function safetensorsKind(head: Uint8Array, size: number): FileKind | undefined {
  if (head.length < 9 || head[8] !== 0x7b) return undefined;
  const length = Number(new DataView(head.buffer, head.byteOffset).getBigUint64(0, true));
  if (length < 2 || length > 10 * HEADER_LIMIT) return undefined;
  return length > size - 8 ? 'truncated' : 'safetensors';
}

/**
 * Protocols 2 to 5 begin with 80 and their number. The older ones are lines of text: a mark and a container, or the
 * name of what is to be called.
 */
function isPickle(head: Uint8Array): boolean {
  if (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 0x0f) return true;
  const text = new TextDecoder('latin1').decode(head.subarray(0, 256));
  return /^(?:\([dl]p\d+\n|c[\w.]{1,100}\n[\w.]{1,100}\n)/.test(text);
}

async function zipKind(source: ByteSource, signal?: AbortSignal): Promise<FileKind> {
  const names = await zipNames(source, signal);
  if (!names) return 'truncated';
  // PyTorch's archives have one; so may any archive that hides one.
  if (names.some((name) => /(?:^|[/\\])data\.pkl$|\.(?:pkl|pickle)$/i.test(name))) return 'pickle';
  return names.length > 0 && names.every((name) => name.endsWith('.npy')) ? 'npz' : 'zip';
}

async function textKind(
  source: ByteSource,
  head: Uint8Array,
  signal?: AbortSignal,
): Promise<FileKind | undefined> {
  const start = decode(head).trimStart();
  if (/^<(?:!doctype|html|head|body|\?xml|!--)/i.test(start)) return 'web-page';
  // A list of tensors’ bytes may begin with a brace; JSON goes on with a key, or ends.
  if (!/^\{\s*["}]|^\[\s*(?:[[{"\]\d-]|true|false|null)/.test(start)) return undefined;
  if (start.startsWith('[')) return 'json';
  const text = decode(await readRange(source, 0, Math.min(source.size, JSON_HEAD), signal));
  return text.includes('\0') ? undefined : jsonKind(text);
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
