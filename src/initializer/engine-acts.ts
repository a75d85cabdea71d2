// Setting up what the platform stands on, on a machine: a database and brokers that answer, with an account for each component. Each may be
// done again at any time, also while components use them.
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { InstallerMachine, ProgramWish } from '../ports/installer-machine.ts';
import { askBroker } from './ask-broker.ts';
import { givingStatements, ownerStatements, readRights, rightsQuery, takingStatements } from './database-rights.ts';
import { KAFKA_NAME } from './kafka-engine.ts';
import { ETC, programDirectory } from './machine-paths.ts';
import type { MachineSupervisor } from './machine-supervisor.ts';
import { berthWords } from './supervision-files.ts';
import {
  engineFiles,
  type WantedEngine,
  type WantedKafka,
  type WantedMachine,
  type WantedMariadb,
} from './wanted-machine.ts';

/** What they are done with. */
export interface EngineContext {
  readonly machine: InstallerMachine;
  readonly wanted: WantedMachine;
  readonly supervisor: MachineSupervisor;
  readonly clock: Clock;
  readonly healthyWithinMs: number;
  readonly leave: AbortSignal;
  /** Told what a person may like to see. */
  readonly tell: (text: string) => void;
}

const START_WITHIN_MS = 180_000;
/** A database that holds years may take long to be brought forward. */
const PREPARE_WITHIN_MS = 1_800_000;
const ASK_AGAIN_MS = 500;
const LOG_LINES = '20';

/** Starts it where it does not run as it should, and gives accounts what they need. The mark that all is done is written last. */
export async function setUpEngine(context: EngineContext, engine: WantedEngine): Promise<void> {
  if (engine.kind === 'mariadb') await setUpMariadb(context, engine);
  else await setUpKafka(context, engine);
  for (const { path, bytes, mode } of [...engine.notes, engine.setUp]) await context.machine.putFile(path, bytes, mode);
}

/** Takes away what accounts have and no component needs any more. */
export async function settleAccounts(context: EngineContext, engine: WantedEngine): Promise<void> {
  const { machine } = context;
  if (engine.kind === 'mariadb') {
    const taking = takingStatements(engine, await rightsOf(context, engine));
    await sql(context, `take surplus rights away in ${engine.kind}`, taking);
  } else await order(context, engine, 'settle');
  const { path, bytes, mode } = engine.settled;
  await machine.putFile(path, bytes, mode);
}

async function setUpMariadb(context: EngineContext, engine: WantedMariadb): Promise<void> {
  const { machine, wanted } = context;
  const isRunning = (await machine.run(['mariadb', '--batch'], { input: 'SELECT 1;' })).status === '0';
  if (!isRunning || !(await isAsWanted(context, engine))) {
    for (const { path, bytes, mode } of engine.files) await machine.putFile(path, bytes, mode);
    await must(context, 'restart mariadb', ['service', 'mariadb', 'restart'], { withinMs: START_WITHIN_MS });
  }
  await sql(context, 'make the database', ownerStatements(engine));
  const words = [...berthWords(programDirectory(wanted.program)), 'platform', 'prepare-store'];
  await must(context, 'make the tables', words, { input: engine.ownerUrl, withinMs: PREPARE_WITHIN_MS });
  await sql(context, 'make accounts', givingStatements(engine, await rightsOf(context, engine)));
}

async function setUpKafka(context: EngineContext, engine: WantedKafka): Promise<void> {
  const { machine, supervisor } = context;
  const { user, data, configuration, start } = engine;
  if (!(await isAsWanted(context, engine))) {
    await must(context, 'stop kafka', ['rm', '-f', start.path]);
    if (await supervisor.runs()) await supervisor.ended(KAFKA_NAME);
    for (const { path, bytes, mode } of engine.files) await machine.putFile(path, bytes, mode);
  }
  if ((await machine.run(['id', user])).status !== '0') {
    const words = ['--system', '--user-group', '--no-create-home', `--home-dir=${data}`, '--shell=/usr/sbin/nologin'];
    await must(context, `make the user ${user}`, ['/usr/sbin/useradd', ...words, user]);
  }
  const own = ['install', '-d', '-m', '0700', '-o', user, '-g', user];
  await must(context, `make ${data}`, [...own, data, `${data}/log`, `${data}/tmp`]);
  // Data that stayed when a platform was taken down may be of a user with another number.
  await must(context, `own ${data}`, ['chown', '-R', `${user}:${user}`, data, configuration.path]);
  if ((await machine.run(['test', '-e', `${data}/log/meta.properties`])).status !== '0')
    await must(context, `format ${data}`, engine.format);
  await machine.putFile(start.path, start.bytes, start.mode);
  await supervisor.look();
  await untilAnswering(context, engine);
  await order(context, engine, 'give');
}

async function untilAnswering(context: EngineContext, engine: WantedKafka): Promise<void> {
  const { machine, wanted, clock, healthyWithinMs, leave, tell } = context;
  const deadline = clock.monotonic() + healthyWithinMs;
  for (;;) {
    const { status, complaint } = await askBroker(programOf(context), engine, { act: 'look', accounts: [] });
    if (status === '0') return;
    leave.throwIfAborted();
    if (clock.monotonic() > deadline) {
      const log = await machine.run(['tail', '-n', LOG_LINES, `${ETC}/logs/${KAFKA_NAME}.log`]);
      for (const line of log.output.split('\n')) tell(line);
      const reason = complaint.split('\n').at(-1) || 'it does not answer';
      const seconds = Math.round(healthyWithinMs / 1000);
      throw new BerthError('initializer.not-healthy', { component: KAFKA_NAME, machine: wanted.name, seconds, reason });
    }
    await new Promise<void>((resolve) => clock.after(ASK_AGAIN_MS, resolve));
  }
}

/** Whether it runs with the very files that it should. */
async function isAsWanted({ machine }: EngineContext, engine: WantedEngine): Promise<boolean> {
  for (const { path, bytes } of engineFiles(engine)) if (!(await machine.readFile(path))?.equals(bytes)) return false;
  return true;
}

async function order(context: EngineContext, engine: WantedKafka, act: 'give' | 'settle'): Promise<void> {
  const { accounts } = engine;
  failWithout(context, `${act} rights in kafka`, await askBroker(programOf(context), engine, { act, accounts }));
}

/** The one that is wanted: where it is pushed and another one runs still, that one may not know how. */
function programOf({ machine, wanted }: EngineContext) {
  return { machine, program: programDirectory(wanted.program) };
}

async function rightsOf(context: EngineContext, { database }: WantedMariadb) {
  return readRights(await sql(context, 'look at accounts', [rightsQuery(database)]));
}

/** As the machine's root, who is the database's as well. */
function sql(context: EngineContext, act: string, statements: readonly string[]): Promise<string> {
  const input = statements.map((statement) => `${statement};\n`).join('');
  return must(context, act, ['mariadb', '--batch', '--skip-column-names'], { input });
}

async function must(context: EngineContext, act: string, words: readonly string[], wish: ProgramWish = {}) {
  return failWithout(context, act, await context.machine.run(words, wish));
}

function failWithout(
  { wanted }: EngineContext,
  act: string,
  { status, output, complaint }: { readonly status: string; readonly output: string; readonly complaint: string },
): string {
  if (status === '0') return output;
  const reason = complaint.split('\n').at(-1) || `it ended with ${status}`;
  throw new BerthError('initializer.step-failed', { machine: wanted.name, act, reason });
}
