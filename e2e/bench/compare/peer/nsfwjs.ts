/** nsfwjs on one of TF.js's backends. */
import { openPeer, type Peer } from '../../../golden-nsfwjs/peer';
import type { Contest, Times } from '../contender';
import type { NsfwjsPeer } from '../subjects';

export function contest({ backend }: NsfwjsPeer, threads: number): Contest {
  let peer: Peer;
  const once: Contest['once'] = async (item): Promise<Times> => {
    const began = performance.now();
    const bitmap = await createImageBitmap(item as Blob);
    const ready = performance.now();
    await peer.classify(bitmap);
    const ended = performance.now();
    bitmap.close();
    return { whole: ended - began, decoded: ended - ready };
  };
  return {
    open: async () => {
      peer = await openPeer(backend, threads);
    },
    close: async () => peer.dispose(),
    once,
    batch: (items) => Promise.all(items.map(once)),
  };
}
