// A certificate of a test's own for this machine, signed by itself: whoever trusts it trusts what the test serves.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryDirectory } from '../contracts/temporary-directory.ts';

/** Key and certificate, as PEM. */
export interface OwnCertificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes one for localhost, 127.0.0.1 and other names. */
export async function ownCertificate(...names: readonly string[]): Promise<OwnCertificate> {
  return certificateIn(await temporaryDirectory(), ...names);
}

/** Makes one with its files in that directory, for what outlives a test. */
export async function certificateIn(directory: string, ...names: readonly string[]): Promise<OwnCertificate> {
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const alternatives = ['DNS:localhost', 'IP:127.0.0.1', ...names.map((name) => `DNS:${name}`)].join(',');
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-subj', '/CN=localhost', '-addext', `subjectAltName=${alternatives}`, '-keyout', key, '-out', cert],
  ]);
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}
