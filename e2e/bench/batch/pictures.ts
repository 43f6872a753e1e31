/** As many pictures as wanted, of up to two megapixels, in the page: a few drawings, each file's bytes its own. */
import type { Asked } from '../prepare/unwatched';

declare global {
  /** Picture `number` of the mix: JPEG, PNG and WebP in turn. The same number gives the same bytes. */
  var mixed: (number: number) => Promise<Blob>;
  /** Of the drawings behind them. */
  var mixedBytes: number;
}

/** `count` drawings, of full size or an eighth of it for tests that have little time. */
export async function addMix(page: Asked, { count = 36, small = false } = {}): Promise<void> {
  await page.evaluate(
    async ([total, divisor]) => {
      const SIZES = [
        [1632, 1224],
        [1280, 960],
        [1224, 1632],
        [1024, 768],
        [800, 600],
        [640, 480],
      ] as const;
      const FORMATS = ['image/jpeg', 'image/png', 'image/webp'] as const;

      const draw = async (at: number): Promise<Uint8Array<ArrayBuffer>> => {
        const [width, height] = SIZES[at % SIZES.length]!.map((side) => side / divisor) as [number, number];
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext('2d')!;
        const sky = context.createLinearGradient(0, 0, width, height);
        sky.addColorStop(0, `hsl(${(37 * at) % 360} 50% 70%)`);
        sky.addColorStop(1, `hsl(${(37 * at + 120) % 360} 60% 40%)`);
        context.fillStyle = sky;
        context.fillRect(0, 0, width, height);
        let seed = at + 1;
        const random = () => {
          seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
          return seed / 2_147_483_648;
        };
        // Leaves, so that a file is about as large as a photograph's.
        for (let leaf = 0; leaf < 3_000 / divisor ** 2; leaf++) {
          context.fillStyle = `hsl(${360 * random()} 50% ${20 + 60 * random()}% / 0.5)`;
          context.beginPath();
          const size = 4 + 40 * random();
          context.ellipse(width * random(), height * random(), size, size * random(), 3 * random(), 0, 7);
          context.fill();
        }
        const type = FORMATS[at % FORMATS.length]!;
        const blob = await canvas.convertToBlob({ type, quality: 0.9 });
        return new Uint8Array(await blob.arrayBuffer());
      };

      const crc = (bytes: Uint8Array): number => {
        let all = -1;
        for (const byte of bytes) {
          all ^= byte;
          for (let bit = 0; bit < 8; bit++) all = (all >>> 1) ^ (0xedb88320 & -(all & 1));
        }
        return ~all >>> 0;
      };
      const big = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
      const little = (value: number) => big(value).reverse();
      /** The same picture with a number in its metadata, where each format keeps such things. */
      const numbered = (bytes: Uint8Array<ArrayBuffer>, type: string, number: number): Blob => {
        const mark = [...new TextEncoder().encode(`n${String(number).padStart(7, '0')}`)];
        if (type === 'image/jpeg')
          return new Blob(
            [bytes.subarray(0, 2), Uint8Array.of(0xff, 0xfe, 0, 10, ...mark), bytes.subarray(2)],
            {
              type,
            },
          );
        if (type === 'image/png') {
          const body = Uint8Array.of(...new TextEncoder().encode('tEXt'), 110, 0, ...mark);
          const chunk = Uint8Array.of(...big(body.length - 4), ...body, ...big(crc(body)));
          return new Blob([bytes.subarray(0, 33), chunk, bytes.subarray(33)], { type });
        }
        const head = bytes.slice(0, 12);
        head.set(little(bytes.length - 8 + 16), 4);
        const chunk = Uint8Array.of(...new TextEncoder().encode('NUMB'), ...little(8), ...mark);
        return new Blob([head, bytes.subarray(12), chunk], { type });
      };

      const drawings: Uint8Array<ArrayBuffer>[] = [];
      // As many as sizes and formats give in different pairs, twice.
      for (let at = 0; at < total; at++) drawings.push(await draw(at + Math.floor(at / 6)));
      globalThis.mixedBytes = drawings.reduce((sum, { length }) => sum + length, 0);
      globalThis.mixed = async (number) => {
        const at = number % drawings.length;
        return numbered(drawings[at]!, FORMATS[(at + Math.floor(at / 6)) % FORMATS.length]!, number);
      };
    },
    [count, small ? 8 : 1] as const,
  );
}
