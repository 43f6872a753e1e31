/** One picture on the bench. Immutable: a change makes a new one, so that an unchanged row is not drawn again. */
import type { Scores } from '../core/policy';

/** What the browser's decoder told of a picture, without its pixels. */
export interface PictureFacts {
  /** Pixels, upright. */
  readonly width: number;
  readonly height: number;
  /** The content's format, such as `JPEG`; not the name's. */
  readonly format: string;
  readonly animated: boolean;
  readonly notes: readonly string[];
}

export interface Picture {
  /** Never reused and never an index: answers find their picture by it. */
  readonly id: string;
  readonly file: Blob;
  readonly name: string;
  readonly state: 'waiting' | 'scoring' | 'done';
  /** By model id; absent until that model has answered. */
  readonly scores: Readonly<Record<string, Scores>>;
  readonly facts?: PictureFacts;
  /** 24 px on its longest side: all that is ever shown of a hidden picture. */
  readonly thumbnail?: ImageBitmap;
  /** No thumbnail can be had; its scores say why. */
  readonly unreadable?: true;
  /** Counts from 1 in the order of arrival; the name that a person sees. */
  readonly number: number;
}

/** How the design caps what a hidden picture can give away. */
export const THUMBNAIL = 24;
