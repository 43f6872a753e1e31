/**
 * A Winnow that is there before it is ready: calls wait for the one that `create` is making. The screen can
 * be drawn, typed into and dropped onto at once; a failed start is made anew by the next call.
 */
import { CancelledError } from '../sdk/errors';
import type { Winnow } from '../sdk/types';
import { deferBatch } from './defer-batch';
import { deferGather } from './defer-gather';

export function connect(create: () => Promise<Winnow>): Winnow {
  let made: Promise<Winnow> | undefined;
  let closed = false;
  const get = (): Promise<Winnow> => {
    if (closed) return Promise.reject(new CancelledError('Winnow was closed.', 'closed'));
    if (!made) {
      made = create();
      made.catch(() => {
        made = undefined;
      });
    }
    return made;
  };
  return {
    models: async () => (await get()).models(),
    classifyText: async (text, options) => (await get()).classifyText(text, options),
    classifyImage: async (image, options) => (await get()).classifyImage(image, options),
    batch: (options) => deferBatch(get, options),
    gather: (input, options) => deferGather(get, input, options),
    keepInputs: async (run, handles) => (await get()).keepInputs(run, handles),
    keptInputs: async (run) => (await get()).keptInputs(run),
    forgetInputs: async (run) => (await get()).forgetInputs(run),
    runs: {
      list: async () => (await get()).runs.list(),
      create: async (run) => (await get()).runs.create(run),
      open: async (id, options) => (await get()).runs.open(id, options),
      remove: async (id) => (await get()).runs.remove(id),
      import: async (file, options) => (await get()).runs.import(file, options),
      onChange: (listener) => later(get, ({ runs }) => runs.onChange(listener)),
    },
    open: async (model, options) => (await get()).open(model, options),
    prefer: async (model, backend) => (await get()).prefer(model, backend),
    measure: async (options) => (await get()).measure(options),
    release: async (model) => (await get()).release(model),
    preview: async (image, options) => (await get()).preview(image, options),
    checkCanvas: async () => (await get()).checkCanvas(),
    install: async (model, options) => (await get()).install(model, options),
    look: async (model, options) => (await get()).look(model, options),
    repository: async (name, options) => (await get()).repository(name, options),
    repair: async (model, options) => (await get()).repair(model, options),
    remove: async (model) => (await get()).remove(model),
    storage: async () => (await get()).storage(),
    persist: async () => (await get()).persist(),
    downloads: async () => (await get()).downloads(),
    usualPrecision: async (card) => (await get()).usualPrecision(card),
    removeDownloads: async (model) => (await get()).removeDownloads(model),
    clear: async () => (await get()).clear(),
    keepBuild: async () => (await get()).keepBuild(),
    embedImage: async (image, options) => (await get()).embedImage(image, options),
    embedText: async (text, options) => (await get()).embedText(text, options),
    scoreEmbeddings: async (rows, options) => (await get()).scoreEmbeddings(rows, options),
    onActivity: (listener) => later(get, (winnow) => winnow.onActivity(listener)),
    onWithdrawn: (listener) => later(get, (winnow) => winnow.onWithdrawn(listener)),
    onModels: (listener) => later(get, (winnow) => winnow.onModels(listener)),
    async close() {
      const winnow = made;
      closed = true;
      await (await winnow?.catch(() => undefined))?.close();
    },
  };
}

/** Subscribes once there is something to subscribe to, unless nobody listens any more by then. */
function later(get: () => Promise<Winnow>, subscribe: (winnow: Winnow) => () => void): () => void {
  let unsubscribe: (() => void) | undefined;
  let gone = false;
  get().then(
    (winnow) => {
      if (!gone) unsubscribe = subscribe(winnow);
    },
    () => {
      // Whoever asked for the models is told why.
    },
  );
  return () => {
    gone = true;
    unsubscribe?.();
  };
}
