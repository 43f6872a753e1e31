import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { Button, type ButtonProps } from './Button';
import type { DroppedFile } from './useFolderDrop';

export interface FilePickProps extends Pick<ButtonProps, 'variant' | 'size' | 'icon' | 'disabled'> {
  /** A whole folder, with all that is in it; several files otherwise. */
  folder?: boolean | undefined;
  /** One file only. */
  single?: boolean | undefined;
  accept?: string | undefined;
  /** Names the input, for those who cannot see what the button stands beside. */
  label: string;
  children: ReactNode;
  onFiles(files: readonly DroppedFile[]): void;
  ref?: RefObject<HTMLButtonElement | null> | undefined;
}

/** A button that opens the browser's own picker, for files or for a folder. */
export function FilePick({
  folder,
  single,
  accept,
  label,
  children,
  onFiles,
  ref,
  ...button
}: FilePickProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // Not an attribute React knows; every browser that has folders knows the property.
    if (input.current) input.current.webkitdirectory = folder === true;
  }, [folder]);
  return (
    <>
      <Button {...button} ref={ref} aria-label={label} onClick={() => input.current?.click()}>
        {children}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple={!single}
        accept={accept}
        aria-label={label}
        onChange={(event) => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          const named = files
            .filter((file) => !/(^|\/)\./.test(file.webkitRelativePath))
            .map((file) => ({ file, path: file.webkitRelativePath || file.name }));
          if (named.length > 0) onFiles(named);
        }}
      />
    </>
  );
}
