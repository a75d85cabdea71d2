// berth status: the platform in one look.
import type { Command } from 'commander';
import { act, type CommandContext } from '../command-context.ts';
import { agoText } from '../person-text.ts';
import type { Surroundings } from '../surroundings.ts';

/** Adds the status command. */
export function addStatusCommand(program: Command, surroundings: Surroundings): void {
  act(program.command('status').description('the platform in one look'), surroundings, status);
}

async function status({ client, printer, surroundings }: CommandContext): Promise<void> {
  const found = await client.call('status');
  printer.result(found, () => {
    printer.facts([
      [
        'Berth',
        `${found.version}, platform ${found.platform}, started ${agoText(found.startedAt, surroundings.now())}`,
      ],
      ['Applications', String(found.applications)],
      ['Instances', String(found.instances)],
      ['Jobs', countsText(found.jobs)],
      ['Nodes', countsText(found.nodes)],
      ['Schedules', found.schedules === 'paused' ? "paused; 'berth schedule resume' lets them go on" : 'running'],
      ['Backlog', `${found.backlog.waiting} waiting, ${found.backlog.running} in work, ${found.backlog.alarms} alarms`],
    ]);
  });
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const there = Object.entries(counts).filter(([, count]) => count > 0);
  return there.map(([state, count]) => `${count} ${state}`).join(', ') || 'none';
}
