// What the docker provider is told, and what it makes machines with.
import type { ProviderAccess } from '../../model/server.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RootFilesystems } from '../../ports/root-filesystems.ts';

/** What is told about the engine. */
export type DockerAccess = Extract<ProviderAccess, { readonly kind: 'docker' }>;

/** A host key: the private part for the machine in OpenSSH's form, and the public line as in known_hosts. */
export interface MachineHostKey {
  readonly privateKey: string;
  readonly publicLine: string;
}

/** What machines are made with. */
export interface DockerSurroundings {
  readonly clock: Clock;
  /** Makes the root file system of the machines' image, where the engine does not have it. */
  readonly rootFilesystems: RootFilesystems;
  /** PEM certificates that machines trust beside Debian's own; empty for none. */
  readonly caCertificates: string;
  /** Marks this platform's machines; those of another one on the same engine are not seen. */
  readonly platformUid: string;
  /** The line for authorized_keys that lets the platform in. */
  publicKey(): Promise<string>;
  makeHostKey(comment: string): MachineHostKey;
}
