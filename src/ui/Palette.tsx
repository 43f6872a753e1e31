import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { filterCommands } from './commands';
import { useLatest } from './hooks';
import { Icon, type IconName } from './Icon';
import { Key } from './Key';
import { useModal } from './useModal';

export interface Command {
  readonly id: string;
  /** "This screen", "Go to", "Models", "Settings"; groups show in the order they first come. */
  readonly group: string;
  readonly label: string;
  readonly icon?: IconName;
  readonly shortcut?: string;
  /** More words it is found by. */
  readonly words?: string;
  run(): void;
}

export interface PaletteProps {
  open: boolean;
  onClose(): void;
  commands: readonly Command[];
}

/** Ctrl K. Searches commands and models, never content. Esc gives focus back to where it was. */
export function Palette({ open, onClose, commands }: PaletteProps) {
  const { ref, onClosed, onCancelled } = useModal(open, onClose);
  return (
    <dialog
      ref={ref}
      className="palette"
      aria-label="Find"
      onClose={onClosed}
      onCancel={onCancelled}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      {open && <PaletteBody commands={commands} onClose={onClose} />}
    </dialog>
  );
}

function PaletteBody({ commands, onClose }: { commands: readonly Command[]; onClose: () => void }) {
  const [query, setQuery] = useState('');
  const [index, setIndex] = useState(0);
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const groups = filterCommands(commands, query);
  const flat = groups.flatMap((group) => group.commands);
  const active = flat[Math.min(index, flat.length - 1)];
  const close = useLatest(onClose);
  const run = (command: Command | undefined) => {
    if (!command) return;
    close.current();
    command.run();
  };
  const activeId = active && `${id}-${active.id}`;
  useEffect(() => {
    if (activeId)
      list.current?.querySelector(`[id="${CSS.escape(activeId)}"]`)?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);
  const key = (event: KeyboardEvent) => {
    const last = flat.length - 1;
    const moves: Record<string, number> = {
      ArrowDown: index >= last ? 0 : index + 1,
      ArrowUp: index <= 0 ? last : index - 1,
      PageDown: Math.min(last, index + 8),
      PageUp: Math.max(0, index - 8),
    };
    const to = moves[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setIndex(Math.max(0, to));
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      run(active);
    }
  };
  return (
    <>
      <div className="palette__in">
        <Icon name="search" />
        <input
          // biome-ignore lint/a11y/noAutofocus: the palette is a search field; nothing else could take the focus
          autoFocus
          role="combobox"
          aria-label="Find a command or a model"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={activeId}
          autoComplete="off"
          spellCheck={false}
          placeholder="Find a command or a model"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setIndex(0);
          }}
          onKeyDown={key}
        />
        <Key>Esc</Key>
      </div>
      <div className="palette__list" ref={list} role="listbox" id={`${id}-list`} aria-label="Results">
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: groups of options, not of fields
          <div key={group.name} role="group" aria-label={group.name}>
            <div className="palette__cap" aria-hidden="true">
              {group.name}
            </div>
            {group.commands.map((command) => (
              // biome-ignore lint/a11y/useFocusableInteractive: as above
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
              <div
                key={command.id}
                id={`${id}-${command.id}`}
                role="option"
                className="palette__row"
                aria-selected={command === active}
                onPointerMove={() => setIndex(flat.indexOf(command))}
                onClick={() => run(command)}
              >
                {command.icon ? <Icon name={command.icon} /> : <span className="palette__gap" />}
                <span className="palette__label">{command.label}</span>
                {command.shortcut && <Key>{command.shortcut}</Key>}
              </div>
            ))}
          </div>
        ))}
      </div>
      {flat.length === 0 && <p className="palette__none">Nothing here is called that.</p>}
      <p className="sr" role="status">
        {flat.length === 0 ? 'No results' : `${flat.length} ${flat.length === 1 ? 'result' : 'results'}`}
      </p>
    </>
  );
}
