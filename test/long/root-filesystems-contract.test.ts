// The contract of root file systems by the adapter that makes them of Debian packages, which takes a minute.
import { Debootstrap } from '../../src/adapters/debootstrap/debootstrap.ts';
import { rootFilesystemsContract } from '../contracts/root-filesystems-contract.ts';
import { cachePath } from '../world/directories.ts';
import { installPrerequisites } from '../world/prerequisites.ts';

const debootstrap = async () => {
  await installPrerequisites();
  return new Debootstrap(cachePath('work'));
};

rootFilesystemsContract('Debian packages', {
  working: debootstrap,
  failing: async () => ({ adapter: await debootstrap(), mirror: 'http://127.0.0.1:9/debian' }),
});
