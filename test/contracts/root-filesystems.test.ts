import { join } from 'node:path';
import { Debootstrap } from '../../src/adapters/debootstrap/debootstrap.ts';
import { TarRoot } from '../../src/adapters/tar-root/tar-root.ts';
import { baseImageTar } from '../world/base-image.ts';
import { cachePath } from '../world/directories.ts';
import { installPrerequisites } from '../world/prerequisites.ts';
import { rootFilesystemsContract } from './root-filesystems-contract.ts';

rootFilesystemsContract('a tar that somebody made', {
  working: async () => new TarRoot(await baseImageTar()),
  failing: async () => ({ adapter: new TarRoot(join(cachePath('work'), 'not-there.tar')), mirror: '' }),
});

const debootstrap = async () => {
  await installPrerequisites();
  return new Debootstrap(cachePath('work'));
};

rootFilesystemsContract('Debian packages', {
  working: debootstrap,
  failing: async () => ({ adapter: await debootstrap(), mirror: 'http://127.0.0.1:9/debian' }),
});
