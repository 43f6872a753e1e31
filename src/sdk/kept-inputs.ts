/** Folders and files of an earlier run, found again: the browser asks anew whether they may be read. */
import type { KeptHandle, ReadingContract } from '../rpc/reading';
import type { Inputs, KeptInput } from './input-types';
import type { Supervisor } from './supervisor';

/** The worker that reads what comes in. */
export type Reader = Supervisor<ReadingContract>;

/** Of Chromium, which is where such handles can be kept. */
interface Asking {
  queryPermission?(options: { mode: 'read' }): Promise<PermissionState>;
  requestPermission?(options: { mode: 'read' }): Promise<PermissionState>;
}

export function keptInputs(reader: Reader): Omit<Inputs, 'gather'> {
  return {
    keepInputs: (run, handles) => reader.run((remote) => remote.keepHandles(run, handles)),
    async keptInputs(run) {
      const handles = await reader.run((remote) => remote.keptHandles(run));
      return Promise.all(handles.map(keptInput));
    },
    forgetInputs: (run) => reader.run((remote) => remote.forgetHandles(run)),
  };
}

async function keptInput(handle: KeptHandle & Asking): Promise<KeptInput> {
  const mode = { mode: 'read' } as const;
  // Where nobody can be asked, nobody has to be: the origin's own files are like that.
  const permission = (await handle.queryPermission?.(mode).catch(() => 'denied' as const)) ?? 'granted';
  return {
    ...{ handle, name: handle.name, kind: handle.kind, permission },
    async ask() {
      const answer = await handle.requestPermission?.(mode).catch(() => 'denied' as const);
      return (answer ?? permission) === 'granted';
    },
  };
}
