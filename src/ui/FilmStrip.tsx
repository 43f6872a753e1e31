import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { Icon } from './Icon';
import { Thumbnail } from './Veil';
import { type BadgeWord, verdictWords } from './VerdictBadge';

export interface FilmItem {
  readonly id: string;
  readonly name: string;
  readonly thumbnail: ImageBitmap | null;
  readonly verdict: BadgeWord;
  /** A text has no thumbnail, and of what was released there is none any more. */
  readonly kind?: 'image' | 'text' | 'released' | undefined;
}

export interface FilmStripProps {
  /** "Pictures on the bench". */
  label: string;
  items: readonly FilmItem[];
  /** Id of the selected item. */
  selected: string | null;
  onSelect(id: string): void;
  onRemove?: ((id: string) => void) | undefined;
}

/** Width of a picture and of the gap after it; the window of what is rendered is reckoned from them. */
const pitch = 74;
const margin = 8;

/** Thumbnails under the veil with their verdicts. Renders only what is near the view: 500 cost what 20 do. */
export function FilmStrip({ label, items, selected, onSelect, onRemove }: FilmStripProps) {
  const prefix = useId();
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ first: 0, last: 24 });
  const at = items.findIndex((item) => item.id === selected);
  const measure = () => {
    const element = box.current;
    if (!element) return;
    // scrollLeft counts down from 0 in a right-to-left interface.
    const first = Math.max(0, Math.floor(Math.abs(element.scrollLeft) / pitch) - margin);
    const last = first + Math.ceil(element.clientWidth / pitch) + 2 * margin;
    setView((old) => (old.first === first && old.last === last ? old : { first, last }));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: measure reads the element only
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = box.current;
    if (!element || at < 0) return;
    const start = at * pitch;
    const offset = Math.abs(element.scrollLeft);
    const sign = getComputedStyle(element).direction === 'rtl' ? -1 : 1;
    if (start < offset) element.scrollLeft = sign * start;
    else if (start + pitch > offset + element.clientWidth)
      element.scrollLeft = sign * (start + pitch - element.clientWidth);
  }, [at]);
  const go = (index: number) => {
    const item = items[Math.min(items.length - 1, Math.max(0, index))];
    if (item) onSelect(item.id);
  };
  const key = (event: KeyboardEvent<HTMLElement>) => {
    const step = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
    const to: Record<string, number> = {
      ArrowRight: at + step,
      ArrowLeft: at - step,
      Home: 0,
      End: items.length - 1,
      PageDown: at + 8,
      PageUp: at - 8,
    };
    const index = to[event.key];
    if (index !== undefined) {
      event.preventDefault();
      go(index);
    } else if (event.key === 'Delete' && onRemove && selected !== null) {
      event.preventDefault();
      onRemove(selected);
    }
  };
  const last = Math.min(items.length, view.last);
  return (
    <div
      className="film"
      ref={box}
      role="listbox"
      aria-label={label}
      aria-orientation="horizontal"
      aria-activedescendant={at >= view.first && at < last ? `${prefix}-${at}` : undefined}
      tabIndex={0}
      onScroll={measure}
      onKeyDown={key}
      onFocus={() => at < 0 && go(0)}
    >
      <div className="film__run" style={{ '--n': items.length } as React.CSSProperties}>
        {items.slice(view.first, last).map((item, offset) => {
          const index = view.first + offset;
          return (
            // biome-ignore lint/a11y/useFocusableInteractive: the list holds the focus (aria-activedescendant)
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list has the keys
            <div
              key={item.id}
              id={`${prefix}-${index}`}
              role="option"
              className="film__item"
              aria-selected={item.id === selected}
              aria-label={itemWords(item, index, items.length)}
              aria-setsize={items.length}
              aria-posinset={index + 1}
              style={{ '--i': index } as React.CSSProperties}
              onClick={() => onSelect(item.id)}
            >
              <span className="veil veil--thumb" data-kind={item.kind}>
                <Small item={item} />
              </span>
              <span className="pin" data-verdict={item.verdict}>
                <Icon name={item.verdict} size={12} />
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Small({ item: { kind, thumbnail } }: { item: FilmItem }) {
  if (kind === 'text') return <Icon name="file" />;
  return kind === 'released' ? <Icon name="hidden" /> : <Thumbnail bitmap={thumbnail} />;
}

const itemWords = ({ kind, name, verdict }: FilmItem, index: number, count: number): string =>
  [
    `${kind === 'text' ? 'Text' : 'Picture'} ${index + 1} of ${count}`,
    name,
    ...(kind === 'text' ? [] : [kind === 'released' ? kind : 'hidden']),
    verdictWords[verdict],
  ].join(', ');
