import { describe, expect, it } from 'vitest';
import { filterCommands } from './commands';

const command = (group: string, label: string, words?: string) => ({
  id: label,
  group,
  label,
  ...(words && { words }),
  run: () => undefined,
});
const all = [
  command('This screen', 'Set review from…', 'threshold'),
  command('This screen', 'Blur all'),
  command('Go to', 'Triage'),
  command('Models', 'Thresholds of Zoë’s Äpfel'),
];
const labels = (query: string) =>
  filterCommands(all, query).flatMap((group) => group.commands.map((entry) => entry.label));

describe('the palette', () => {
  it('lists everything, in its groups and order, for no query', () => {
    expect(filterCommands(all, ' ').map((group) => group.name)).toEqual(['This screen', 'Go to', 'Models']);
  });
  it('finds by the words behind a command too', () => {
    expect(labels('thr')).toEqual(['Set review from…', 'Thresholds of Zoë’s Äpfel']);
  });
  it('wants every word, in any order, without regard to accents and case', () => {
    expect(labels('APFEL zoe')).toEqual(['Thresholds of Zoë’s Äpfel']);
    expect(labels('blur triage')).toEqual([]);
  });
  it('puts the start of a word before the middle of one', () => {
    expect(labels('r')[0]).toBe('Set review from…');
    expect(labels('iage')).toEqual(['Triage']);
  });
  it('treats a query as text, not as a pattern', () => {
    expect(labels('.*')).toEqual([]);
    expect(labels('(')).toEqual([]);
  });
});
