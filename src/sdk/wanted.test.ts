import { describe, expect, it } from 'vitest';
import type { CardFile, ModelCard } from '../catalog/card';
import { laionClipNsfw } from '../catalog/laion-clip-nsfw';
import { wantedFiles } from './wanted';

const hub = { kind: 'hub' } as const;
const mirror = { kind: 'mirror', url: 'https://mirror.example/m' } as const;
const file = (name: string, size = 3) => new File([new Uint8Array(size)], name);

describe('wantedFiles', () => {
  it('LAION from the Hub: the tower in part, and the head is on another site', () => {
    const { files, elsewhere } = wantedFiles(laionClipNsfw, hub);
    expect(files.map(({ path, part, optional }) => [path, part, optional])).toEqual([
      ['model.safetensors', 1_232_000_000, true],
      ['config.json', undefined, true],
    ]);
    expect(elsewhere).toEqual([
      {
        path: 'clip_autokeras_binary_nsfw.zip',
        url: 'https://github.com/LAION-AI/CLIP-based-NSFW-Detector',
        optional: false,
      },
    ]);
  });

  it('what somebody gives is not asked for: by its name, or by the size that the card knows', () => {
    expect(
      wantedFiles(laionClipNsfw, hub, [file('folder/clip_autokeras_binary_nsfw.zip')]).elsewhere,
    ).toEqual([]);
    expect(wantedFiles(laionClipNsfw, hub, [file('renamed', 1_094_585)]).elsewhere).toEqual([]);
    expect(wantedFiles(laionClipNsfw, hub, [new Blob([new Uint8Array(1_094_585)])]).elsewhere).toEqual([]);
    expect(wantedFiles(laionClipNsfw, hub, [file('other.zip')]).elsewhere).toHaveLength(1);
    expect(wantedFiles(laionClipNsfw, hub, [file('config.json')]).files).toHaveLength(1);
  });

  it('a mirror has all of them, each under its own repository', () => {
    const { files, elsewhere } = wantedFiles(laionClipNsfw, mirror);
    expect(elsewhere).toEqual([]);
    expect(files.map(({ repo }) => repo)).toEqual([
      'openai/clip-vit-large-patch14',
      'openai/clip-vit-large-patch14',
      'LAION-AI/CLIP-based-NSFW-Detector',
    ]);
    expect(files[2]).toMatchObject({ bytes: 1_094_585, sha256: expect.stringMatching(/^9055/) });
  });

  it('another repository of the Hub is asked itself; a mirror needs no name of one', () => {
    const install = { family: 'x', precision: { wasm: 'exact', webgpu: 'exact' } } as const;
    const from = { name: 'other/head', url: 'https://huggingface.co/other/head', revision: 'v2' };
    const files: CardFile[] = [
      { role: 'head', path: 'head.safetensors', from },
      { role: 'config', path: 'config.json' },
    ];
    const card: ModelCard = {
      ...laionClipNsfw,
      source: { name: 'Of my own', url: 'about:blank', revision: '1' },
      install: { ...install, files },
    };
    const nowhere = { ...card, install: { ...install, files: [{ role: 'config' } as CardFile] } };
    expect(() => wantedFiles(nowhere, hub)).toThrow('does not say where');
    expect(wantedFiles(card, hub).files[0]).toMatchObject({ repo: 'other/head', revision: 'v2' });
    expect(wantedFiles(card, mirror).files[1]).toMatchObject({ repo: card.id, revision: 'main' });
  });
});
