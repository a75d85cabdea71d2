// A virtual environment of Python with packages from PyPI.
import { join } from 'node:path';
import { mustRun, run } from './command.ts';

/** Makes an environment anew and installs packages into it. */
export async function makeVirtualEnvironment(path: string, requirements: readonly string[]): Promise<void> {
  if ((await run(['python3', '-c', 'import ensurepip'])).code !== 0) await installVenv();
  await mustRun(['python3', '-m', 'venv', '--clear', path]);
  const quiet = ['--quiet', '--disable-pip-version-check'];
  await mustRun([join(path, 'bin', 'pip'), 'install', ...quiet, ...requirements]);
}

/** Debian keeps this part of Python in a package of its own. */
async function installVenv(): Promise<void> {
  await mustRun(['apt-get', 'update']);
  const options = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300'];
  await mustRun(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', ...options, 'python3-venv']);
}
