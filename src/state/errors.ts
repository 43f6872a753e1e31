/** Errors as the screens show them. */
export { toWinnowError } from '../sdk/errors';
