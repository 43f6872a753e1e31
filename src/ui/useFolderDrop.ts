import { useEffect, useState } from 'react';
import { useLatest } from './hooks';

export interface DroppedFile {
  readonly file: File;
  /** With the folders it lay in: `my-model/onnx/model.onnx`. */
  readonly path: string;
}

export interface FolderDrop {
  /** How many things are held over the window. */
  readonly count: number;
  /** The `data-drop` of what they are held over, if it has one. */
  readonly on: string | undefined;
}

/** Enough for any model's folder; a whole disk dropped by mistake stops here. */
const MOST = 1_000;
const DEPTH = 8;

/**
 * Files and folders dropped anywhere in the window, folders with all that is in them. Answers what is held over
 * it, or null; `on` is the `data-drop` of the element under the pointer.
 */
export function useFolderDrop(
  onFiles: (files: readonly DroppedFile[], on: string | undefined) => void,
): FolderDrop | null {
  const [over, setOver] = useState<FolderDrop | null>(null);
  const latest = useLatest(onFiles);
  useEffect(() => {
    const carries = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const drag = (event: DragEvent) => {
      if (!event.dataTransfer || !carries(event)) return;
      event.preventDefault();
      const blocked = underDialog();
      event.dataTransfer.dropEffect = blocked ? 'none' : 'copy';
      if (blocked) return;
      const count = [...event.dataTransfer.items].filter((item) => item.kind === 'file').length;
      const on = markOf(event.target);
      setOver((before) => (before?.count === count && before.on === on ? before : { count, on }));
    };
    const leave = (event: DragEvent) => {
      // Leaving the window has no related target; moving between its elements has one.
      if (!(event.relatedTarget instanceof Node)) setOver(null);
    };
    const drop = (event: DragEvent) => {
      if (!event.dataTransfer || !carries(event)) return;
      event.preventDefault();
      setOver(null);
      if (underDialog()) return;
      const on = markOf(event.target);
      void gather(event.dataTransfer).then((files) => files.length > 0 && latest.current(files, on));
    };
    const listeners = { dragenter: drag, dragover: drag, dragleave: leave, drop } as const;
    for (const [name, listener] of Object.entries(listeners))
      window.addEventListener(name, listener as EventListener);
    return () => {
      for (const [name, listener] of Object.entries(listeners))
        window.removeEventListener(name, listener as EventListener);
    };
  }, [latest]);
  return over;
}

function underDialog(): boolean {
  return document.querySelector('dialog[open]') !== null;
}

function markOf(target: EventTarget | null): string | undefined {
  const marked = target instanceof Element ? target.closest<HTMLElement>('[data-drop]') : null;
  return marked?.dataset.drop;
}

/** Entries can be asked for during the event only; what is in them comes later. */
function gather(data: DataTransfer): Promise<readonly DroppedFile[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.() ?? null);
  const plain = [...data.files].map((file) => ({ file, path: file.name }));
  if (!entries.some((entry) => entry?.isDirectory)) return Promise.resolve(plain);
  return walk(entries);
}

async function walk(roots: readonly (FileSystemEntry | null)[]): Promise<readonly DroppedFile[]> {
  const found: DroppedFile[] = [];
  const visit = async (entry: FileSystemEntry, depth: number): Promise<void> => {
    if (found.length >= MOST || depth > DEPTH || entry.name.startsWith('.')) return;
    if (isFolder(entry)) for (const child of await children(entry)) await visit(child, depth + 1);
    else {
      const file = await fileOf(entry as FileSystemFileEntry);
      const path = entry.fullPath.replace(/^\//, '');
      // Only the entry knows its folder; named by it, the file can be told from its namesakes.
      if (file) found.push({ file: new File([file], path, { type: file.type }), path });
    }
  };
  for (const root of roots) if (root) await visit(root, 0);
  return found;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

/** A reader gives a hundred at a time, and an empty list at the end. A folder that cannot be read is empty. */
async function children(folder: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((done) => reader.readEntries(done, () => done([])));
    if (some.length === 0 || all.length >= MOST) return all;
    all.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File | undefined> {
  return new Promise((done) => entry.file(done, () => done(undefined)));
}
