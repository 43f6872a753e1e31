/** The page that a contender is measured in; one page each, all in one browser. */
import { encode, type PictureSpec } from '../../golden-nsfwjs/pictures';
import { type Contender, type ContenderName, openContender, type Steps } from './contenders';

const spec = (kind: PictureSpec['kind'], width: number, height: number, format: PictureSpec['format']) => ({
  name: `${width}×${height} ${format}`,
  kind,
  width,
  height,
  format,
});

/** Sizes that pictures on the web have. */
const EVERYDAY = [
  spec('landscape', 320, 240, 'jpeg'),
  spec('shapes', 500, 500, 'webp'),
  spec('landscape', 640, 480, 'jpeg'),
  spec('shapes', 800, 600, 'png'),
  spec('landscape', 1080, 810, 'jpeg'),
  spec('landscape', 1600, 900, 'jpeg'),
];
const LARGE = spec('landscape', 4000, 3000, 'jpeg');

export interface Measured {
  readonly milliseconds: number;
  readonly steps?: Steps;
}

export interface LargeMeasured extends Measured {
  /** The browser's own decode of the same picture, by itself. */
  readonly decode: number;
}

declare global {
  interface Window {
    /** Opens the contender, warms it up; returns what it runs on. */
    prepare(name: ContenderName, threads: number): Promise<{ backend: string; isolated: boolean }>;
    /** One picture after the other. */
    everyday(): Promise<Measured[]>;
    large(): Promise<LargeMeasured>;
    /** All everyday pictures four times over, handed over at once; milliseconds a picture. */
    batch(): Promise<number>;
  }
}

let contender: Contender;
let everyday: readonly Blob[];
let large: Blob;

window.prepare = async (name, threads) => {
  contender = await openContender(name, threads);
  everyday = await Promise.all(EVERYDAY.map(encode));
  large = await encode(LARGE);
  for (const picture of everyday) await contender.classify(picture);
  return { backend: contender.backend, isolated: crossOriginIsolated };
};

window.everyday = async () => {
  const measured: Measured[] = [];
  for (const picture of everyday) measured.push(await measure(picture));
  return measured;
};

window.large = async () => {
  const started = performance.now();
  (await createImageBitmap(large, { colorSpaceConversion: 'none' })).close();
  const decode = performance.now() - started;
  return { ...(await measure(large)), decode };
};

window.batch = async () => {
  const pictures = Array.from({ length: 4 }, () => everyday).flat();
  const started = performance.now();
  await Promise.all(pictures.map((picture) => contender.classify(picture)));
  return (performance.now() - started) / pictures.length;
};

async function measure(picture: Blob): Promise<Measured> {
  const started = performance.now();
  const steps = await contender.classify(picture);
  return { milliseconds: performance.now() - started, ...(steps && { steps }) };
}
