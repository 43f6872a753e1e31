import { describe, expect, it } from 'vitest';
import { expectedOf, extensionOf, skippedFor } from './files';

describe('what a file is taken for', () => {
  it.each([
    ['a/.DS_Store', 'hidden'],
    ['Thumbs.db', 'hidden'],
    ['a/desktop.ini', 'hidden'],
    ['__MACOSX/a/._b.jpg', 'hidden'],
    ['a/.git/objects/b.jpg', 'hidden'],
    ['~$table.csv', 'hidden'],
    ['a/page.html', 'other'],
    ['a/b.JSON', 'other'],
    ['a/b.jpg', undefined],
    ['../b.jpg', undefined],
    ['a/./b', undefined],
    // Nobody has looked at these yet, and something may be in them.
    ['a/film.mp4', undefined],
    ['a/b.pdf', undefined],
    ['a/b.heic', undefined],
    ['a/no extension', undefined],
    ['constructor', undefined],
  ])('%j is left out: %s', (path, why) => expect(skippedFor(path)).toBe(why));

  it.each([
    ['a.jpg', 'image'],
    ['a', 'image'],
    ['a.constructor', 'image'],
    ['A.TXT', 'text'],
    ['a.b.csv', 'table'],
    ['a.jsonl', 'table'],
    ['a.zip', 'zip'],
  ])('%j is taken for: %s', (path, expected) => expect(expectedOf(path)).toBe(expected));

  it('extensions are those of the name, not of a folder', () => {
    expect(extensionOf('a.zip/b')).toBe('');
    expect(extensionOf('a\\b.PNG')).toBe('png');
    expect(extensionOf('.hidden')).toBe('');
  });
});
