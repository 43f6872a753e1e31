/** A folder: as a handle where the browser has them, so that it is found again after a restart; else as its files. */
import { useRef } from 'react';
import type { GatherInput } from '../../sdk/input-types';
import { Button } from '../../ui';

/** Of Chromium; the types of browsers' common ground do not have it. */
interface WithPicker {
  showDirectoryPicker?(): Promise<FileSystemDirectoryHandle>;
}

export function FolderButton({ onPicked, small }: { onPicked(input: GatherInput): void; small?: boolean }) {
  const input = useRef<HTMLInputElement>(null);
  const pick = async () => {
    const { showDirectoryPicker } = window as WithPicker;
    if (!showDirectoryPicker) return input.current?.click();
    // Rejects when nothing was chosen.
    const handle = await showDirectoryPicker.call(window).catch(() => undefined);
    if (handle) onPicked([handle]);
  };
  return (
    <>
      <Button icon="folder" size={small ? 'small' : 'normal'} onClick={() => void pick()}>
        Choose a folder
      </Button>
      <input
        ref={(element) => {
          input.current = element;
          element?.setAttribute('webkitdirectory', '');
        }}
        type="file"
        hidden
        multiple
        aria-label="Folder"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          if (files.length > 0) onPicked(files);
        }}
      />
    </>
  );
}
