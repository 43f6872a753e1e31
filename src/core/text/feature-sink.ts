/** Collects features block by block and weighs each block. */

export interface NgramFeatures {
  /** Bucket of each feature: a row of the weight table. One entry per occurrence, so buckets repeat. */
  readonly indices: Int32Array;
  /** What the row is multiplied by. */
  readonly values: Float32Array;
  /** UTF-16 offsets into the reading's text. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

export class FeatureSink {
  #indices: Int32Array;
  #values: Float32Array;
  #starts: Uint32Array;
  #ends: Uint32Array;
  #length = 0;
  #blockStart = 0;
  /** What the next features count. */
  weight = 1;

  constructor(capacity: number) {
    this.#indices = new Int32Array(capacity);
    this.#values = new Float32Array(capacity);
    this.#starts = new Uint32Array(capacity);
    this.#ends = new Uint32Array(capacity);
  }

  push(bucket: number, start: number, end: number): void {
    if (this.#length === this.#indices.length) this.#grow();
    this.#indices[this.#length] = bucket;
    this.#values[this.#length] = this.weight;
    this.#starts[this.#length] = start;
    this.#ends[this.#length] = end;
    this.#length += 1;
  }

  /**
   * Weighs what was pushed since the last block ended: a bucket that occurs n times weighs 1 + ln n, shared evenly
   * over its occurrences and times their weights; the buckets' weights then get Euclidean length one.
   */
  endBlock(): void {
    const counts = new Map<number, number>();
    const sums = new Map<number, number>();
    for (let index = this.#blockStart; index < this.#length; index++) {
      const bucket = this.#indices[index]!;
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
      sums.set(bucket, (sums.get(bucket) ?? 0) + this.#values[index]!);
    }
    let squares = 0;
    for (const [bucket, count] of counts)
      squares += ((sums.get(bucket)! * (1 + Math.log(count))) / count) ** 2;
    const scale = squares === 0 ? 0 : 1 / Math.sqrt(squares);
    for (let index = this.#blockStart; index < this.#length; index++) {
      const count = counts.get(this.#indices[index]!)!;
      this.#values[index]! *= (scale * (1 + Math.log(count))) / count;
    }
    this.#blockStart = this.#length;
  }

  finish(): NgramFeatures {
    return {
      indices: this.#indices.slice(0, this.#length),
      values: this.#values.slice(0, this.#length),
      starts: this.#starts.slice(0, this.#length),
      ends: this.#ends.slice(0, this.#length),
    };
  }

  #grow(): void {
    const size = this.#indices.length * 2;
    const grown = new FeatureSink(size);
    grown.#indices.set(this.#indices);
    grown.#values.set(this.#values);
    grown.#starts.set(this.#starts);
    grown.#ends.set(this.#ends);
    this.#indices = grown.#indices;
    this.#values = grown.#values;
    this.#starts = grown.#starts;
    this.#ends = grown.#ends;
  }
}
