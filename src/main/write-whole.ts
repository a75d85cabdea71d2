// Files that others read while they are written.
import { rename, writeFile } from 'node:fs/promises';

/** Whoever reads sees the file before or after, never in between. */
export async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const aside = `${path}.${process.pid}.new`;
  await writeFile(aside, text, { mode });
  await rename(aside, path);
}
