import { describe, expect, it } from 'vitest';
import { Queue } from './queue';

const filled = (count: number) => {
  const queue = new Queue<{ id: string }>();
  for (let at = 0; at < count; at++) queue.add({ id: `${at}` });
  return queue;
};
const drained = (queue: Queue<{ id: string }>) => {
  const ids: string[] = [];
  for (let one = queue.take(); one; one = queue.take()) ids.push(one.id);
  return ids;
};

describe('Queue', () => {
  it('gives items as they were added', () => {
    expect(drained(filled(5))).toEqual(['0', '1', '2', '3', '4']);
  });

  it('gives those that were asked for first, the latest wish before earlier ones, and each once', () => {
    const queue = filled(6);
    queue.next(['4', '2']);
    queue.next(['5', 'unknown', '2', '5']);
    expect(drained(queue)).toEqual(['5', '2', '4', '0', '1', '3']);
  });

  it('gives what was put back before all others', () => {
    const queue = filled(3);
    const zero = queue.take()!;
    queue.next(['2']);
    queue.back(zero);
    expect(queue.size).toBe(3);
    expect(drained(queue)).toEqual(['0', '2', '1']);
    expect(queue.size).toBe(0);
  });

  it('takes an id again once it is gone, and does not give the older one twice', () => {
    const queue = filled(3);
    queue.next(['1']);
    expect(queue.take()!.id).toBe('1');
    queue.add({ id: '1' });
    expect(drained(queue)).toEqual(['0', '2', '1']);
  });

  it('stays fast and lets go of what it gave, over many', () => {
    const queue = filled(50_000);
    queue.next(['49999']);
    const ids = drained(queue);
    expect(ids).toHaveLength(50_000);
    expect(ids.slice(0, 2)).toEqual(['49999', '0']);
    expect(new Set(ids).size).toBe(50_000);
  });
});
