import type { Command } from './Palette';

export interface CommandGroup {
  readonly name: string;
  readonly commands: readonly Command[];
}

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/**
 * Commands that contain every word of the query at the start of one of theirs, before those that only
 * contain it; otherwise in the order given. Groups keep the order they first come in.
 */
export function filterCommands(commands: readonly Command[], query: string): CommandGroup[] {
  const wanted = plain(query).split(/\s+/).filter(Boolean);
  const ranked = commands
    .map((command, order) => ({
      command,
      order,
      rank: rank(`${command.label} ${command.words ?? ''}`, wanted),
    }))
    .filter((entry) => entry.rank >= 0)
    .sort((a, b) => a.rank - b.rank || a.order - b.order);
  const groups = new Map<string, Command[]>();
  for (const { command } of ranked) {
    const group = groups.get(command.group);
    if (group) group.push(command);
    else groups.set(command.group, [command]);
  }
  return [...groups].map(([name, list]) => ({ name, commands: list }));
}

function rank(text: string, wanted: readonly string[]): number {
  const words = plain(text).split(/[^\p{L}\p{N}]+/u);
  let worst = 0;
  for (const word of wanted) {
    if (words.some((candidate) => candidate.startsWith(word))) continue;
    if (!plain(text).includes(word)) return -1;
    worst = 1;
  }
  return worst;
}
