import { join } from 'node:path';
import { TarRoot } from '../../src/adapters/tar-root/tar-root.ts';
import { baseImageTar } from '../world/base-image.ts';
import { cachePath } from '../world/directories.ts';
import { rootFilesystemsContract } from './root-filesystems-contract.ts';

rootFilesystemsContract('a tar that somebody made', {
  working: async () => new TarRoot(await baseImageTar()),
  failing: async () => ({ adapter: new TarRoot(join(cachePath('work'), 'not-there.tar')), mirror: '' }),
});
