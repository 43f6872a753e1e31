import { type RefObject, useEffect, useState } from 'react';
import { useLatest } from './hooks';

const typing = 'input, textarea, select, [contenteditable="true"]';

/**
 * Files dropped on the zone, or anywhere in the window, and files pasted outside fields. Answers how many
 * are hovering (0 when the browser does not say), or null. Only drags that carry files are taken, so that
 * dragging text within the prompt stays the browser's.
 */
export function useFileDrop(
  zone: RefObject<HTMLElement | null>,
  onFiles: (files: File[]) => void,
  wholeWindow: boolean,
  onDrop?: (data: DataTransfer) => void,
): number | null {
  const [over, setOver] = useState<number | null>(null);
  const latest = useLatest(onFiles);
  const dropped = useLatest(onDrop);
  useEffect(() => {
    const target: EventTarget | null = wholeWindow ? window : zone.current;
    if (!target) return;
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const drag = (event: Event) => {
      const { dataTransfer } = event as DragEvent;
      if (!dataTransfer || !carriesFiles(event as DragEvent)) return;
      event.preventDefault();
      dataTransfer.dropEffect = 'copy';
      setOver([...dataTransfer.items].filter((item) => item.kind === 'file').length);
    };
    const leave = (event: Event) => {
      // Leaving the window has no related target; moving between its elements has one.
      const inside = (event as DragEvent).relatedTarget;
      if (!(inside instanceof Node) || (!wholeWindow && !zone.current?.contains(inside))) setOver(null);
    };
    const drop = (event: Event) => {
      if (!carriesFiles(event as DragEvent)) return;
      event.preventDefault();
      setOver(null);
      const { dataTransfer } = event as DragEvent;
      if (dropped.current && dataTransfer) {
        if (!underDialog()) dropped.current(dataTransfer);
        return;
      }
      const files = [...((event as DragEvent).dataTransfer?.files ?? [])];
      if (files.length > 0) latest.current(files);
    };
    const paste = (event: Event) => {
      const { clipboardData } = event as ClipboardEvent;
      const files = [...(clipboardData?.files ?? [])];
      if (files.length === 0) return;
      const field = event.target instanceof Element && event.target.closest(typing);
      // In a field a picture has nowhere to go; text beside it does.
      if (field && clipboardData?.types.includes('text/plain')) return;
      event.preventDefault();
      latest.current(files);
    };
    target.addEventListener('dragenter', drag);
    target.addEventListener('dragover', drag);
    target.addEventListener('dragleave', leave);
    target.addEventListener('drop', drop);
    if (wholeWindow) window.addEventListener('paste', paste);
    return () => {
      target.removeEventListener('dragenter', drag);
      target.removeEventListener('dragover', drag);
      target.removeEventListener('dragleave', leave);
      target.removeEventListener('drop', drop);
      window.removeEventListener('paste', paste);
    };
  }, [zone, wholeWindow, latest, dropped]);
  return over;
}

function underDialog(): boolean {
  return document.querySelector('dialog[open]') !== null;
}
