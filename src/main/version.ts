// The version of this program, as its package says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM_DIRECTORY } from './program-directory.ts';

/** Semantic version. */
export const VERSION: string = (
  JSON.parse(readFileSync(join(PROGRAM_DIRECTORY, 'package.json'), 'utf8')) as { version: string }
).version;
