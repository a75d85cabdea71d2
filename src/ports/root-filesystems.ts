// Making the root file system of a base image on the platform's machine, for where no registry answers.
import type { Readable } from 'node:stream';

/** What to make. */
export interface RootFilesystemRequest {
  /** Debian packages beside the minimal system. */
  readonly include: readonly string[];
  /** Where packages come from; the machine's own source when empty. */
  readonly mirror: string;
  /** PEM certificates to trust inside, beside Debian's own; empty for none. */
  readonly caCertificates: string;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Makes Debian root file systems. */
export interface RootFilesystems {
  /** An uncompressed tar of it. @throws image.base-tool-missing, image.base-failed */
  build(request: RootFilesystemRequest): Promise<Readable>;
}
