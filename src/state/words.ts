/** What a download is doing, in words. */
export { stateWords } from '../sdk/words';
