import { describe } from 'vitest';
import type { Broken } from '../../../scripts/soak/attempt';
import { refuses } from '../../../scripts/soak/refuses';
import { readNpy } from './npy';
import { joined, little, npyFile, source } from './testing';

function npy(title: string, bytes: Uint8Array, message: RegExp, code = 'invalid-model'): Broken {
  const file = source('x.npy', bytes);
  return { title, files: [file], run: () => readNpy(file), message, code, header: 128 };
}

const says = (descr: string, order = 'False', shape = '(1,)', data = 4) =>
  npyFile(`{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`, data);

const NPY: readonly Broken[] = [
  npy('an empty file', new Uint8Array(), /0 bytes/),
  npy('the magic alone', says("'<f4'").subarray(0, 8), /8 bytes/),
  npy('another file', new Uint8Array(100), /does not begin/),
  npy('a header cut short', says("'<f4'").subarray(0, 60), /within its header/),
  npy('version 4', npyFile('{}', 4, 4), /version 4.0/, 'unsupported-model'),
  npy(
    'a header of over 64 KiB',
    joined(says("'<f4'").subarray(0, 6), [2, 0], little(2 ** 16 + 1, 4), new Uint8Array(2 ** 17)),
    /65537 bytes/,
  ),
  npy('M13 Python objects', says("'|O'"), /can run code. We never open it/, 'unsupported-model'),
  npy('big-endian numbers', says("'>f4'"), /“>f4”/, 'unsupported-model'),
  npy('whole numbers', says("'<i8'", 'False', '(1,)', 8), /“<i8”/, 'unsupported-model'),
  npy('complex numbers', says("'<c8'", 'False', '(1,)', 8), /“<c8”/, 'unsupported-model'),
  npy('text', says("'<U1'"), /“<U1”/, 'unsupported-model'),
  npy('named columns', says("[('a', '<f4')]"), /named columns/, 'unsupported-model'),
  npy('Fortran order', says("'<f4'", 'True'), /ascontiguousarray/, 'unsupported-model'),
  npy('an order that is neither', says("'<f4'", '1'), /dictionary/),
  npy('too few numbers', says("'<f4'", 'False', '(2,)'), /4 bytes of numbers/),
  npy('too many numbers', says("'<f4'", 'False', '()', 8), /8 bytes of numbers/),
  npy('M05 a shape beyond 2^53', says("'<f4'", 'False', '(134217728, 134217728)'), /too large/),
  npy('a negative dimension', says("'<f4'", 'False', '(-1,)'), /dictionary/),
  npy('a shape that is a number', says("'<f4'", 'False', '(1)'), /tuple/),
  npy('nine dimensions', says("'<f4'", 'False', `(${'1,'.repeat(9)})`), /8 dimensions/),
  npy('a call for a shape', says("'<f4'", 'False', '__import__("os")'), /dictionary/),
  npy('an entry twice', npyFile("{'descr': '<f4', 'descr': '<f4', 'shape': (1,)}", 4), /dictionary/),
  npy('no shape', npyFile("{'descr': '<f4', 'fortran_order': False}", 4), /dictionary/),
  npy(
    'another entry',
    npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", 4),
    /dictionary/,
  ),
  npy(
    'junk after the dictionary',
    npyFile("{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} x", 4),
    /dictionary/,
  ),
  npy('a header of braces', npyFile('{'.repeat(100), 4), /dictionary/),
];

describe('malformed .npy', () => refuses(NPY));
