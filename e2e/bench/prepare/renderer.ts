/** The peak memory of a page's process, and what its browser has worked, as Linux counts them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

function processes(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name stands in brackets and may hold spaces: the parent is the second field after them.
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return [{ pid, parent, command: readFileSync(`/proc/${pid}/cmdline`, 'utf8') }];
    } catch {
      return [];
    }
  });
}

/** The processes of the browser that was started with this profile. */
function family(profile: string): Process[] {
  const all = processes();
  const browser = all.find(
    ({ command }) => command.includes(`--user-data-dir=${profile}`) && !command.includes('--type='),
  );
  if (!browser) throw new Error('The browser of this profile is not running.');
  const members = new Set([browser.pid]);
  for (let grown = -1; grown !== members.size; ) {
    grown = members.size;
    for (const { pid, parent } of all) if (members.has(parent)) members.add(pid);
  }
  return all.filter(({ pid }) => members.has(pid));
}

const renderers = (profile: string): number[] =>
  family(profile).flatMap(({ pid, command }) => (command.includes('--type=renderer') ? [pid] : []));

/** Of all its processes so far, those that have ended since left out. */
export function cpuSeconds(profile: string): number {
  let ticks = 0;
  for (const { pid } of family(profile)) {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  // Linux counts in hundredths of a second wherever Chromium runs.
  return ticks / 100;
}

/** Starts a new count: peaks from here on are of what happens from here on. */
export function resetPeak(profile: string): void {
  for (const pid of renderers(profile)) resetPeakOf(pid);
}

/** Largest resident set of any one renderer since the last reset, in megabytes (10⁶ bytes). */
export function peak(profile: string): number {
  return Math.max(0, ...renderers(profile).map(peakOf));
}

/** Resident set of the largest renderer as it is now, in megabytes (10⁶ bytes). */
export function resident(profile: string): number {
  return Math.max(0, ...renderers(profile).map((pid) => megabytes(pid, 'VmRSS')));
}

/** Megabytes (10⁶ bytes) by the kind of a process: `browser`, `renderer`, `gpu-process`, `utility` … */
export type Residents = Readonly<Record<string, number>>;

/** Resident sets of the browser's processes now, those of a kind together; of renderers the largest. */
export function residents(profile: string): Residents {
  const found: Record<string, number> = {};
  for (const { pid, command } of family(profile)) {
    const kind = /--type=([a-z-]+)/.exec(command)?.[1] ?? 'browser';
    const now = megabytes(pid, 'VmRSS');
    found[kind] = kind === 'renderer' ? Math.max(found[kind] ?? 0, now) : (found[kind] ?? 0) + now;
  }
  return found;
}

/** Resident sets of the browser's own process and of every renderer together, in megabytes (10⁶ bytes). */
function residentTogether(profile: string): number {
  const counted = family(profile).filter(
    ({ command }) => !command.includes('--type=') || command.includes('--type=renderer'),
  );
  return counted.reduce((sum, { pid }) => sum + megabytes(pid, 'VmRSS'), 0);
}

/** Milliseconds between two looks at memory: a peak lasts longer than that where megabytes a second come. */
const LOOK = 50;

/** What `work` takes above what there was when it began, in megabytes (10⁶ bytes): browser and renderers together. */
export async function memoryOf<T>(
  profile: string,
  work: () => Promise<T>,
): Promise<{ done: T; memory: number }> {
  const idle = residentTogether(profile);
  let most = idle;
  const looking = setInterval(() => {
    most = Math.max(most, residentTogether(profile));
  }, LOOK);
  try {
    return { done: await work(), memory: Math.max(most, residentTogether(profile)) - idle };
  } finally {
    clearInterval(looking);
  }
}

export function resetPeakOf(pid: number): void {
  // 5 resets VmHWM: https://docs.kernel.org/filesystems/proc.html
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** Largest resident set of a process since the last reset, in megabytes (10⁶ bytes). */
export function peakOf(pid: number): number {
  return megabytes(pid, 'VmHWM');
}

function megabytes(pid: number, field: 'VmHWM' | 'VmRSS'): number {
  let status = '';
  try {
    status = readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It has ended meanwhile.
  }
  const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
  return (Number(kilobytes ?? 0) * 1024) / 1e6;
}
