/** Entry of `dist/sdk/winnow.js`. */
export type { ModelCard } from '../catalog/card';
export { CancelledError, FailedError, InvalidError, UnsupportedError, WinnowError } from '../core/errors';
export { defaultPolicy, judge, parsePolicy, worst } from '../core/policy';
export type {
  Coverage,
  JudgedRule,
  Part,
  Policy,
  Rule,
  Scores,
  Verdict,
  VerdictWord,
} from '../core/policy/types';
export type { CanvasCheck, OnProgress, OpenedModel, Preview, Progress } from '../rpc/contract';
export { createWinnow } from './create';
export type {
  Activity,
  ActivityState,
  ClassifyOptions,
  Embedding,
  EmbeddingRows,
  EmbeddingScores,
  Installed,
  Installing,
  InstallOptions,
  InstallSource,
  KeptDownload,
  LookOptions,
  ModelState,
  Repository,
  SourceFile,
  SourceInfo,
  StorageState,
  Winnow,
  WinnowOptions,
} from './types';
