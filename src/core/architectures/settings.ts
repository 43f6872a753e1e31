/** Settings of a config that somebody else wrote: absent or null means the default, anything odd is an error by name. */
import { asFinite, asString, asWhole, type JsonObject, own } from '../checkpoint/json';
import { InvalidError, UnsupportedError } from '../errors';
import type { ImageConfig } from '../image/preprocess';

export type Size = readonly [height: number, width: number];

export class Settings {
  constructor(
    readonly config: JsonObject,
    /** Names the config in messages. */
    readonly what = 'config.json',
  ) {}

  /** An object inside; empty when absent. */
  inside(key: string): Settings {
    const value = this.raw(key);
    const found = typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {};
    if (value !== undefined && found !== value) throw this.#wrong(key, 'an object');
    return new Settings(found, `${key} of ${this.what}`);
  }

  raw(key: string): unknown {
    return own(this.config, key) ?? undefined;
  }

  has(key: string): boolean {
    return this.raw(key) !== undefined;
  }

  whole<T>(key: string, fallback: T): number | T {
    return this.#read(key, fallback, (value, what) => asWhole(value, what, 1));
  }

  number<T>(key: string, fallback: T): number | T {
    return this.#read(key, fallback, asFinite);
  }

  text<T>(key: string, fallback: T): string | T {
    return this.#read(key, fallback, asString);
  }

  flag<T>(key: string, fallback: T): boolean | T {
    return this.#read(key, fallback, (value) => {
      if (typeof value !== 'boolean') throw this.#wrong(key, 'true or false');
      return value;
    });
  }

  /** A height and a width: one number stands for both. */
  size<T extends Size | undefined>(key: string, fallback: T): Size | T {
    return this.#read(key, fallback, (value, what) => {
      const both = Array.isArray(value) && value.length === 2 ? value : [value, value];
      return [asWhole(both[0], what, 1), asWhole(both[1], what, 1)];
    });
  }

  /** Short strings in a list, or by their index in an object as transformers writes them. */
  labels(key: string): readonly string[] | undefined {
    const value = this.raw(key);
    if (value === undefined) return undefined;
    if (typeof value !== 'object') throw this.#wrong(key, 'a list of names');
    const list = Array.isArray(value)
      ? value
      : Object.keys(value as object).map((_, index) => own(value as JsonObject, String(index)));
    return list.map((label) => asString(label, `A name among ${key} of ${this.what}`));
  }

  /** Throws `unsupported-model` unless the setting is absent or one of `values`. */
  only(key: string, ...values: readonly unknown[]): void {
    const value = this.raw(key);
    if (value === undefined || values.includes(value)) return;
    const shown = JSON.stringify(value)?.slice(0, 80);
    throw new UnsupportedError('unsupported-model', `${key} = ${shown} in ${this.what} is not supported.`);
  }

  /** Throws `unsupported-model` naming a setting that is not `known`: it may change what is computed. */
  nothingBut(known: ReadonlySet<string>): void {
    for (const key of Object.keys(this.config))
      if (!known.has(key) && this.has(key))
        throw new UnsupportedError('unsupported-model', `${key} in ${this.what} is not supported.`);
  }

  #read<V, T>(key: string, fallback: T, read: (value: unknown, what: string) => V): V | T {
    const value = this.raw(key);
    return value === undefined ? fallback : read(value, `${key} of ${this.what}`);
  }

  #wrong(key: string, expected: string): InvalidError {
    return new InvalidError('invalid-model', `${key} of ${this.what} should be ${expected}.`);
  }
}

/**
 * What timm's `pretrained_cfg` says of pixels. Left out: interpolations and crops that are not one of ours, so that a
 * card has to say them.
 */
export function pretrainedInput(cfg: Settings, size: Size): Partial<ImageConfig> {
  const [height, width] = size;
  const resample = cfg.text('interpolation', undefined);
  const fraction = cfg.number('crop_pct', undefined);
  const mode = cfg.text('crop_mode', undefined);
  const mean = channels(cfg, 'mean');
  const std = channels(cfg, 'std');
  return {
    width,
    height,
    layout: 'NCHW',
    ...((resample === 'bicubic' || resample === 'bilinear') && { resample }),
    ...(mode === 'squash' && (fraction ?? 1) === 1 && { fit: 'stretch', cropFraction: 1 }),
    ...(mode === 'center' && fraction !== undefined && { fit: 'crop', cropFraction: fraction }),
    ...(mean && { mean }),
    ...(std && { std }),
  };
}

function channels(cfg: Settings, key: string): readonly [number, number, number] | undefined {
  const value = cfg.raw(key);
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [red, green, blue] = value.map((one) => asFinite(one, `${key} of ${cfg.what}`));
  return [red!, green!, blue!];
}
