// Debian packages on a machine, also on one where an earlier installation was cut off by a power cut or by whoever ran it.
import type { InstallerMachine, ProgramOutcome, ProgramWish } from '../ports/installer-machine.ts';

const QUIETLY = ['env', 'DEBIAN_FRONTEND=noninteractive'];
const APT = [
  ...[...QUIETLY, 'apt-get', '-y', '--no-install-recommends'],
  ...['-o', 'DPkg::Lock::Timeout=300'],
  ...['-o', 'Dpkg::Options::=--force-confdef'],
  ...['-o', 'Dpkg::Options::=--force-confold'],
];
const DPKG = [...QUIETLY, 'dpkg', '--force-confdef', '--force-confold'];
const INSTALL_WITHIN_MS = 1_800_000;
/** A line of dpkg's list whose third letter says that the package must be unpacked again. */
const CUT_OFF = /^..R +(\S+)/gm;

/** Installs packages; what ends well or badly is the last outcome of apt. */
export async function installPackages(
  machine: InstallerMachine,
  packages: readonly string[],
  onLine: (line: string) => void,
): Promise<ProgramOutcome> {
  const wish = { withinMs: INSTALL_WITHIN_MS, onLine };
  const install = [...APT, 'install', ...packages];
  // Java's package makes a link in there, and fails on a Debian that was made without manuals (Debian's bug 863199).
  await machine.run(['mkdir', '-p', '/usr/share/man/man1']);
  const first = await machine.run(install, wish);
  if (first.status === '0') return first;
  await bringToAnEnd(machine, wish);
  return machine.run(install, wish);
}

/** Sets up what is unpacked, unpacks again what was cut off in the midst, and lets apt get what those depend on. */
async function bringToAnEnd(machine: InstallerMachine, wish: ProgramWish): Promise<void> {
  // It fails for packages whose dependencies are not unpacked yet; apt comes to those, but only when it is asked for nothing else.
  await machine.run([...DPKG, '--configure', '-a'], wish);
  await unpackAgain(machine, wish);
  await machine.run([...APT, '--fix-broken', 'install'], wish);
}

/** Packages that dpkg was killed over must be unpacked once more before apt can do anything with them; apt itself does not always. */
async function unpackAgain(machine: InstallerMachine, wish: ProgramWish): Promise<void> {
  const { output } = await machine.run(['dpkg-query', '--list']);
  const cutOff = [...output.matchAll(CUT_OFF)].map(([, name = '']) => name);
  if (cutOff.length === 0) return;
  const directory = (await machine.run(['mktemp', '-d'])).output.trim();
  const got = await machine.run(['env', '-C', directory, 'apt-get', 'download', ...cutOff], wish);
  if (got.status === '0') await machine.run([...DPKG, '--unpack', '--recursive', directory], wish);
  await machine.run(['rm', '-rf', directory]);
}
