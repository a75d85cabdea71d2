// The command `berth dev`; what it needs is loaded only when it runs.
import type { Command } from 'commander';
import { pairsOf } from '../cli/command-context.ts';
import { durationOf } from '../cli/duration-of.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import { rateOf } from './rate-of.ts';

interface DevFlags {
  readonly algorithm?: string;
  readonly parameters: readonly string[];
  readonly secret: readonly string[];
  readonly rate?: string;
  readonly seed: string;
  readonly dropOuts?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const collect = (value: string, before: readonly string[]) => [...before, value];

/** Adds `dev`. */
export function addDevCommand(program: Command, surroundings: Surroundings, environment: Environment): void {
  program
    .command('dev')
    .description('run an algorithm on this machine, without Docker, with made-up sensors')
    .argument('<directory>', 'the files of the package, as they would be uploaded')
    .option('--algorithm <id>', 'which of its algorithms, if there are several')
    .option('--param, --parameters <key=value>', 'parameter for the algorithm (repeatable)', collect, [])
    .option('--secret <name=file>', 'a secret for the algorithm: the contents of a file (repeatable)', collect, [])
    .option('--rate <n>', 'readings per second of every sensor; otherwise as its type says')
    .option('--seed <text>', 'the same seed makes the same devices up', 'berth')
    .option('--drop-outs <time>', 'let sensors be silent now and then, for so long at most: 30s')
    .action(async (directory: string, flags: DevFlags, called: Command) => {
      const { dev } = await import('./dev.ts');
      const { json } = called.optsWithGlobals<{ json?: true }>();
      const options = {
        ...(flags.algorithm === undefined ? {} : { algorithm: flags.algorithm }),
        parameters: pairsOf(flags.parameters, 'dev'),
        secrets: pairsOf(flags.secret, 'dev'),
        rateHz: flags.rate === undefined ? null : rateOf(flags.rate, 'dev'),
        seed: flags.seed,
        longestDropOutMs: flags.dropOuts === undefined ? 0 : durationOf(flags.dropOuts, 'dev'),
        form: json === true ? 'json' : 'text',
      } as const;
      process.exitCode = await dev(directory, options, surroundings, environment);
    });
}
