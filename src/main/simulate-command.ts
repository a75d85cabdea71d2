// The command `berth sensor simulate`; what it needs is loaded only when it runs.
import type { Command } from 'commander';
import { act } from '../cli/command-context.ts';
import { durationOf } from '../cli/duration-of.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import { rateOf } from './rate-of.ts';

interface SimulateFlags {
  readonly sensor: readonly string[];
  readonly type?: string;
  readonly rate?: string;
  readonly dropOuts?: string;
  readonly misfits?: string;
  readonly for?: string;
  readonly seed: string;
  readonly broker?: string;
  readonly takeOver?: true;
}

const NAME = 'sensor simulate';
const collect = (value: string, before: readonly string[]) => [...before, value];

/** Adds `simulate` to the commands of sensors. */
export function addSimulateCommand(program: Command, surroundings: Surroundings): void {
  const sensor = program.commands.find((each) => each.name() === 'sensor') ?? program.command('sensor');
  const command = sensor
    .command('simulate')
    .description('be the devices of registered sensors: measure, send over MQTT, and do what they are told')
    .option('--sensor <id>', 'this sensor (repeatable); otherwise all that have no credential', collect, [])
    .option('--type <type>', 'only sensors of this type')
    .option('--rate <n>', 'readings per second of each; otherwise as its type says')
    .option('--drop-outs <time>', 'be silent now and then, for so long at most: 30s')
    .option('--misfits <percent>', 'the share of readings that no working device would give')
    .option('--for <time>', 'end after so long: 10m')
    .option('--seed <text>', 'the same seed makes the same devices up', 'berth')
    .option('--broker <url>', "the address of the broker; otherwise port 1883 of the platform's machine")
    .option('--take-over', 'also sensors that have a credential: their real devices can no longer sign in');
  act<SimulateFlags>(command, surroundings, async (context, _, flags) => {
    const { simulate } = await import('./simulate.ts');
    await simulate(context, {
      sensors: flags.sensor,
      type: flags.type ?? null,
      rateHz: flags.rate === undefined ? null : rateOf(flags.rate, NAME),
      longestDropOutMs: flags.dropOuts === undefined ? 0 : durationOf(flags.dropOuts, NAME),
      misfits: flags.misfits === undefined ? 0 : Math.min(1, rateOf(flags.misfits, NAME) / 100),
      forMs: flags.for === undefined ? null : durationOf(flags.for, NAME),
      seed: flags.seed,
      broker: flags.broker ?? null,
      mayTakeOver: flags.takeOver === true,
    });
  });
}
