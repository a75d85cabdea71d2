// Gives the platform's own machine what it lacks: a Docker engine, and the tool that makes a base image where no registry answers.
import type { Settings } from '../config/settings.ts';
import { BerthError } from '../model/errors.ts';
import type { Host } from '../ports/host.ts';
import type { Progress } from './progress-lines.ts';

const ENGINE_PACKAGES = ['docker.io', 'iptables', 'ca-certificates'];
const BASE_PACKAGES = ['debootstrap'];

/** Sees to it that an engine answers. @throws platform.engine-missing, platform.install-failed, platform.engine-failed */
export async function ensureEngine(host: Host, { dockerSocket: socket }: Settings, progress: Progress): Promise<void> {
  if (socket === '') return;
  if (await host.engineVersion(socket)) return;
  const { debian } = await host.system();
  if (!host.mayInstall() || !debian) throw new BerthError('platform.engine-missing', { socket });
  const missing = await host.missingPrograms(['dockerd', 'iptables']);
  if (missing.length > 0) {
    progress.say(
      `No Docker engine answers at ${socket}. Berth installs Debian's ${ENGINE_PACKAGES.join(', ')} and starts it.`,
    );
    await progress.during('Installing the Docker engine', (line) => host.installPackages(ENGINE_PACKAGES, line));
  } else progress.say(`No Docker engine answers at ${socket}. Berth starts the one that is installed.`);
  await progress.during('Starting the Docker engine', () => host.startEngine(socket));
}

/** Sees to it that a base image can be made from Debian packages, if it is not given. */
export async function ensureBaseTool(host: Host, { baseTar }: Settings, progress: Progress): Promise<void> {
  if (baseTar !== '' || !host.mayInstall() || !(await host.system()).debian) return;
  if ((await host.missingPrograms(BASE_PACKAGES)).length === 0) return;
  progress.say('Berth installs debootstrap, with which it makes the Python base image if no registry answers.');
  await progress.during('Installing debootstrap', (line) => host.installPackages(BASE_PACKAGES, line));
}
