// Doing the steps of a plan on a machine. Each may be done again: what was done before is found and left.
import { BerthError } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { InstallerMachine, ProgramOutcome } from '../ports/installer-machine.ts';
import { authorizeKey } from './authorized-keys.ts';
import type { InstallStep } from './decide-plan.ts';
import { type EngineContext, settleAccounts, setUpEngine } from './engine-acts.ts';
import { installPackages } from './install-packages.ts';
import type { KafkaPack } from './kafka-pack.ts';
import { CURRENT, ETC, kafkaDirectory, programDirectory } from './machine-paths.ts';
import { MachineSupervisor } from './machine-supervisor.ts';
import { isReady } from './observe-machine.ts';
import type { ProgramPack } from './program-pack.ts';
import { BERTH_WORDS } from './supervision-files.ts';
import {
  allFilesOf,
  type WantedComponent,
  type WantedEngine,
  type WantedFile,
  type WantedMachine,
} from './wanted-machine.ts';

/** What a step is done with. */
export interface ActContext {
  readonly machine: InstallerMachine;
  readonly wanted: WantedMachine;
  readonly pack: () => Promise<ProgramPack>;
  readonly kafka: () => Promise<KafkaPack | undefined>;
  readonly clock: Clock;
  readonly healthyWithinMs: number;
  /** Aborts when the person wants to leave: what may end in the midst does. */
  readonly leave: AbortSignal;
  /** Told what a person may like to see. */
  readonly tell: (text: string) => void;
}

type StepOf<K extends InstallStep['kind']> = Extract<InstallStep, { readonly kind: K }>;
type Acts = { readonly [K in InstallStep['kind']]: (context: ActContext, step: StepOf<K>) => Promise<void> };

const JOIN_WITHIN_MS = 300_000;
const ASK_AGAIN_MS = 500;
const LOG_LINES = '20';

const ACTS: Acts = {
  'install-packages': installMissing,
  'push-program': pushProgram,
  'switch-program': switchProgram,
  'write-file': async ({ machine, wanted }, { path }) => {
    const { bytes, mode } = fileOf(wanted, path);
    await machine.putFile(path, bytes, mode);
  },
  'push-kafka': pushKafka,
  'set-up-engine': (context, { engine }) => onEngine(context, engine, setUpEngine),
  'settle-accounts': (context, { engine }) => onEngine(context, engine, settleAccounts),
  'start-supervisor': (context) => supervisorOf(context).start(),
  'authorize-key': ({ machine }, { key }) => authorizeKey(machine, key),
  'add-node': addNode,
  'stop-component': async (context, { component, path }) => {
    await must(context, `stop ${component}`, ['rm', '-f', path]);
    if (await supervisorOf(context).runs()) await supervisorOf(context).ended(component);
  },
  'start-component': startComponent,
};

/** Does one step. @throws initializer.step-failed, initializer.not-healthy */
export async function actOn<K extends InstallStep['kind']>(context: ActContext, step: StepOf<K>): Promise<void> {
  const act: Acts[K] = ACTS[step.kind as K];
  await act(context, step);
}

function supervisorOf({ machine, clock, wanted }: ActContext): MachineSupervisor {
  return new MachineSupervisor(machine, clock, wanted.supervisor);
}

async function installMissing({ machine, wanted, tell }: ActContext, step: StepOf<'install-packages'>): Promise<void> {
  const { packages } = step;
  heed(wanted, `install ${packages.join(', ')}`, 'apt-get', await installPackages(machine, packages, tell));
}

async function pushProgram({ machine, pack, leave }: ActContext, { program }: StepOf<'push-program'>): Promise<void> {
  const packed = await pack();
  if (packed.digest !== program)
    throw new BerthError('initializer.version-differs', { running: program, ours: packed.digest });
  leave.throwIfAborted();
  const stream = packed.open();
  // It may be ended before anybody reads it.
  stream.on('error', () => undefined);
  const stop = () => void stream.destroy(new Error('the person leaves'));
  leave.addEventListener('abort', stop, { once: true });
  try {
    await machine.putTree(programDirectory(program), stream);
  } finally {
    leave.removeEventListener('abort', stop);
  }
}

