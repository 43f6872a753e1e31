/** What a download is doing, in words for a screen. */
export { type DownloadState, stateWords } from '../core/hub/words';
