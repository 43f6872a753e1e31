/** The page of the golden test: both classifiers on the same decoded pictures. */
import { compactAxis, cornerAxis } from '../../src/core/image/resize-corners';
import { isOpaque, readRows, withOpaqueRows } from '../../src/runtime/readback';
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
    /** Bytes that differ between rows read alone and the same rows of the whole picture. */
    compareReadback(width: number, height: number, alpha: boolean): Promise<number>;
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

window.compareReadback = async (width, height, alpha) => {
  const image = new ImageData(width, height);
  for (let i = 0, state = 1; i < image.data.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    image.data[i] = i % 4 === 3 && !alpha ? 255 : state >>> 24;
  }
  const bitmap = await createImageBitmap(image);
  const whole = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  whole.drawImage(bitmap, 0, 0);
  const { needed } = compactAxis(cornerAxis(height, 224));
  const rows = readRows(bitmap, needed).data;
  if ((await isOpaque(bitmap)) === alpha)
    throw new Error('Transparency is not found, or found where there is none.');
  const copied = alpha
    ? null
    : await withOpaqueRows({ bitmap, turned: false }, needed, (found) => ({
        ...found,
        data: found.data.slice(),
      }));
  if (copied?.bgr === undefined && !alpha) throw new Error('The rows were not copied from a frame.');
  let different = 0;
  for (const [i, y] of needed.entries()) {
    const expected = whole.getImageData(0, y, width, 1).data;
    for (const [at, byte] of expected.entries()) {
      if (rows[4 * width * i + at] !== byte) different++;
      const place = copied?.bgr && at % 4 < 3 ? at - 2 * (at % 4) + 2 : at;
      if (copied && at % 4 < 3 && copied.data[4 * width * i + place] !== byte) different++;
    }
  }
  return different;
};
