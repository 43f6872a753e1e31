/** Dropped folders: `File` objects do not say that they are one, the drop's items do. */
import { useEffect, useRef } from 'react';

/**
 * Splits dropped files from folders. The names are gathered before the drop zone hears of the same drop,
 * because the entries can be read during the event only.
 */
export function useFolders(): (files: readonly File[]) => { files: File[]; folders: string[] } {
  const names = useRef(new Set<string>());
  useEffect(() => {
    const look = (event: DragEvent) => {
      names.current = new Set();
      for (const item of event.dataTransfer?.items ?? []) {
        const entry = item.webkitGetAsEntry?.();
        if (entry?.isDirectory) names.current.add(entry.name);
      }
    };
    window.addEventListener('drop', look, { capture: true });
    return () => window.removeEventListener('drop', look, { capture: true });
  }, []);
  return (files) => {
    const folders = names.current;
    names.current = new Set();
    return {
      // A folder's `File` has no type; a picture of the same name in the same drop has one.
      files: files.filter((file) => file.type !== '' || !folders.has(file.name)),
      folders: [...folders],
    };
  };
}
