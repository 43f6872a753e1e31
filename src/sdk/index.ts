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
export type {
  Batch,
  BatchItem,
  BatchOptions,
  BatchProgress,
  BatchResult,
  BatchSummary,
} from './batch/types';
export { createWinnow } from './create';
export type {
  GatheredItem,
  GatherInput,
  Gathering,
  GatherOptions,
  GatherProgress,
  Inputs,
  ItemSource,
  KeptHandle,
  KeptInput,
  SkippedCount,
  TableColumn,
  TableColumns,
  TableLook,
} from './input-types';
export { displayName, displayPath, hashDistance, linkOf, NEAR, Relinker } from './names';
export type { OnMachine, RunsOn, WithdrawnScores } from './on-machine';
export type {
  Appended,
  Conflict,
  Deciding,
  ExportKind,
  NewRun,
  Run,
  RunOptions,
  Runs,
  RunsChange,
  Saving,
  Turned,
} from './triage/types';
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
