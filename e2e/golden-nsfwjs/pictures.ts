/**
 * Pictures drawn in the page, of many sizes, kinds and encodings. Benign and synthetic: gradients,
 * noise, stripes, shapes, landscapes. The same seed draws the same picture.
 */

type Context = OffscreenCanvasRenderingContext2D;
type Draw = (context: Context, width: number, height: number, random: () => number) => void;
type Kind = keyof typeof DRAW;
type Format = 'png' | 'jpeg' | 'webp';

export interface PictureSpec {
  readonly name: string;
  readonly kind: Kind;
  readonly width: number;
  readonly height: number;
  readonly format: Format;
}

const picture = (kind: Kind, width: number, height: number, format: Format): PictureSpec => ({
  name: `${kind} ${width}×${height} ${format}`,
  kind,
  width,
  height,
  format,
});

export const PICTURES: readonly PictureSpec[] = [
  picture('flat', 1, 1, 'png'),
  picture('noise', 2, 2, 'png'),
  picture('gradient', 3, 700, 'png'),
  picture('stripes', 900, 2, 'png'),
  picture('noise', 16, 16, 'webp'),
  picture('shapes', 100, 75, 'jpeg'),
  picture('noise', 223, 225, 'png'),
  picture('landscape', 224, 224, 'png'),
  picture('shapes', 224, 224, 'webp'),
  picture('gradient', 256, 256, 'jpeg'),
  picture('rings', 299, 299, 'png'),
  picture('landscape', 320, 240, 'jpeg'),
  picture('stripes', 333, 250, 'webp'),
  picture('noise', 447, 448, 'jpeg'),
  picture('rings', 449, 449, 'webp'),
  picture('shapes', 500, 800, 'png'),
  picture('landscape', 640, 480, 'webp'),
  picture('gradient', 800, 600, 'png'),
  picture('landscape', 933, 701, 'jpeg'),
  picture('shapes', 1024, 1024, 'jpeg'),
  picture('noise', 1280, 720, 'webp'),
  picture('landscape', 1600, 900, 'png'),
  picture('rings', 1920, 1080, 'jpeg'),
  picture('shapes', 2500, 300, 'webp'),
  picture('landscape', 3000, 2000, 'jpeg'),
  picture('landscape', 4000, 3000, 'jpeg'),
];

const DRAW = {
  flat(context, width, height, random) {
    context.fillStyle = colour(random);
    context.fillRect(0, 0, width, height);
  },
  gradient(context, width, height, random) {
    const fill = context.createLinearGradient(0, 0, width, height);
    for (const stop of [0, 0.3, 0.7, 1]) fill.addColorStop(stop, colour(random));
    context.fillStyle = fill;
    context.fillRect(0, 0, width, height);
  },
  stripes(context, width, height, random) {
    for (let x = 0, band = 0; x < width + height; x += band) {
      band = 3 + Math.floor(random() * 20);
      context.fillStyle = colour(random);
      context.fillRect(x, 0, band, height);
    }
  },
  shapes(context, width, height, random) {
    DRAW.gradient(context, width, height, random);
    for (let i = 0; i < 40; i++) {
      context.fillStyle = colour(random);
      context.beginPath();
      const radius = (0.02 + 0.13 * random()) * Math.max(width, height);
      context.ellipse(random() * width, random() * height, radius, radius * random(), random() * 3, 0, 7);
      context.fill();
    }
  },
  noise(context, width, height, random) {
    each(context, width, height, () => [255 * random(), 255 * random(), 255 * random()]);
  },
  rings(context, width, height) {
    each(context, width, height, (x, y) => {
      const grey = 128 + 127 * Math.cos(((x - width / 2) ** 2 + (y - height / 2) ** 2) / width);
      return [grey, grey, 255 - grey / 2];
    });
  },
  landscape(context, width, height, random) {
    const phases = Array.from({ length: 8 }, () => 7 * random());
    each(context, width, height, (x, y) => {
      const u = x / width;
      const v = y / height;
      let ridge = 0.45;
      let rough = 0;
      for (const [i, phase] of phases.entries()) {
        ridge += (0.12 / (i + 1)) * Math.sin(phase + (i + 1) * 5 * u);
        rough += Math.sin(phase * 9 + (40 + 31 * i) * u) * Math.sin(phase * 5 + (33 + 29 * i) * v);
      }
      const grain = 24 * (random() - 0.5) + 9 * rough;
      return v < ridge
        ? [120 + 90 * v + grain / 3, 160 + 60 * v + grain / 3, 235 - 20 * v]
        : [70 + 60 * v + grain, 95 - 40 * (v - ridge) + grain, 45 + grain / 2];
    });
  },
} satisfies Record<string, Draw>;

/** Draws and encodes the picture. */
export async function encode(spec: PictureSpec): Promise<Blob> {
  const canvas = new OffscreenCanvas(spec.width, spec.height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  (DRAW[spec.kind] as Draw)(context, spec.width, spec.height, generator(spec.width * 8191 + spec.height));
  return canvas.convertToBlob({ type: `image/${spec.format}`, quality: 0.9 });
}

function each(
  context: Context,
  width: number,
  height: number,
  shade: (x: number, y: number) => readonly [number, number, number],
): void {
  const image = context.createImageData(width, height);
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++, i += 4) {
      const [red, green, blue] = shade(x, y);
      image.data[i] = red;
      image.data[i + 1] = green;
      image.data[i + 2] = blue;
      image.data[i + 3] = 255;
    }
  context.putImageData(image, 0, 0);
}

const colour = (random: () => number): string =>
  `hsl(${360 * random()} ${100 * random()}% ${100 * random()}%)`;

/** A linear congruential generator (Numerical Recipes' constants): 0 to 1. */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
