// What is to be done on each machine, in order, from what is wanted and what was found. Pure; of what is as it should be, nothing is done.
import { wasMoved } from '../model/component-name.ts';
import type { ObservedMachine } from './observed-machine.ts';
import {
  engineFiles,
  type WantedComponent,
  type WantedEngine,
  type WantedFile,
  type WantedMachine,
} from './wanted-machine.ts';

/** One thing to do on one machine. */
export type InstallStep =
  | { readonly kind: 'install-packages'; readonly packages: readonly string[] }
  | { readonly kind: 'push-program'; readonly program: string }
  | { readonly kind: 'switch-program'; readonly program: string }
  | { readonly kind: 'write-file'; readonly path: string }
  | { readonly kind: 'push-kafka'; readonly digest: string }
  | { readonly kind: 'set-up-engine'; readonly engine: WantedEngine['kind'] }
  | { readonly kind: 'settle-accounts'; readonly engine: WantedEngine['kind'] }
  | { readonly kind: 'start-supervisor' }
  | { readonly kind: 'authorize-key'; readonly key: string }
  | { readonly kind: 'stop-component'; readonly component: string; readonly path: string }
  | { readonly kind: 'start-component'; readonly component: string }
  | {
      readonly kind: 'add-node';
      readonly node: string;
      /** ssh://user@host:port */
      readonly address: string;
      readonly hostKey: string;
      /** The settings of the component that has the API, on the machine where the step is done. */
      readonly settings: string;
    };

/** Phases, in their order. Within `prepare` all machines go side by side; in the others one after the other. */
export const PHASES = ['prepare', 'database', 'bus', 'components', 'console', 'rights', 'nodes'] as const;

/** A part of an installation. */
export type Phase = (typeof PHASES)[number];

/** A step, where it is done, and what differs. */
export interface PlannedStep {
  readonly phase: Phase;
  readonly machine: string;
  readonly step: InstallStep;
  readonly why: string;
}

/** A machine as it should be and as it is. */
export interface MachineDifference {
  readonly wanted: WantedMachine;
  readonly observed: ObservedMachine;
}

type Told = Omit<PlannedStep, 'machine'>;

/** Decides it for all machines. */
export function decidePlan(machines: readonly MachineDifference[]): readonly PlannedStep[] {
  const all = machines.flatMap((difference) =>
    stepsOf(difference).map((step) => ({ ...step, machine: difference.wanted.name })),
  );
  return PHASES.flatMap((phase) => all.filter((step) => step.phase === phase));
}

function stepsOf({ wanted, observed }: MachineDifference): readonly Told[] {
  return [
    ...prepareSteps({ wanted, observed }),
    ...strayComponents({ wanted, observed }),
    ...wanted.engines.flatMap((engine) => engineSteps(engine, observed)),
    ...wanted.components.flatMap((component) => componentSteps(component, observed)),
  ];
}

function prepareSteps({ wanted, observed }: MachineDifference): Told[] {
  const steps: Told[] = [];
  const phase = 'prepare';
  if (observed.missingPackages.length > 0) {
    const step = { kind: 'install-packages', packages: observed.missingPackages } as const;
    steps.push({ phase, step, why: 'they are missing' });
  }
  const { program } = wanted;
  if (!observed.programs.includes(program))
    steps.push({ phase, step: { kind: 'push-program', program }, why: 'it is not there' });
  if (observed.current !== program) {
    const why = observed.current === null ? 'none runs' : `${observed.current} runs`;
    steps.push({ phase, step: { kind: 'switch-program', program }, why });
  }
  for (const engine of wanted.engines)
    if (engine.kind === 'kafka' && !observed.kafkas.includes(engine.digest))
      steps.push({ phase, step: { kind: 'push-kafka', digest: engine.digest }, why: 'it is not there' });
  for (const file of wanted.files)
    if (isDifferent(file, observed))
      steps.push({ phase, step: { kind: 'write-file', path: file.path }, why: differenceOf(file, observed) });
  for (const key of wanted.authorized)
    if (!observed.authorized.includes(key))
      steps.push({ phase, step: { kind: 'authorize-key', key }, why: 'the platform could not sign in' });
  if (!observed.isSupervised) steps.push({ phase, step: { kind: 'start-supervisor' }, why: 'it does not run' });
  return steps;
}

/** What runs here and is wanted here no more ends before its successor elsewhere begins. */
function strayComponents({ wanted, observed }: MachineDifference): Told[] {
  const engines = wanted.engines.flatMap((engine) => (engine.kind === 'kafka' ? [engine.start.path] : []));
  return Object.entries(observed.components).flatMap(([component, { path }]) => {
    if (wanted.components.some(({ name }) => name === component) || engines.includes(path)) return [];
    const step = { kind: 'stop-component', component, path } as const;
    const why = wasMoved(component) ? 'it runs where it was placed again' : 'the map has it here no more';
    return [{ phase: 'prepare', step, why } as const];
  });
}

/** Accounts are given what they need before components start, and lose what they do not need when all have started. */
function engineSteps(engine: WantedEngine, observed: ObservedMachine): Told[] {
  const { kind, notes, setUp, settled } = engine;
  const different = [...engineFiles(engine), ...notes, setUp].filter((file) => isDifferent(file, observed));
  const isDown = kind === 'kafka' && !observed.answeringEngines.includes(kind);
  const why = different.map((file) => differenceOf(file, observed)).join(', ') || 'it does not answer';
  const phase = kind === 'kafka' ? 'bus' : 'database';
  const settle = { kind: 'settle-accounts', engine: kind } as const;
  return [
    ...(different.length > 0 || isDown ? [{ phase, step: { kind: 'set-up-engine', engine: kind }, why } as const] : []),
    ...(isDifferent(settled, observed)
      ? [{ phase: 'rights', step: settle, why: differenceOf(settled, observed) } as const]
      : []),
  ];
}

function componentSteps(component: WantedComponent, observed: ObservedMachine): Told[] {
  const { name, start, files, hasApi } = component;
  const phase = hasApi ? 'console' : 'components';
  const running = observed.components[name];
  const different = [...files, start].filter((file) => isDifferent(file, observed));
  if (running?.isHealthy && different.length === 0) return [];
  const why = different.map((file) => differenceOf(file, observed)).join(', ') || 'it is not healthy';
  const stop = { kind: 'stop-component', component: name, path: running?.path ?? start.path } as const;
  const writes = files
    .filter((file) => isDifferent(file, observed))
    .map((file): Told => {
      const step = { kind: 'write-file', path: file.path } as const;
      return { phase, step, why: differenceOf(file, observed) };
    });
  // The file that starts it is written last: while it is absent, the next run of the initializer knows that this was not finished.
  return [
    ...(running ? [{ phase, step: stop, why } as const] : []),
    ...writes,
    { phase, step: { kind: 'start-component', component: name }, why: running ? why : 'it does not run' },
  ];
}

function isDifferent({ path, digest, when }: WantedFile, { files }: ObservedMachine): boolean {
  return when === 'if-absent' ? files[path] === undefined : files[path] !== digest;
}

function differenceOf({ path }: WantedFile, { files }: ObservedMachine): string {
  return files[path] === undefined ? `${path} is not there` : `${path} differs`;
}
