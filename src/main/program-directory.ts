// Where the program itself lies.
import { fileURLToPath } from 'node:url';

/** The directory that holds src, sdk and examples. */
export const PROGRAM_DIRECTORY = fileURLToPath(new URL('../..', import.meta.url));
