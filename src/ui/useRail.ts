import { type KeyboardEvent, type MouseEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { useLatest } from './hooks';
import { keyTarget, type Mark, moveBoth, moveMark, nearestMark, type RailLines, toStep } from './rail';

interface Drag {
  readonly mark: Mark;
  readonly pointer: number;
  /** Lines when it began; Esc restores them. */
  readonly start: RailLines;
  /** From the pointer to the mark's true place, on the axis: marks that stand close are drawn apart. */
  readonly grip: number;
  next: RailLines;
  frame: number;
}

interface Options {
  readonly review: number;
  readonly block: number;
  readonly disabled?: boolean | undefined;
  onChange(lines: RailLines): void;
  onCommit?: ((lines: RailLines) => void) | undefined;
}

/** Closer than this the marks step apart, in CSS pixels. */
const closeBelow = 16;

export function useRail(options: Options) {
  const ref = useRef<HTMLDivElement>(null);
  const latest = useLatest(options);
  const drag = useRef<Drag | null>(null);
  const changed = useRef<RailLines | null>(null);
  const [dragging, setDragging] = useState<Mark | null>(null);
  const width = useWidth(ref);

  const rightToLeft = () => ref.current !== null && getComputedStyle(ref.current).direction === 'rtl';
  const place = (clientX: number) => {
    const box = ref.current!.getBoundingClientRect();
    const along = (clientX - box.left) / Math.max(1, box.width);
    return rightToLeft() ? 1 - along : along;
  };
  const lines = (): RailLines =>
    changed.current ?? { review: latest.current.review, block: latest.current.block };
  const change = (next: RailLines) => {
    const now = lines();
    if (next.review === now.review && next.block === now.block) return;
    changed.current = next;
    latest.current.onChange(next);
  };
  const commit = () => {
    const done = changed.current;
    changed.current = null;
    if (done) latest.current.onCommit?.(done);
  };
  const endDrag = (keep: boolean) => {
    const now = drag.current;
    if (!now) return;
    cancelAnimationFrame(now.frame);
    drag.current = null;
    setDragging(null);
    change(keep ? now.next : now.start);
    if (keep) commit();
    else changed.current = null;
  };

  // Esc has to work wherever the focus is while the pointer holds a mark.
  useEffect(() => {
    if (dragging === null) return;
    const restore = (event: globalThis.KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      endDrag(false);
    };
    window.addEventListener('keydown', restore, true);
    return () => window.removeEventListener('keydown', restore, true);
  });
  useEffect(() => () => cancelAnimationFrame(drag.current?.frame ?? 0), []);

  const thumbHandlers = (mark: Mark) => ({
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0 || latest.current.disabled) return;
      event.preventDefault();
      event.currentTarget.focus({ preventScroll: true });
      event.currentTarget.setPointerCapture(event.pointerId);
      const start = lines();
      const grip = start[mark] - place(event.clientX);
      drag.current = { mark, pointer: event.pointerId, start, grip, next: start, frame: 0 };
      setDragging(mark);
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const now = drag.current;
      if (!now || now.pointer !== event.pointerId) return;
      const to = toStep(place(event.clientX) + now.grip);
      now.next = event.shiftKey ? moveBoth(now.start, to - now.start[mark]) : moveMark(now.start, mark, to);
      now.frame ||= requestAnimationFrame(() => {
        now.frame = 0;
        change(now.next);
      });
    },
    onPointerUp: () => endDrag(true),
    onPointerCancel: () => endDrag(false),
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      if (latest.current.disabled || event.ctrlKey || event.metaKey || event.altKey) return;
      const to = keyTarget(event.key, event.shiftKey, lines()[mark], rightToLeft());
      if (to === undefined) return;
      event.preventDefault();
      change(moveMark(lines(), mark, to));
    },
    onKeyUp: commit,
    onBlur: commit,
  });

  return {
    ref,
    dragging,
    close: (options.block - options.review) * width < closeBelow,
    thumbHandlers,
    set: (mark: Mark, value: number) => change(moveMark(lines(), mark, value)),
    commit,
    /** A plain press on the rail brings the nearer mark: the way without dragging. */
    jump(event: MouseEvent<HTMLElement>) {
      if (event.target !== event.currentTarget || latest.current.disabled) return;
      const to = toStep(place(event.clientX));
      const mark = nearestMark(lines(), to);
      change(moveMark(lines(), mark, to));
      commit();
      event.currentTarget.querySelector<HTMLElement>(`[data-mark="${mark}"]`)?.focus();
    },
  };
}

function useWidth(ref: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(240);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return width;
}
