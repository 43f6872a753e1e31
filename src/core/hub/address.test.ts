import { describe, expect, it } from 'vitest';
import {
  base,
  checkPath,
  checkRepo,
  fileKey,
  infoAddress,
  mirrorAddress,
  rawAddress,
  resolveAddress,
} from './address';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const file = { repo: 'owner/name', revision: COMMIT, path: 'onnx/model.onnx' };
const code = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('addresses of a Hub', () => {
  it('are made of encoded parts', () => {
    expect(resolveAddress('https://huggingface.co/', file)).toBe(
      `https://huggingface.co/owner/name/resolve/${COMMIT}/onnx/model.onnx`,
    );
    expect(rawAddress('https://huggingface.co', { ...file, path: 'a b/#?%.json' })).toBe(
      `https://huggingface.co/owner/name/raw/${COMMIT}/a%20b/%23%3F%25.json`,
    );
    expect(infoAddress('http://127.0.0.1:8080', 'bert', 'refs/pr/1')).toBe(
      'http://127.0.0.1:8080/api/models/bert/revision/refs%2Fpr%2F1',
    );
    expect(mirrorAddress('https://models.example/winnow/', 'a/ü.bin')).toBe(
      'https://models.example/winnow/a/%C3%BC.bin',
    );
    expect(fileKey(file)).toBe(`owner/name@${COMMIT}/onnx/model.onnx`);
  });

  it.each([
    '',
    '/',
    'a/b/c',
    '../x',
    'a/..',
    'a/',
    '-a/b',
    'a--b',
    'a..b/c',
    'a b',
    'a/b?x',
    'a\u0000',
    'a'.repeat(97),
  ])('M18 %j is no repository', (repo) => expect(code(() => checkRepo(repo))).toBe('invalid-input'));

  it.each([
    '',
    '/a',
    'a/',
    'a//b',
    '../a',
    'a/../b',
    './a',
    'a\\b',
    'a\nb',
    'a\u0000',
    '\ud800',
    'a'.repeat(513),
  ])('M18 %j is no path', (path) => expect(code(() => checkPath(path))).toBe('invalid-input'));

  it('B06 a branch is not a version that stays', () => {
    for (const revision of ['main', COMMIT.slice(1), COMMIT.toUpperCase(), `${COMMIT}0`])
      expect(code(() => resolveAddress('https://huggingface.co', { ...file, revision }))).toBe(
        'invalid-input',
      );
  });

  it('only https, or this machine', () => {
    for (const address of [
      'http://models.example',
      'ftp://models.example',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'data:text/plain,x',
      'models.example',
      'https://name:word@models.example',
      'https://models.example/?x=1',
      'https://models.example/#x',
      'http://127.0.0.1.models.example',
    ])
      expect(
        code(() => base(address)),
        address,
      ).toBe('invalid-input');
    expect(base('http://localhost:8080/models//')).toBe('http://localhost:8080/models');
  });
});
