/** What every kind of source is to an installation: a job in, files out. */
import type { ModelCard } from '../catalog/card';
import type { WinnowError } from '../core/errors';
import type { Precision } from '../core/policy/types';
import type { DownloadContract, InstallFile, Origin, PickedFile, PreparedSource } from '../rpc/contract';
import type { DeviceContract } from '../rpc/device';
import type { DownloadsContract } from '../rpc/downloads';
import type { InstallProgress } from './progress';
import type { Supervisor } from './supervisor';

/** A download worker whose jobs may take hours: they notice themselves when nothing comes. */
export type Fetcher = Supervisor<DownloadContract & DownloadsContract & DeviceContract>;

/** What gathering a model's files has to go by. */
export interface GatherJob {
  readonly card: ModelCard;
  readonly own: boolean;
  /** Files that somebody gave beside the source. */
  readonly given: readonly Blob[];
  readonly precision: Precision | undefined;
  readonly acceptChanged: boolean;
  /** Bytes that the prepared model will take, about; 0 where its card does not say. Until it is promoted, its files are there too. */
  readonly kept: number;
  readonly fetcher: Fetcher;
  /** Where it is to come from the site itself. */
  readonly fromSite: (job: GatherJob) => Promise<Gathered>;
  readonly progress: InstallProgress;
  readonly signal: AbortSignal;
  /** Script of the worker that installs, and milliseconds it may be silent. */
  readonly inference: string;
  readonly patience: number;
}

/** Files ready to be installed from. */
export interface Gathered {
  readonly files: () => readonly InstallFile[];
  /** In place of files, with the card it is kept under. */
  readonly prepared?: PreparedSource;
  readonly card?: ModelCard;
  readonly origin: Origin;
  /** Gets again what installing found missing or damaged; false where that does not help. */
  readonly again?: (error: WinnowError) => Promise<boolean>;
  /** Once the model is promoted: deletes what is of no more use. */
  readonly done?: () => Promise<void>;
}

/** Files carry a name, and the folder they were picked with where the browser tells. */
export function picked(blob: Blob, at: number): PickedFile {
  const file = blob instanceof File ? blob : undefined;
  return { name: file?.webkitRelativePath || file?.name || `file ${at + 1}`, blob };
}
