/** The build under test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { servedFiles } from '../../scripts/headers.mjs';

export const DIST = process.env.WINNOW_DIST ?? 'dist';

/** Paths a host serves, without a leading slash. */
export const files = (): string[] => servedFiles(DIST);

export const scripts = (): string[] => files().filter((file) => /\.m?js$/.test(file));

export const read = (file: string): string => readFileSync(join(DIST, file), 'utf8');
