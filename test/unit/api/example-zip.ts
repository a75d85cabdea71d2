// The example application as the command line would upload it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { zipDirectory } from '../../../src/cli/zip-directory.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/room-report');

/** Directory of the example application. */
export const EXAMPLE_APP = join(EXAMPLE, 'app');

/** The example's zip. */
export async function exampleZip(): Promise<Buffer> {
  return buffer(await zipDirectory(EXAMPLE_APP));
}

/** Path of one of the example's instance files. */
export function exampleInstancePath(name: string): string {
  return join(EXAMPLE, 'instances', `${name}.json`);
}

/** One of the example's instance files. */
export async function exampleInstance(name: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(exampleInstancePath(name), 'utf8')) as Record<string, unknown>;
}
