/** NodeProto and AttributeProto. A `Constant` becomes the tensor it holds: graphs then have one kind of constant. */
import type { StoredTensor } from '../checkpoint/stored';
import { UnsupportedError } from '../errors';
import { bytesOf, float32Tensor, type Tensor } from '../tensor';
import type { Attribute, Node } from './graph';
import {
  FIXED32,
  type Field,
  LENGTH_DELIMITED,
  type ProtoReader,
  signed,
  unpack,
  VARINT,
} from './proto-read';
import { NAME_BYTES, readTensorProto, type TensorFiles, text } from './read-tensor';

/** Most inputs, outputs and attributes of a node; numbers or texts in a list. */
const MOST_PARTS = 4096;
const MOST_IN_LIST = 65_536;

export type ReadNode =
  | { readonly node: Node }
  | { readonly constant: string; readonly value: Tensor | StoredTensor };

export async function readNode(reader: ProtoReader, field: Field, files: TensorFiles): Promise<ReadNode> {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const said = { name: '', op: '', domain: '' };
  const attributes: Record<string, Attribute> = Object.create(null);
  const large = new Map<string, StoredTensor>();
  for (const one of await reader.fields(field, MOST_PARTS)) {
    if (one.number === 1) inputs.push(await text(reader, one));
    else if (one.number === 2) outputs.push(await text(reader, one));
    else if (one.number === 3) said.name = await text(reader, one);
    else if (one.number === 4) said.op = await text(reader, one);
    else if (one.number === 7) said.domain = await text(reader, one);
    else if (one.number === 8 && one.end > one.start) throw refused(said.op, 'an overload');
    else if (one.number === 5) {
      const { name, value } = await readAttribute(reader, one, said.op, files);
      if (name in attributes || large.has(name)) throw reader.damaged(`the attribute ${name} twice`);
      if ('source' in value) large.set(name, value);
      else attributes[name] = value;
    }
  }
  if (said.op === '') throw reader.damaged('a node without an operator');
  // `ai.onnx` is the long name of the empty domain.
  const domain = said.domain === 'ai.onnx' ? '' : said.domain;
  if (said.op === 'Constant' && domain === '') {
    const value = large.get('value') ?? constant(attributes);
    if (!value || outputs.length !== 1 || inputs.length > 0)
      throw reader.damaged('a constant without a value');
    return { constant: outputs[0]!, value };
  }
  for (const name of large.keys()) throw refused(said.op, `the large tensor ${name} as an attribute`);
  return { node: { op: said.op, name: said.name, domain, inputs, outputs, attributes } };
}

/** The tensor of a Constant: one of its attributes, by https://onnx.ai/onnx/operators/onnx__Constant.html. */
function constant(attributes: Readonly<Record<string, Attribute>>): Tensor | undefined {
  const [[key, value] = ['', undefined], ...more] = Object.entries(attributes);
  if (!value || more.length > 0) return undefined;
  const whole = (values: readonly number[], shape: readonly number[]): Tensor => ({
    dtype: 'I64',
    shape,
    bytes: bytesOf(BigInt64Array.from(values, BigInt)),
  });
  if (key === 'value' && value.kind === 'tensor') return value.value;
  if (key === 'value_int' && value.kind === 'int') return whole([value.value], []);
  if (key === 'value_ints' && value.kind === 'ints') return whole(value.value, [value.value.length]);
  if (key === 'value_float' && value.kind === 'float') return float32Tensor(Float32Array.of(value.value), []);
  if (key === 'value_floats' && value.kind === 'floats')
    return float32Tensor(Float32Array.from(value.value), [value.value.length]);
  return undefined;
}

const KINDS: Readonly<Record<number, Attribute['kind']>> = {
  ...{ 1: 'float', 2: 'int', 3: 'string', 4: 'tensor', 6: 'floats', 7: 'ints', 8: 'strings' },
};

/** Values of an AttributeProto as they come, before its type says which counts. */
interface Said {
  name: string;
  type: number;
  float: number;
  int: number;
  string: string;
  tensor?: Tensor | StoredTensor;
  floats: number[];
  ints: number[];
  strings: string[];
}

async function readAttribute(
  reader: ProtoReader,
  field: Field,
  op: string,
  files: TensorFiles,
): Promise<{ name: string; value: Attribute | StoredTensor }> {
  const said: Said = {
    ...{ name: '', type: 0, float: 0, int: 0, string: '' },
    floats: [],
    ints: [],
    strings: [],
  };
  for (const one of await reader.fields(field, MOST_IN_LIST)) await take(reader, one, op, files, said);
  const kind = KINDS[said.type];
  if (!kind || said.name === '') throw refused(op || 'A node', `an attribute of the type ${said.type}`);
  if (kind !== 'tensor') return { name: said.name, value: { kind, value: said[kind] } as Attribute };
  if (!said.tensor) throw reader.damaged('an attribute without its tensor');
  return { name: said.name, value: 'source' in said.tensor ? said.tensor : { kind, value: said.tensor } };
}

async function take(
  reader: ProtoReader,
  one: Field,
  op: string,
  files: TensorFiles,
  said: Said,
): Promise<void> {
  switch (one.number) {
    case 1:
      said.name = await text(reader, one);
      break;
    case 2: // f
      said.float = floatsOf(reader, one)[0] ?? 0;
      break;
    case 3: // i
      said.int = whole(reader, signed(one));
      break;
    case 4: // s
      said.string = await text(reader, one, 16 * NAME_BYTES);
      break;
    case 5: // t
      said.tensor = (await readTensorProto(reader, one, files)).value;
      break;
    case 7: // floats
      said.floats.push(...floatsOf(reader, one));
      break;
    case 8: // ints
      if (one.wire === VARINT) said.ints.push(whole(reader, signed(one)));
      else
        for (const value of unpack(await reader.bytes(one, 10 * MOST_IN_LIST), MOST_IN_LIST))
          said.ints.push(whole(reader, value));
      break;
    case 9: // strings
      said.strings.push(await text(reader, one));
      break;
    case 20:
      said.type = Number(one.integer);
      break;
    case 13: // doc_string
      break;
    case 6: // g
    case 11: // graphs
      throw refused(op, 'a graph inside it');
    default:
      // ref_attr_name, sparse tensors, types: nothing that an inference graph of the families here has.
      throw refused(op, `an attribute of the field ${one.number}`);
  }
}

function floatsOf(reader: ProtoReader, { wire, bytes }: Field): number[] {
  if (
    !bytes ||
    (wire !== FIXED32 && wire !== LENGTH_DELIMITED) ||
    bytes.length % 4 !== 0 ||
    bytes.length > 4 * MOST_IN_LIST
  )
    throw reader.damaged('a list of numbers that is damaged or too long');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}

/** Attributes are numbers here; one beyond 2^53 would not be written back as it was. */
function whole(reader: ProtoReader, value: bigint): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw reader.damaged(`the attribute ${value}`);
  return number;
}

function refused(op: string, what: string): UnsupportedError {
  return new UnsupportedError(
    'unsupported-model',
    `The network’s operator ${op.slice(0, 60) || 'without a name'} has ${what}, which Winnow does not run.`,
  );
}
