import { describe, expect, it } from 'vitest';
import type { Broken } from '../../../scripts/soak/attempt';
import { refuses } from '../../../scripts/soak/refuses';
import { readSafetensors } from './safetensors';
import { joined, safetensorsFile, source, utf8 } from './testing';

function tensors(title: string, bytes: Uint8Array, message: RegExp, code = 'invalid-model'): Broken {
  const file = source('model.safetensors', bytes);
  const length =
    bytes.length < 8 ? 0 : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = 8 + Math.min(length, bytes.length);
  return { title, files: [file], run: () => readSafetensors(file), message, code, header };
}

const F32 = (shape: readonly unknown[], ...data_offsets: readonly unknown[]) => ({
  ...{ dtype: 'F32', shape, data_offsets },
});
const one = (entry: unknown, data = 4) => safetensorsFile({ a: entry }, data);
/** One tensor whose shape and offsets are written as they stand. */
const written = (shape: string, offsets: string, data = 4) =>
  safetensorsFile(`{"a":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}}`, data);
const many = (count: number) =>
  safetensorsFile(
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`t${i}`, F32([1], 4 * i, 4 * i + 4)])),
    4 * count,
  );
const reading = (name: string) => ({ dtype: name, shape: [1], data_offsets: [0, 4] });

const SAFETENSORS: readonly Broken[] = [
  tensors('M01 an empty file', new Uint8Array(), /0 bytes/),
  tensors('M01 seven bytes', new Uint8Array(7), /7 bytes/),
  tensors('M01 a header of no bytes', safetensorsFile('', 4), /header is empty/),
  tensors('M01 a header longer than the file', safetensorsFile('{}', 0, 3), /ends within its header/),
  tensors('M01 a header of 2^63 bytes', safetensorsFile('{}', 0, 2n ** 63n), /9223372036854775808 bytes/),
  tensors('M01 a header of 2^64 − 1 bytes', safetensorsFile('{}', 0, 2n ** 64n - 1n), /limit/),
  tensors(
    'M01 a header whose length rounds to a small one',
    safetensorsFile('{}', 0, 2n ** 53n + 2n),
    /limit/,
  ),
  tensors('M02 a header of over 10 MiB', safetensorsFile('{}', 0, 10 * 2 ** 20 + 1), /limit is 10485760/),
  tensors('M02 over 10,000 tensors', many(10_002), /more than 10000 values/),
  tensors('M02 10,001 tensors and no metadata', many(10_001), /more than 10000 values/),
  tensors('M02 10 MiB of brackets', safetensorsFile(`{"a":${'['.repeat(10 * 2 ** 20 - 5)}`), /deeper than 3/),
  tensors(
    'M02 10 MiB of numbers',
    safetensorsFile(`{"a":[${'0,'.repeat(5 * 2 ** 20 - 5)}0]}`),
    /list of more/,
  ),
  tensors('M02 10 MiB of backslashes', safetensorsFile(`{"${'\\'.repeat(10 * 2 ** 20 - 4)}"`), /valid JSON/),
  tensors('M02 10 MiB of quotes', safetensorsFile(`{${'"'.repeat(10 * 2 ** 20 - 2)}`), /valid JSON/),
  tensors(
    'M02 10 MiB of entries that are no tensors’',
    safetensorsFile(
      `{${Array.from({ length: 130 }, (_, i) => `"${i}":{${Array.from({ length: 10_000 }, (_, k) => `"${k}":0`).join()}}`).join()}}`.slice(
        0,
        10 * 2 ** 20,
      ),
    ),
    /more than 50000 entries/,
  ),
  tensors('M02 10 MiB of colons', safetensorsFile(`{${':'.repeat(10 * 2 ** 20 - 2)}`), /valid JSON/),
  tensors('M02 10 MiB of commas', safetensorsFile(`{${','.repeat(10 * 2 ** 20 - 2)}`), /more than 10001/),
  tensors(
    'M02 10 MiB of spaces and a letter',
    safetensorsFile(`{${' '.repeat(10 * 2 ** 20 - 3)}x`),
    /valid JSON/,
  ),
  tensors('M03 a header that is a list', safetensorsFile('[]', 0), /does not begin with \{/),
  tensors('M03 a header that begins with a space', safetensorsFile(' {}', 0), /does not begin with \{/),
  tensors('M03 a header with a byte order mark', safetensorsFile('\ufeff{}', 0), /does not begin with \{/),
  tensors(
    'M03 a header that is not UTF-8',
    safetensorsFile(joined(utf8('{"'), [0xff], utf8('":1}'))),
    /not UTF-8/,
  ),
  tensors(
    'M03 an overlong UTF-8 brace',
    safetensorsFile(joined(utf8('{"'), [0xc1, 0xbb], utf8('":1}'))),
    /not UTF-8/,
  ),
  tensors('M03 a header cut short', safetensorsFile('{"a":{"dtype":"F32"'), /valid JSON/),
  tensors('M03 junk after the header', safetensorsFile('{}x'), /valid JSON/),
  tensors('M03 a second object after the header', safetensorsFile('{}{}'), /valid JSON/),
  tensors('M03 a zero byte after the header', safetensorsFile('{}\0'), /valid JSON/),
  tensors('M03 a comment', safetensorsFile('{/* */}'), /valid JSON/),
  tensors(
    'M03 a tensor listed twice',
    safetensorsFile(
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      4,
    ),
    /“a” twice/,
  ),
  tensors(
    'M03 a tensor listed twice, once with an escape',
    safetensorsFile(
      '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
      4,
    ),
    /“a” twice/,
  ),
  tensors(
    'M03 a shape given twice',
    safetensorsFile('{"a":{"dtype":"F32","shape":[9],"shape":[1],"data_offsets":[0,4]}}', 4),
    /“shape” twice/,
  ),
  tensors('M03 metadata listed twice', safetensorsFile('{"__metadata__":{},"__metadata__":{}}'), /twice/),
  tensors(
    'M04 tensors that overlap',
    safetensorsFile({ a: F32([2], 0, 8), b: F32([2], 4, 12) }, 12),
    /“b” overlaps/,
  ),
  tensors(
    'M04 the same bytes twice',
    safetensorsFile({ a: F32([1], 0, 4), b: F32([1], 0, 4) }, 4),
    /“b” overlaps/,
  ),
  tensors(
    'M04 a hole between tensors',
    safetensorsFile({ a: F32([1], 0, 4), b: F32([1], 8, 12) }, 12),
    /before “b”/,
  ),
  tensors('M04 a hole before the first', one(F32([1], 4, 8), 8), /before “a”/),
  tensors('M04 bytes after the last', one(F32([1], 0, 4), 8), /last 4 bytes/),
  tensors('M04 bytes and no tensors', safetensorsFile({}, 4), /last 4 bytes/),
  tensors('M04 reversed offsets', one(F32([1], 4, 0)), /ends before it begins/),
  tensors('M04 a negative offset', written('[1]', '[-4,0]'), /“-4”/),
  tensors('M04 minus zero', written('[1]', '[-0,4]'), /“-0”/),
  tensors('M04 a fraction', written('[1]', '[0,4.5]'), /“4.5”/),
  tensors('M04 a whole number written as a fraction', written('[1]', '[0.0,4]'), /“0.0”/),
  tensors('M04 an exponent', written('[1]', '[0,4e0]'), /“4e0”/),
  tensors('M04 an offset beyond 2^53', written('[1]', '[0,9007199254740993]'), /whole number from 0/),
  tensors('M04 an offset of 40 digits', written('[1]', `[0,${'9'.repeat(40)}]`), /plain whole/),
  tensors('M04 past the end', one(F32([2], 0, 8), 4), /past the end/),
  tensors('M04 three offsets', one(F32([1], 0, 4, 4)), /3 offsets/),
  tensors('M04 one offset', one(F32([1], 0)), /1 offsets/),
  tensors('M04 offsets that are text', one(F32([1], '0', '4')), /whole number/),
  tensors('M04 no offsets', one({ dtype: 'F32', shape: [1] }), /offsets of “a” should be a list/),
  tensors(
    'M05 a shape whose product wraps around 2^64',
    one(F32([4194305, 4194305, 211106198978564], 0, 4)),
    /too large/,
  ),
  tensors('M05 a shape whose product is beyond 2^53', one(F32([2 ** 27, 2 ** 27], 0, 4)), /too large/),
  tensors('M05 a zero that hides an overflow', one(F32([2 ** 50, 2 ** 50, 0], 0, 0), 0), /too large/),
  tensors('M06 an unknown type', one(reading('F33')), /unknown data type/),
  tensors('M06 a type that every object has', one(reading('constructor')), /unknown data type/),
  tensors(
    'M06 a type that is a number',
    safetensorsFile({ a: { ...F32([1], 0, 4), dtype: 1 } }, 4),
    /unknown data type/,
  ),
  tensors('M06 F8_E4M3, by its name', one(reading('F8_E4M3')), /“F8_E4M3”/, 'unsupported-model'),
  tensors('M06 F4, by its name', one(reading('F4')), /“F4”/, 'unsupported-model'),
  tensors('M06 C64, by its name', one(reading('C64')), /“C64”/, 'unsupported-model'),
  tensors('M06 fewer bytes than the shape takes', one(F32([2], 0, 4)), /4 bytes; F32 \[2\] takes 8/),
  tensors('M06 more bytes than the shape takes', one(F32([1], 0, 8), 8), /8 bytes; F32 \[1\] takes 4/),
  tensors('M06 an empty tensor with bytes', one(F32([0], 0, 4)), /takes 0/),
  tensors(
    'M06 two empty tensors at one offset',
    safetensorsFile({ a: F32([0], 0, 0), b: F32([0], 0, 0) }),
    /shares its place/,
  ),
  tensors(
    'M06 an empty tensor within another',
    safetensorsFile({ a: F32([2], 0, 8), b: F32([0], 4, 4) }, 8),
    /“b” overlaps/,
  ),
  tensors('M06 nine dimensions', one(F32([1, 1, 1, 1, 1, 1, 1, 1, 1], 0, 4)), /more than 8 values/),
  tensors('M06 a dimension within a list', written('[[1]]', '[0,4]'), /deeper than 3/),
  tensors(
    'M06 a setting nobody knows',
    safetensorsFile({ a: { ...F32([1], 0, 4), code: 1 } }, 4),
    /“code”/,
    'unsupported-model',
  ),
  tensors('M06 a tensor that is a list', safetensorsFile({ a: [] }, 4), /should be an object/),
  tensors('M06 a tensor that is null', safetensorsFile({ a: null }, 4), /should be an object/),
  tensors('M07 metadata that is a number', safetensorsFile({ __metadata__: { a: 1 } }), /“a” is not text/),
  tensors('M07 metadata that is an object', safetensorsFile({ __metadata__: { a: {} } }), /“a” is not text/),
  tensors('M07 metadata that is null', safetensorsFile({ __metadata__: null }), /should be an object/),
  tensors(
    'M07 a tensor named __proto__ that is no tensor',
    safetensorsFile('{"__proto__":{"shape":[1]}}', 4),
    /unknown data type/,
  ),
  tensors('M07 a nameless tensor', safetensorsFile({ '': F32([1], 0, 4) }, 4), /name/),
  tensors(
    'M07 half a surrogate pair as a name',
    safetensorsFile('{"\\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 4),
    /name/,
  ),
];

describe('malformed safetensors', () => refuses(SAFETENSORS));

it('are at least 60', () => expect(SAFETENSORS.length).toBeGreaterThanOrEqual(60));
