/**
 * From a file to pixels: header, completeness, decode, every view that is judged. Runs in a worker; nothing
 * here reaches the network, and every end is pixels or a WinnowError within 10 s.
 */
export { checkCanvas } from './decode/canvas-check';
export { type DecodedImage, type DecodedView, type DecodeOptions, decodeImage } from './decode/image';
export { previewImage } from './decode/preview';
