// A platform as the initializer makes it on machines: a machines file, and the program that is run with it.
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, run } from '../../world/command.ts';
import type { Server } from '../../world/server.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A directory with a machines file, which `remove` takes away. */
export class Installation {
  readonly directory = mkdtempSync(join(tmpdir(), 'berth-installation-'));
  readonly machines = join(this.directory, 'machines.yaml');
  /** A copy, so that nobody changes the program while it is packed. */
  readonly program = this.copyOfProgram('program');

  /** Another copy of the program. */
  copyOfProgram(name: string): string {
    const copy = join(this.directory, name);
    for (const part of ['bin', 'src', 'sdk', 'web/dist', 'package.json', 'package-lock.json'])
      cpSync(join(ROOT, part), join(copy, part), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    return copy;
  }

  /** Describes the machines m0, m1 and so on, each with more of its own where there is some, and then the rest of the file. */
  describe(servers: readonly Server[], rest: readonly string[], own: readonly string[] = []): void {
    const lines = servers.map(({ address, identityPath, hostKeyLine }, index) => {
      const more = own[index] === undefined ? '' : `, ${own[index]}`;
      return `  - { name: m${index}, host: ${address}, identity: ${identityPath}, hostKey: '${hostKeyLine}'${more} }`;
    });
    writeFileSync(this.machines, ['platform: lab', 'machines:', ...lines, ...rest, ''].join('\n'));
  }

  /** Runs `berth platform`; what it packs stays in the directory. */
  berth(verb: string, ...words: readonly string[]): Promise<Finished> {
    const program = ['env', `XDG_CACHE_HOME=${join(this.directory, 'cache')}`, join(ROOT, 'bin', 'berth')];
    return run([...program, '--json', 'platform', verb, this.machines, '--program', this.program, ...words]);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
