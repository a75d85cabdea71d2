// The certificates that this machine trusts beside its distribution's own, so that package registries can be reached from inside.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DIRECTORY = '/usr/local/share/ca-certificates';

/** PEM text of them all; empty when there are none. */
export function machineCertificates(): string {
  try {
    const names = readdirSync(DIRECTORY).filter((name) => name.endsWith('.crt'));
    return names.map((name) => readFileSync(join(DIRECTORY, name), 'utf8')).join('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
