/** The download worker's service for files of models: learn what they are, get them, keep them. */
import type { DownloadsContract } from '../../rpc/downloads';
import { browserMeans } from './browser';
import { listSources, removeSources } from './chunks';
import { downloadFile } from './download';
import { learnFile } from './learn';

export function createDownloads(): DownloadsContract {
  const means = browserMeans();
  return {
    learn: (request, signal) => learnFile(request, means, signal),
    download: (request, onProgress, signal) => downloadFile(request, { means, onProgress, signal }),
    sources: listSources,
    removeSources,
  };
}
