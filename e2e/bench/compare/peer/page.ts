/** A page for one contender other than Winnow; each has its own code, loaded when it is opened. */
import { encode } from '../../../golden-nsfwjs/pictures';
import type { Contest } from '../contender';
import type { PagePeer } from '../subjects';

declare global {
  var takePart: (peer: PagePeer, threads: number) => void;
  /** A two-megapixel JPEG, as base64. */
  var drawJpeg: () => Promise<string>;
}

globalThis.takePart = (peer, threads) => {
  globalThis.contest = late(() => enter(peer, threads));
};

globalThis.drawJpeg = async () => {
  const spec = { name: 'picture', kind: 'landscape', width: 1632, height: 1224, format: 'jpeg' } as const;
  const bytes = new Uint8Array(await (await encode(spec)).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
};

/** Loading the library is part of opening a model for the first time. */
function late(load: () => Promise<Contest>): Contest {
  let loaded: Contest | undefined;
  return {
    async open() {
      loaded ??= await load();
      await loaded.open();
    },
    close: () => loaded!.close(),
    once: (item) => loaded!.once(item),
    batch: (items) => loaded!.batch(items),
  };
}

async function enter(peer: PagePeer, threads: number): Promise<Contest> {
  switch (peer.kind) {
    case 'transformers.js':
      return (await import('./transformers')).contest(peer, threads);
    case 'onnxruntime-web':
      return (await import('./plain')).contest(peer, threads);
    case 'nsfwjs':
      return (await import('./nsfwjs')).contest(peer, threads);
  }
}
