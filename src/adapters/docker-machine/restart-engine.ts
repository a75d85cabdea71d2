// Restarting a machine's Docker engine by the machine's own tools.
import { BerthError } from '../../model/errors.ts';
import { failureOf, MachineAdmin, type ServiceTool } from './machine-admin.ts';
import type { MachinePrograms } from './machine-programs.ts';

/** What restarts the engine: the last must succeed. */
export function restartWords(tool: ServiceTool): readonly (readonly string[])[] {
  if (tool === 'systemd') return [['systemctl', 'restart', 'docker']];
  // Debian's script fails at `restart` when the engine is dead (it runs with `set -e`), and at `stop` when its pid file is stale.
  return [
    ['service', 'docker', 'stop'],
    ['service', 'docker', 'start'],
  ];
}

/** Restarts the engine; resolves when the machine's tools say that they did. @throws machine.restart-refused */
export async function restartEngine(programs: MachinePrograms, signal: AbortSignal): Promise<void> {
  const admin = await MachineAdmin.of(programs, signal);
  const commands = restartWords(await admin.serviceTool());
  const failures: string[] = [];
  for (const words of commands) {
    const result = await admin.run(words);
    if (result.status === '0') failures.length = 0;
    else failures.push(`'${words.join(' ')}' failed: ${failureOf(result)}`);
  }
  if (failures.length > 0)
    throw new BerthError('machine.restart-refused', { address: programs.address, reason: failures.join('; ') });
}
