/** The download worker's service for files of models: learn what they are, get them, keep them. */
import type { DownloadsContract } from '../../rpc/downloads';
import { browserMeans } from './browser';
import { listSources, removeSources } from './chunks';
import { downloadFile } from './download';
import { keptDownloads, removeDownloads } from './kept';
import { learnFile } from './learn';
import { lookFor } from './look';
import { keepPins } from './pins';
import { lookInto } from './repository';
import { damaged, salvage } from './salvage';
import { holdTurn } from './turn';

/** `hashing`: address of the hashing thread's script. */
export function createDownloads(hashing: string): DownloadsContract {
  const means = browserMeans(hashing);
  return {
    learn: (request, signal) => learnFile(request, means, signal),
    look: (request, signal) => lookFor(request, means, signal),
    keepPins,
    repository: (request, signal) => lookInto(request, means, signal),
    download: (request, onProgress, signal) => downloadFile(request, { means, onProgress, signal }),
    salvage,
    damaged,
    hold: holdTurn,
    downloads: keptDownloads,
    removeDownloads,
    sources: listSources,
    removeSources,
  };
}
