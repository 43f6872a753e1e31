/** Families of models, one line each: what a checkpoint of the family becomes. */
export { mobilenet } from './mobilenet';
