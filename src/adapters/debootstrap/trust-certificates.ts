// Certificates that a root file system shall trust beside Debian's own.
import { access, appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Puts each certificate of a PEM text where Debian's `update-ca-certificates` finds it (one a file, name ending in `.crt`). Resolves
 * to the command that must be run then; undefined when the root has no such program: the bundle is appended to at once.
 */
export async function trustCertificates(
  root: string,
  pem: string,
): Promise<readonly [string, ...string[]] | undefined> {
  const certificates = pem.match(PEM) ?? [];
  if (certificates.length === 0) return undefined;
  const directory = join(root, 'usr/local/share/ca-certificates');
  await mkdir(directory, { recursive: true });
  await Promise.all(certificates.map((text, index) => writeFile(join(directory, `extra-${index}.crt`), `${text}\n`)));
  if (await exists(join(root, 'usr/sbin/update-ca-certificates'))) return ['chroot', root, 'update-ca-certificates'];
  await mkdir(join(root, 'etc/ssl/certs'), { recursive: true });
  await appendFile(join(root, 'etc/ssl/certs/ca-certificates.crt'), `${certificates.join('\n')}\n`);
  return undefined;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
