// The Archives contract over each adapter.
import { FileBlobs } from '../../src/adapters/file-blobs/file-blobs.ts';
import { ZipArchives } from '../../src/adapters/zip-archives/zip-archives.ts';
import { ManualClock } from '../unit/engine/manual-clock.ts';
import { archivesContract } from './archives-contract.ts';
import { temporaryDirectory } from './temporary-directory.ts';

archivesContract('zip', async () => {
  const blobs = await FileBlobs.open({ directory: await temporaryDirectory(), clock: new ManualClock() });
  return { blobs, archives: new ZipArchives(blobs) };
});
