// Reads zips out of Blobs with yauzl. What the archive says of an entry is checked while its bytes are read: name and method against the
// local header, size and CRC-32 against the contents. Which names and kinds are allowed is not decided here.

import type { Archive, Archives } from '../../ports/archives.ts';
import type { Blobs } from '../../ports/blobs.ts';
import { yauzlOpen } from './yauzl-open.ts';
import { ZipArchive } from './zip-archive.ts';

/** Opens zips that lie in Blobs; memory is bounded whatever their size. */
export class ZipArchives implements Archives {
  readonly #blobs: Blobs;

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  /** @throws package.not-a-zip, package.truncated; the blobs' own error when there is no such blob */
  async open(digest: string): Promise<Archive> {
    return new ZipArchive(await yauzlOpen(this.#blobs, digest));
  }
}
