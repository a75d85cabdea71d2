// berth doctor: what this machine lacks, and how to mend it.
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DebianHost } from '../adapters/debian-host/debian-host.ts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import { sizeText } from '../cli/person-text.ts';
import { Printer } from '../cli/printer.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import type { Settings } from '../config/settings.ts';
import type { Host } from '../ports/host.ts';
import { upSettings } from './up-settings.ts';

/** One thing that was looked at. */
interface Finding {
  readonly what: string;
  readonly good: boolean;
  readonly found: string;
  /** What to do; empty when all is well. */
  readonly remedy: string;
}

const ENOUGH_DISK = 5 * 1024 ** 3;

/** Tells what this machine lacks; resolves to the exit code. */
export async function doctor(
  surroundings: Surroundings,
  environment: Readonly<Record<string, string | undefined>>,
  json: boolean,
): Promise<number> {
  const findings = await examine(new DebianHost(new SystemClock(), environment), upSettings({}, environment));
  const printer = new Printer(surroundings, json);
  printer.result(findings, () => tell(printer, findings));
  return findings.every(({ good }) => good) ? 0 : 1;
}

async function examine(host: Host, settings: Settings): Promise<Finding[]> {
  return [
    await systemFinding(host),
    await engineFinding(host, settings),
    await baseFinding(host, settings),
    await diskFinding(host, settings),
  ];
}

async function systemFinding(host: Host): Promise<Finding> {
  const { name, debian } = await host.system();
  const remedy = debian
    ? ''
    : 'Berth runs here, but cannot install a Docker engine by itself: install one in the way of this system.';
  return { what: 'System', good: debian, found: name, remedy };
}

async function engineFinding(host: Host, { dockerSocket }: Settings): Promise<Finding> {
  const version = dockerSocket === '' ? 'not wanted' : await host.engineVersion(dockerSocket);
  const remedy = host.mayInstall()
    ? "'berth up' installs and starts one."
    : `Have one installed and running, and the group docker for this user; or run 'berth up' as root.`;
  return {
    what: 'Docker engine',
    good: version !== undefined,
    found: version ?? `none answers at ${dockerSocket}`,
    remedy: version ? '' : remedy,
  };
}

async function baseFinding(host: Host, { baseTar, baseImage }: Settings): Promise<Finding> {
  if (baseTar !== '') return { what: 'Base image', good: true, found: baseTar, remedy: '' };
  const there = (await host.missingPrograms(['debootstrap'])).length === 0;
  const found = `${baseImage || 'Debian packages'}${there ? ', or made from Debian packages' : ''}`;
  return {
    what: 'Base image',
    good: there || baseImage !== '',
    found,
    remedy: there ? '' : "Where no registry answers, install 'debootstrap' or name a tar with BERTH_BASE_TAR.",
  };
}

async function diskFinding(host: Host, { data }: Settings): Promise<Finding> {
  await mkdir(data, { recursive: true, mode: 0o700 }).catch(() => undefined);
  const free = await host.freeBytes(data).catch(() => host.freeBytes(dirname(data)));
  const good = free >= ENOUGH_DISK;
  return {
    what: 'Disk',
    good,
    found: `${sizeText(free)} free for ${data}`,
    remedy: good ? '' : 'Free some, or name a directory elsewhere with BERTH_DATA.',
  };
}

function tell(printer: Printer, findings: readonly Finding[]): void {
  const rows = findings.map(({ what, good, found }) => [what, good ? 'good' : 'missing', found]);
  printer.table([{ heading: 'WHAT' }, { heading: 'STATE' }, { heading: 'FOUND' }], rows, '');
  for (const { what, remedy } of findings) if (remedy !== '') printer.line(`${what}: ${remedy}`);
}