async function addNode(context: ActContext, step: StepOf<'add-node'>): Promise<void> {
  const { node, address, hostKey, settings } = step;
  const words = [...BERTH_WORDS, 'platform', 'join', settings, node, address, hostKey];
  const { status, complaint } = await context.machine.run(words, { withinMs: JOIN_WITHIN_MS });
  if (status === '0') return;
  const reason = complaint.split('\n').find((line) => line.startsWith('berth: ')) ?? complaint;
  const told = reason.replace(/^berth: /, '').replace(/\.( \([a-z.-]+\))?$/, '$1');
  throw new BerthError('initializer.step-failed', { machine: node, act: `add the node ${node}`, reason: told });
}

async function switchProgram(context: ActContext, { program }: StepOf<'switch-program'>): Promise<void> {
  const act = `switch to ${program}`;
  await must(context, act, ['ln', '-sfn', programDirectory(program), `${CURRENT}.fresh`]);
  await must(context, act, ['mv', '-f', '-T', `${CURRENT}.fresh`, CURRENT]);
  const supervisor = supervisorOf(context);
  if (await supervisor.runs()) await supervisor.start();
}

async function onEngine(
  context: ActContext,
  kind: WantedEngine['kind'],
  act: (context: EngineContext, engine: WantedEngine) => Promise<void>,
): Promise<void> {
  const engine = context.wanted.engines.find((each) => each.kind === kind);
  if (engine) await act({ ...context, supervisor: supervisorOf(context) }, engine);
}

async function pushKafka({ machine, kafka, leave }: ActContext, { digest }: StepOf<'push-kafka'>): Promise<void> {
  const packed = await kafka();
  leave.throwIfAborted();
  if (packed) await machine.putTree(kafkaDirectory(digest), packed.open());
}

async function startComponent(context: ActContext, { component: name }: StepOf<'start-component'>): Promise<void> {
  const { machine, wanted } = context;
  const component = wanted.components.find((each) => each.name === name);
  if (!component) return;
  await machine.putFile(component.start.path, component.start.bytes, component.start.mode);
  await supervisorOf(context).look();
  await untilHealthy(context, component);
}

async function untilHealthy(context: ActContext, { name, healthUrl }: WantedComponent): Promise<void> {
  const { machine, wanted, clock, healthyWithinMs, leave } = context;
  const deadline = clock.monotonic() + healthyWithinMs;
  while (!(await isReady(machine, healthUrl))) {
    // It starts by itself; the next run of the initializer finds it as it is then.
    leave.throwIfAborted();
    const keepsDying =
      (await machine.run(['grep', '-q', '"keepsDying": true', `${ETC}/status/${name}.json`])).status === '0';
    if (keepsDying || clock.monotonic() > deadline) {
      const reason = keepsDying ? 'it dies again and again' : `nothing ready answers at ${healthUrl}`;
      const log = await machine.run(['tail', '-n', LOG_LINES, `${ETC}/logs/${name}.log`]);
      for (const line of log.output.split('\n')) context.tell(line);
      const seconds = Math.round(healthyWithinMs / 1000);
      throw new BerthError('initializer.not-healthy', { component: name, machine: wanted.name, seconds, reason });
    }
    await new Promise<void>((resolve) => clock.after(ASK_AGAIN_MS, resolve));
  }
}

function fileOf(wanted: WantedMachine, path: string): WantedFile {
  const file = allFilesOf(wanted).find((each) => each.path === path);
  if (!file) throw new Error(`The plan names a file that is not wanted: ${path}.`);
  return file;
}

async function must({ machine, wanted }: ActContext, act: string, words: readonly string[]): Promise<void> {
  heed(wanted, act, words[0] ?? '', await machine.run(words));
}

function heed({ name }: WantedMachine, act: string, program: string, { status, complaint }: ProgramOutcome): void {
  if (status === '0') return;
  const reason = complaint.split('\n').at(-1) || `${program} ended with ${status}`;
  throw new BerthError('initializer.step-failed', { machine: name, act, reason });
}
