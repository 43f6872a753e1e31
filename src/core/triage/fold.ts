/** A list in which items that look alike take one row together. */

/** A row that stands for several items. */
export interface Stack {
  /** In the order of the list; the first is the row. */
  readonly members: readonly number[];
  /** Its members have rows of their own, after the first. */
  readonly open: boolean;
}

export interface Folded {
  /** Items with a row, in order. */
  readonly shown: Uint32Array<ArrayBuffer>;
  /** By the first member. */
  readonly stacks: ReadonlyMap<number, Stack>;
}

/** `face`: equal for items that look alike, and below `size`. `isOpen`: whether the stack with this face is opened. */
export function folded(
  ordered: Uint32Array,
  size: number,
  face: (item: number) => number,
  isOpen: (face: number) => boolean,
): Folded {
  const faces = new Uint32Array(ordered.length);
  const counts = new Uint32Array(size);
  for (let at = 0; at < ordered.length; at++) {
    faces[at] = face(ordered[at]!);
    counts[faces[at]!]! += 1;
  }
  const piles = new Map<number, number[]>();
  for (let at = 0; at < ordered.length; at++) {
    if (counts[faces[at]!]! < 2) continue;
    const pile = piles.get(faces[at]!);
    if (pile) pile.push(ordered[at]!);
    else piles.set(faces[at]!, [ordered[at]!]);
  }
  const shown = new Uint32Array(ordered.length);
  const stacks = new Map<number, Stack>();
  let rows = 0;
  for (let at = 0; at < ordered.length; at++) {
    const members = piles.get(faces[at]!);
    if (!members) shown[rows++] = ordered[at]!;
    if (!members || stacks.has(members[0]!)) continue;
    const open = isOpen(faces[at]!);
    stacks.set(members[0]!, { members, open });
    for (const member of open ? members : [members[0]!]) shown[rows++] = member;
  }
  return { shown: shown.slice(0, rows), stacks };
}

/** The same list with one stack opened or folded again; nothing else moves. */
export function turned({ shown, stacks }: Folded, first: number): Folded {
  const stack = stacks.get(first);
  if (!stack) return { shown, stacks };
  const open = !stack.open;
  const rest = new Set(stack.members.slice(1));
  const rows = [...shown].flatMap((item) =>
    item === first && open ? stack.members : rest.has(item) ? [] : [item],
  );
  return {
    shown: Uint32Array.from(rows),
    stacks: new Map(stacks).set(first, { members: stack.members, open }),
  };
}
