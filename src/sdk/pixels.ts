/** Pictures into input tensors, in workers of their own: no worker that runs a network waits for pixels. */
import * as Comlink from 'comlink';
import type { ImageInput } from '../catalog/card';
import { InvalidError } from '../core/errors';
import type { PixelsContract, PreparedPicture } from '../rpc/contract';
import { Pool } from './pool';

/** Decoding happens in threads of the browser's: while some are there, another is being resampled. */
export const PIXEL_LANES = 3;
/** A worker a core would leave none for the networks. */
const MOST = 4;

export interface PixelsOptions {
  readonly url: string;
  readonly deadline: number;
  readonly idle: number;
}

export class Pixels {
  private readonly pool: Pool<PixelsContract>;
  private jobs = 0;

  constructor(options: PixelsOptions) {
    this.pool = new Pool({ ...options, lanes: PIXEL_LANES, most: () => this.most });
  }

  /** Workers at most. */
  get most(): number {
    return Math.max(1, Math.min(MOST, Math.floor((navigator.hardwareConcurrency || 1) / 2)));
  }

  /** Rejects with what is wrong with the picture, `worker-died` and `timeout` among it, or CancelledError. */
  async prepare(image: Blob, input: ImageInput, signal?: AbortSignal): Promise<PreparedPicture> {
    const job = ++this.jobs;
    const made = await this.pool.run((remote, inner) => remote.prepare(job, image, input, inner), signal);
    if (made.job !== job) throw new InvalidError('internal', 'The pixels belong to another item. Try again.');
    return made.picture;
  }

  release(): void {
    this.pool.release();
  }

  close(): void {
    this.pool.close();
  }
}

/** Marks a picture's tensors to be handed over with the message that they are in. */
export function handedOver(picture: PreparedPicture): PreparedPicture {
  return Comlink.transfer(
    picture,
    picture.views.map(({ data }) => data.buffer),
  );
}
