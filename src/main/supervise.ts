// berth supervise: keeps the components of this machine running.
import { PinoLog } from '../adapters/pino-log/pino-log.ts';
import { SystemClock } from '../adapters/system-clock/system-clock.ts';
import type { Surroundings } from '../cli/surroundings.ts';
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { type DataDirectory, takeDataDirectory } from './data-directory.ts';
import { Supervisor } from './supervisor.ts';
import { SupervisorFiles } from './supervisor-files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The options of the command. */
export interface SuperviseOptions {
  readonly directory: string;
  /** Stand by while another one runs, and take over when it ends. */
  readonly wait?: true;
}

const ASK_AGAIN_MS = 500;

/** Supervises until it is told to leave. @throws platform.data-directory-in-use when another one does, and waiting was not asked for */
export async function supervise(
  { directory, wait }: SuperviseOptions,
  { out, leave }: Surroundings,
  environment: Environment,
): Promise<void> {
  const clock = new SystemClock();
  const log = new PinoLog({ level: 'info', destination: { write: (line) => void out.write(line) }, clock });
  const files = new SupervisorFiles(directory);
  await files.make();
  const lock = await takeTurn(files.run, wait === true ? { clock, leave } : null);
  if (!lock) return;
  const again = ['supervise', '--directory', directory, ...(wait ? ['--wait'] : [])];
  const own = [process.execPath, ...process.execArgv, process.argv[1] ?? ''];
  const supervisor = new Supervisor({
    ...{ directory, files, clock, log, environment: withoutGaps(environment) },
    ...{ words: [...own, 'serve'], ownWords: [...own, ...again] },
  });
  const reread = () => supervisor.reread();
  process.on('SIGHUP', reread);
  try {
    await supervisor.run(leave);
  } finally {
    process.off('SIGHUP', reread);
    await lock.release();
  }
}

/** The right to supervise: one process has it at a time. Undefined: it was told to leave before its turn came. */
async function takeTurn(
  run: string,
  standBy: { readonly clock: Clock; readonly leave: AbortSignal } | null,
): Promise<DataDirectory | undefined> {
  for (;;) {
    try {
      return await takeDataDirectory(run);
    } catch (error) {
      const isTaken = error instanceof BerthError && error.code === 'platform.data-directory-in-use';
      if (!isTaken || !standBy) throw error;
      if (standBy.leave.aborted) return undefined;
      await new Promise<void>((resolve) => standBy.clock.after(ASK_AGAIN_MS, resolve));
    }
  }
}

function withoutGaps(environment: Environment): Readonly<Record<string, string>> {
  const pairs = Object.entries(environment).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return Object.fromEntries(pairs);
}
