/** The page of the golden test: both classifiers on the same decoded pictures. */
import { openOurs } from './ours';
import { openPeer } from './peer';
import { encode, PICTURES } from './pictures';

export interface Compared {
  readonly name: string;
  readonly reference: Readonly<Record<string, number>>;
  readonly ours: Readonly<Record<string, number>>;
}

export interface Comparison {
  readonly backend: string;
  readonly pictures: readonly Compared[];
}

declare global {
  interface Window {
    /** `most` is the largest picture compared, in pixels. */
    compare(backend: 'default' | 'wasm', most: number): Promise<Comparison>;
  }
}

window.compare = async (backend, most) => {
  const peer = await openPeer(backend);
  const ours = await openOurs();
  const pictures: Compared[] = [];
  for (const spec of PICTURES.filter(({ width, height }) => width * height <= most)) {
    const bitmap = await createImageBitmap(await encode(spec), { colorSpaceConversion: 'none' });
    pictures.push({
      name: spec.name,
      reference: await peer.classify(bitmap),
      ours: await ours.classify(bitmap),
    });
    bitmap.close();
  }
  return { backend: peer.backend, pictures };
};
