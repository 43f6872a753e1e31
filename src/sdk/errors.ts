/** The errors the SDK throws, for screens that tell them apart. */
export type { ErrorCode, SerializedError } from '../core/errors';
export {
  CancelledError,
  deserializeError,
  FailedError,
  InvalidError,
  toWinnowError,
  UnsupportedError,
  WinnowError,
} from '../core/errors';
