/** Decodes pictures as the product's worker does and tells what became of them. */
import * as Comlink from 'comlink';
import { toWinnowError } from '../../src/core/errors';
import { type ImageConfig, resizeFor } from '../../src/core/image/preprocess';
import type { Filter } from '../../src/core/image/resize';
import { checkCanvas, decodeImage, previewImage } from '../../src/runtime/decode';
import { pixelsFeed, viewFeed } from '../../src/runtime/preprocess';
import { BASE_FILES, type Base, corpus, fullCorpus, type Item } from './corpus';

/** A tensor that is the bytes themselves, from 0 to 1. */
const BYTES = { kind: 'image', layout: 'NHWC', mean: [0, 0, 0], std: [1, 1, 1] } as const;

export interface SeenView {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Of the RGBA bytes; of views with hidden colours, of those. */
  readonly sha256: string;
  readonly first: readonly number[];
  readonly bitmap: boolean;
}

export interface Decoded {
  readonly code?: string;
  readonly message?: string;
  readonly milliseconds: number;
  readonly views: readonly SeenView[];
  readonly notes: readonly string[];
  readonly unit?: string;
  readonly checked?: number;
  readonly total?: number;
  readonly format?: string;
}

export interface Outcome extends Decoded {
  readonly id: string;
}

/** `path` from the server's root. */
async function fetched(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(`/${path}`)).arrayBuffer());
}

async function baseFiles(): Promise<Base> {
  const files = await Promise.all(BASE_FILES.map((name) => fetched(`base/${name}`)));
  return Object.fromEntries(BASE_FILES.map((name, i) => [name, files[i]!]));
}

async function sha256(data: Uint8Array | Uint8ClampedArray): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', data as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const service = {
  /** Every view's pixels of a picture, or the error it ends in. */
  async decode(blob: Blob, name: string, hash = true): Promise<Decoded> {
    const started = performance.now();
    const views: SeenView[] = [];
    try {
      const image = await decodeImage(blob, { name });
      for await (const view of image.views) {
        const { data, width, height } = view.pixels();
        const whole = hash ? await sha256(data) : '';
        views.push({
          name: view.name,
          width,
          height,
          sha256: whole,
          first: [...data.slice(0, 4)],
          bitmap: view.bitmap !== null,
        });
      }
      image.close();
      const { notes, unit, checked, total, header } = image;
      return {
        milliseconds: performance.now() - started,
        views,
        notes,
        unit,
        checked,
        total,
        format: header.format,
      };
    } catch (error) {
      const { code, message } = toWinnowError(error);
      return { code, message, milliseconds: performance.now() - started, views, notes: [] };
    }
  },

  /** Files `from` to `to` of the corpus, or all of a seed with the slow ones. */
  async run(onOutcome: (outcome: Outcome) => void, seed?: number, mutated?: number): Promise<number> {
    const base = await baseFiles();
    const items: Item[] = seed === undefined ? corpus(base) : fullCorpus(base, mutated ?? 400, seed);
    for (const item of items) {
      const blob = new Blob([(await item.bytes()) as Uint8Array<ArrayBuffer>]);
      onOutcome({ id: item.id, ...(await service.decode(blob, item.name, false)) });
    }
    return items.length;
  },

  async decodeUrl(path: string): Promise<Decoded> {
    return service.decode(new Blob([(await fetched(path)) as Uint8Array<ArrayBuffer>]), path);
  },

  /**
   * SHA-256 of the RGB pixels a model would see of a picture's first view, by all of its pixels and by what its tensor is
   * made from; one where both are the same.
   */
  async resized(path: string, size: number, fit: ImageConfig['fit'], resample: Filter): Promise<string> {
    const image = await decodeImage(new Blob([(await fetched(path)) as Uint8Array<ArrayBuffer>]));
    const config = { width: size, height: size, fit, cropFraction: 1, resample } as const;
    try {
      for await (const view of image.views) {
        const { data } = await viewFeed(view, { ...BYTES, ...config });
        const fed = await sha256(Uint8Array.from(data as Float32Array, (value) => Math.round(255 * value)));
        const whole = await sha256(resizeFor(view.pixels(), config).data);
        return fed === whole ? whole : `${whole}, but fed ${fed}`;
      }
      return '';
    } finally {
      image.close();
    }
  },

  /** Whether a network that samples between pixels is fed the same by the rows that it needs as by all of them. */
  async sampled(path: string, size: number): Promise<boolean> {
    const image = await decodeImage(new Blob([(await fetched(path)) as Uint8Array<ArrayBuffer>]));
    const config = { ...BYTES, layout: 'NCHW', width: size, height: size } as const;
    const input = { ...config, fit: 'stretch', cropFraction: 1, resample: 'bilinear-corners' } as const;
    try {
      for await (const view of image.views) {
        const fed = await viewFeed(view, input);
        return String(fed.data) === String(pixelsFeed(view.pixels(), input).data);
      }
      return false;
    } finally {
      image.close();
    }
  },

  /** Milliseconds of resampling a 12-megapixel picture, the median of `runs`. */
  async resizeTime(size: number, resample: Filter, runs: number): Promise<number> {
    const image = {
      data: new Uint8Array(4000 * 3000 * 4).map((_, i) => (i * 37) & 255),
      width: 4000,
      height: 3000,
    };
    const config = { width: size, height: size, fit: 'stretch', cropFraction: 1, resample } as const;
    const times = Array.from({ length: runs }, () => {
      const started = performance.now();
      resizeFor(image, config);
      return performance.now() - started;
    });
    return times.sort((a, b) => a - b)[runs >> 1]!;
  },

  async preview(path: string, longestSide: number) {
    const preview = await previewImage(
      new File([(await fetched(path)) as Uint8Array<ArrayBuffer>], path),
      longestSide,
    );
    const { bitmap, ...rest } = preview;
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
    context.drawImage(bitmap, 0, 0);
    const first = [...context.getImageData(0, 0, 1, 1).data];
    const size = [bitmap.width, bitmap.height] as const;
    bitmap.close();
    return { ...rest, size, first };
  },

  checkCanvas,

  /** The check in a browser that changes one bit of what is read, as some do against fingerprinting. */
  async checkAlteredCanvas() {
    const prototype = OffscreenCanvasRenderingContext2D.prototype;
    const { getImageData } = prototype;
    prototype.getImageData = function (...args: Parameters<typeof getImageData>) {
      const image = getImageData.apply(this, args);
      image.data[4] = image.data[4]! ^ 1;
      return image;
    };
    try {
      return await checkCanvas();
    } finally {
      prototype.getImageData = getImageData;
    }
  },
};

export type Service = typeof service;

Comlink.expose(service);
