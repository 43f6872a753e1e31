/**
 * What transformers' `preprocessor_config.json` says of pixels
 * (https://huggingface.co/docs/transformers/main_classes/image_processor), in the words of a card.
 */
import { asFinite, asObject, asWhole, type JsonObject, own } from '../checkpoint/json';
import { UnsupportedError } from '../errors';
import type { ImageConfig } from './preprocess';

/** Pillow's numbers. */
const FILTERS: Readonly<Record<number, 'bilinear' | 'bicubic'>> = { 2: 'bilinear', 3: 'bicubic' };
const RESCALE = 1 / 255;

/**
 * The part of an image configuration that the file decides; what it leaves out is left out. Throws
 * `unsupported-model` for steps that would give other pixels than ours, and `invalid-model` for values that are none.
 */
export function preprocessorInput(config: JsonObject): Partial<ImageConfig> {
  const flag = (key: string, fallback: boolean) => {
    const value = own(config, key) ?? fallback;
    return typeof value === 'boolean' ? value : fallback;
  };
  if (!flag('do_resize', true)) throw unsupported('do_resize = false');
  const factor = own(config, 'rescale_factor') ?? RESCALE;
  if (!flag('do_rescale', true) || Math.abs(asFinite(factor, 'rescale_factor') - RESCALE) > 1e-6)
    throw unsupported('a scale other than 1/255');
  return {
    ...filter(own(config, 'resample')),
    ...geometry(config, flag('do_center_crop', false)),
    ...(flag('do_normalize', true)
      ? { ...channels(config, 'image_mean', 'mean'), ...channels(config, 'image_std', 'std') }
      : { mean: [0, 0, 0], std: [1, 1, 1] }),
  };
}

function filter(value: unknown): Pick<Partial<ImageConfig>, 'resample'> {
  if (value === undefined || value === null) return {};
  const resample = FILTERS[asWhole(value, 'resample', 0)];
  if (!resample) throw unsupported(`resample = ${value}`);
  return { resample };
}

type Geometry = Pick<Partial<ImageConfig>, 'width' | 'height' | 'fit' | 'cropFraction'>;

/** `size` is a number, `{height, width}` or `{shortest_edge}`; what is cropped is `crop_size`. */
function geometry(config: JsonObject, crops: boolean): Geometry {
  const size = own(config, 'size');
  if (size === undefined || size === null) return {};
  const crop = crops ? sides(own(config, 'crop_size')) : undefined;
  if (typeof size === 'number')
    return crops ? cropped(asWhole(size, 'size', 1), crop) : stretched([asWhole(size, 'size', 1), size]);
  const object = asObject(size, 'size');
  const edge = own(object, 'shortest_edge');
  if (edge !== undefined && edge !== null) {
    if (own(object, 'longest_edge')) throw unsupported('size with a longest edge');
    return cropped(asWhole(edge, 'size', 1), crop);
  }
  const exact = sides(size);
  if (!exact) throw unsupported('size without height and width');
  if (crop && (crop[0] !== exact[0] || crop[1] !== exact[1]))
    throw unsupported('a crop of a stretched picture');
  return stretched(exact);
}

function stretched([height, width]: readonly [number, number]): Geometry {
  return { height, width, fit: 'stretch', cropFraction: 1 };
}

function cropped(edge: number, crop: readonly [number, number] | undefined): Geometry {
  // Without a crop, pictures keep their shape, and a network takes one shape only.
  if (!crop) throw unsupported('a short edge without a crop');
  const [height, width] = crop;
  if (height !== width || width > edge) throw unsupported(`a crop of ${width} × ${height} from ${edge}`);
  return { height, width, fit: 'crop', cropFraction: cropFraction(width, edge) };
}

/** A fraction with ⌊size / fraction⌋ = edge, which size / edge itself misses for one size in some. */
export function cropFraction(size: number, edge: number): number {
  return Math.floor(size / (size / edge)) === edge ? size / edge : size / (edge + 0.5);
}

/** Height and width of a number or an object; undefined when absent. */
function sides(value: unknown): readonly [number, number] | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return [asWhole(value, 'A size', 1), value];
  const object = asObject(value, 'A size');
  const [height, width] = [own(object, 'height'), own(object, 'width')];
  if (height === undefined || width === undefined) return undefined;
  return [asWhole(height, 'height', 1), asWhole(width, 'width', 1)];
}

function channels(config: JsonObject, key: string, name: 'mean' | 'std'): Partial<ImageConfig> {
  const value = own(config, key);
  if (value === undefined || value === null) return {};
  const list = Array.isArray(value) ? value : [value, value, value];
  if (list.length !== 3) throw unsupported(`${key} of ${list.length} channels`);
  const [red, green, blue] = list.map((one) => asFinite(one, key));
  if (name === 'std' && list.some((one) => one <= 0)) throw unsupported(`${key} = ${list}`);
  return { [name]: [red!, green!, blue!] };
}

function unsupported(what: string): UnsupportedError {
  return new UnsupportedError(
    'unsupported-model',
    `preprocessor_config.json asks for ${what.slice(0, 80)}, which is not supported. Its scores would be wrong.`,
  );
}
