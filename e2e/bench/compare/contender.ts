/** What every contender can do, wherever it runs; and the few words that pages and Node exchange. */

/** What one item cost, in milliseconds. Left out is what a contender does not do or does not tell. */
export interface Times {
  /** From a JPEG's bytes, or a text, to scores. */
  readonly whole?: number;
  /** The same without decoding the JPEG; for a text the whole. */
  readonly decoded?: number;
  /** The network's run alone. */
  readonly run?: number;
  /** In the order of the model's labels: that contenders do the same work shows in them. */
  readonly probabilities?: readonly number[];
}

/** One model in one process. */
export interface Contender {
  readonly name: string;
  /** What runs there, such as the precision and the file. */
  readonly what: string;
  /** A fresh process without the model; peaks count from here. */
  start(): Promise<void>;
  /** Opens the model and has it answer once: milliseconds. */
  open(): Promise<number>;
  /** Gives the model's memory back; the process stays. */
  close(): Promise<void>;
  once(): Promise<Times>;
  /** So many different items handed over at once: items a second. Undefined where there is no such thing. */
  batch(count: number): Promise<number | undefined>;
  /** Largest resident set of its process since `start`, in megabytes (10⁶ bytes). */
  peak(): number;
  /** WebAssembly memory that a runtime's threads share, in megabytes; undefined where it cannot be read. */
  heap(): Promise<number | undefined>;
  /** Ends the process. */
  stop(): Promise<void>;
  /** Ends everything and deletes what was kept for it. */
  dispose(): Promise<void>;
}

export type Item = Blob | string;

/** The part of a contender that runs in a page. */
export interface Contest {
  open(): Promise<void>;
  close(): Promise<void>;
  once(item: Item): Promise<Times>;
  batch(items: readonly Item[]): Promise<unknown>;
}

/** What items are made of: a JPEG, as base64, or the beginning of a text. */
export type Material = { readonly jpeg: string } | { readonly text: string };

/** Texts end in a number of three digits, so that each is another one of the same length. */
export const numbered = (text: string, at: number): string => `${text} ${100 + (at % 900)}`;

declare global {
  var contest: Contest;
  /** The same picture or text in other bytes each time, because answers may be kept by content. */
  var item: (at: number) => Item;
  var memories: WebAssembly.Memory[];
}
