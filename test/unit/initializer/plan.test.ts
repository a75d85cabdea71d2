// What is to be done, from what is wanted and what is there.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decidePlan,
  type InstallStep,
  type MachineDifference,
  type PlannedStep,
} from '../../../src/initializer/decide-plan.ts';
import type { ObservedMachine } from '../../../src/initializer/observed-machine.ts';
import { stepText } from '../../../src/initializer/step-text.ts';
import {
  allFilesOf,
  engineFiles,
  type WantedEngine,
  type WantedMachine,
  wantedFile,
} from '../../../src/initializer/wanted-machine.ts';

const BARE: ObservedMachine = {
  ...{
    missingPackages: [],
    programs: [],
    kafkas: [],
    answeringEngines: [],
    current: null,
    files: {},
    components: {},
    isSupervised: false,
    authorized: [],
  },
};

function wanted(
  name: string,
  changes: { readonly program?: string; readonly env?: string; readonly engines?: true; readonly roles?: string } = {},
): WantedMachine {
  const { program = 'p1', env = 'A="1"\n', engines, roles = 'r1' } = changes;
  const component = (own: string, hasApi: boolean) => ({
    ...{ name: own, hasApi, healthUrl: 'http://127.0.0.1:7410/health/ready' },
    start: wantedFile(`/etc/berth/components/${own}.json`, `{"${own}":"${program}"}`, 0o644),
    files: [
      wantedFile(`/etc/berth/${own}.env`, env, 0o600),
      wantedFile(`/data/${own}/secret`, 'k', 0o600, 'if-absent'),
    ],
  });
  const marks = (engine: string) => ({
    notes: [],
    setUp: wantedFile(`/etc/berth/${engine}-accounts.json`, roles, 0o600),
    settled: wantedFile(`/etc/berth/${engine}-settled.json`, roles, 0o600),
  });
  const mariadb: WantedEngine = {
    ...{ kind: 'mariadb', database: 'berth', owner: { user: 'o', password: 'p' }, ownerUrl: '', accounts: [] },
    files: [wantedFile('/etc/mysql/berth.cnf', 'x', 0o644)],
    ...marks('mariadb'),
  };
  const configuration = wantedFile('/etc/berth/kafka.properties', 'x', 0o600);
  const kafka: WantedEngine = {
    ...{ kind: 'kafka', digest: 'k1', user: 'u', data: '/data/kafka', configuration, files: [configuration] },
    start: wantedFile('/etc/berth/components/apache-kafka.json', '{}', 0o644),
    ...{ format: [], access: { port: 9094, user: 'u', password: 'p' }, accounts: [], ...marks('kafka') },
  };
  return {
    ...{
      name,
      packages: [],
      program,
      supervisor: 'own',
      files: [wantedFile('/etc/berth/platform.yaml', program, 0o644)],
    },
    engines: engines ? [mariadb, kafka] : [],
    authorized: [],
    components: [component(`${name}-work`, false), component(`${name}-api`, true)],
  };
}

/** The machine after a step, as a look at it would find it. */
function after(step: InstallStep, { wanted: want, observed }: MachineDifference): ObservedMachine {
  const withFiles = (paths: readonly string[]) => {
    const files = allFilesOf(want).filter(({ path }) => paths.includes(path));
    return { ...observed.files, ...Object.fromEntries(files.map(({ path, digest }) => [path, digest])) };
  };
  const { [step.kind === 'stop-component' ? step.component : '']: _, ...others } = observed.components;
  switch (step.kind) {
    case 'install-packages':
      return { ...observed, missingPackages: [] };
    case 'push-program':
      return { ...observed, programs: [...observed.programs, step.program] };
    case 'switch-program':
      return { ...observed, current: step.program };
    case 'write-file':
      return { ...observed, files: withFiles([step.path]) };
    case 'set-up-engine': {
      const engine = want.engines.find(({ kind }) => kind === step.engine);
      const files = withFiles(engine ? [...engineFiles(engine), engine.setUp].map(({ path }) => path) : []);
      if (engine?.kind !== 'kafka') return { ...observed, files };
      const components = { ...observed.components, 'apache-kafka': { path: engine.start.path, isHealthy: false } };
      return { ...observed, files, components, answeringEngines: ['kafka'] };
    }
    case 'push-kafka':
      return { ...observed, kafkas: [...observed.kafkas, step.digest] };
    case 'settle-accounts': {
      const settled = want.engines.find(({ kind }) => kind === step.engine)?.settled.path ?? '';
      return { ...observed, files: withFiles([settled]) };
    }
    case 'authorize-key':
      return { ...observed, authorized: [...observed.authorized, step.key] };
    case 'add-node':
      return observed;
    case 'start-supervisor':
      return { ...observed, isSupervised: true };
    case 'stop-component': {
      const files = Object.fromEntries(Object.entries(observed.files).filter(([path]) => path !== step.path));
      return { ...observed, files, components: others };
    }
    case 'start-component': {
      const path = want.components.find(({ name }) => name === step.component)?.start.path ?? '';
      const components = { ...observed.components, [step.component]: { path, isHealthy: true } };
      return { ...observed, files: withFiles([path]), components };
    }
    default:
      return step satisfies never;
  }
}

function applied(plan: readonly PlannedStep[], difference: MachineDifference): MachineDifference {
  let { observed } = difference;
  for (const { step } of plan) observed = after(step, { ...difference, observed });
  return { ...difference, observed };
}

const shown = (plan: readonly PlannedStep[]) =>
  plan.map(({ phase, step, why }) => `${phase}: ${stepText(step)} (${why})`);

test('a bare machine gets everything, the console last', () => {
  const observed = { ...BARE, missingPackages: ['mariadb-server'] };
  expect(shown(decidePlan([{ wanted: wanted('one', { engines: true }), observed }]))).toMatchInlineSnapshot(`
    [
      "prepare: install mariadb-server (they are missing)",
      "prepare: push the program p1 (it is not there)",
      "prepare: switch to the program p1 (none runs)",
      "prepare: push Kafka k1 (it is not there)",
      "prepare: write /etc/berth/platform.yaml (/etc/berth/platform.yaml is not there)",
      "prepare: start the supervisor (it does not run)",
      "database: set up mariadb (/etc/mysql/berth.cnf is not there, /etc/berth/mariadb-accounts.json is not there)",
      "bus: set up kafka (/etc/berth/kafka.properties is not there, /etc/berth/components/apache-kafka.json is not there, /etc/berth/kafka-accounts.json is not there)",
      "components: write /etc/berth/one-work.env (/etc/berth/one-work.env is not there)",
      "components: write /data/one-work/secret (/data/one-work/secret is not there)",
      "components: start one-work and wait until it is healthy (it does not run)",
      "console: write /etc/berth/one-api.env (/etc/berth/one-api.env is not there)",
      "console: write /data/one-api/secret (/data/one-api/secret is not there)",
      "console: start one-api and wait until it is healthy (it does not run)",
      "rights: take from accounts of mariadb what no component needs (/etc/berth/mariadb-settled.json is not there)",
      "rights: take from accounts of kafka what no component needs (/etc/berth/kafka-settled.json is not there)",
    ]
  `);
});

test('settings that differ restart their component alone', () => {
  const difference = { wanted: wanted('one'), observed: BARE };
  const { observed } = applied(decidePlan([difference]), difference);
  const changed = wanted('one', { env: 'A="2"\n' });
  const only = { ...changed, components: [...changed.components.slice(0, 1), ...wanted('one').components.slice(1)] };
  expect(shown(decidePlan([{ wanted: only, observed }]))).toMatchInlineSnapshot(`
    [
      "components: stop one-work (/etc/berth/one-work.env differs)",
      "components: write /etc/berth/one-work.env (/etc/berth/one-work.env differs)",
      "components: start one-work and wait until it is healthy (/etc/berth/one-work.env differs)",
    ]
  `);
});

test('a component that the map has no more is stopped', () => {
  const observed = { ...BARE, components: { old: { path: '/etc/berth/components/old.json', isHealthy: true } } };
  expect(shown(decidePlan([{ wanted: wanted('one'), observed }]))).toContain(
    'prepare: stop old (the map has it here no more)',
  );
});

test('phases go over all machines: no console before the last component', () => {
  const plan = decidePlan(['one', 'two'].map((name) => ({ wanted: wanted(name), observed: BARE })));
  const phases = plan.map(({ phase }) => phase);
  expect(phases.lastIndexOf('components')).toBeLessThan(phases.indexOf('console'));
});

test('roles that move: accounts are given what they need before the components start, and lose the rest after that', () => {
  const begun = { wanted: wanted('one', { engines: true }), observed: BARE };
  const { observed } = applied(decidePlan([begun]), begun);
  const moved = wanted('one', { engines: true, roles: 'r2', env: 'A="2"\n' });
  const kinds = decidePlan([{ wanted: moved, observed }]).map(({ phase, step }) => `${phase}: ${stepText(step)}`);
  expect(kinds.filter((each) => !each.includes('write'))).toMatchInlineSnapshot(`
    [
      "database: set up mariadb",
      "bus: set up kafka",
      "components: stop one-work",
      "components: start one-work and wait until it is healthy",
      "console: stop one-api",
      "console: start one-api and wait until it is healthy",
      "rights: take from accounts of mariadb what no component needs",
      "rights: take from accounts of kafka what no component needs",
    ]
  `);
});

test('brokers that do not answer are set up again, and those that the map has no more are stopped', () => {
  const begun = { wanted: wanted('one', { engines: true }), observed: BARE };
  const { observed } = applied(decidePlan([begun]), begun);
  expect(shown(decidePlan([{ ...begun, observed: { ...observed, answeringEngines: [] } }]))).toEqual([
    'bus: set up kafka (it does not answer)',
  ]);
  expect(shown(decidePlan([{ wanted: wanted('one'), observed }]))).toEqual([
    'prepare: stop apache-kafka (the map has it here no more)',
  ]);
});

const changes = fc.record({
  program: fc.constantFrom('p1', 'p2'),
  env: fc.constantFrom('A="1"\n', 'A="2"\n'),
  roles: fc.constantFrom('r1', 'r2'),
  engines: fc.constant<true>(true),
});

test('after a plan was done nothing differs, wherever the one before it was broken off', () => {
  fc.assert(
    fc.property(changes, changes, fc.nat(20), (first, second, stopped) => {
      const begun = { wanted: wanted('one', first), observed: BARE };
      const halfway = applied(decidePlan([begun]).slice(0, stopped), begun);
      const next = { wanted: wanted('one', second), observed: halfway.observed };
      const done = applied(decidePlan([next]), next);
      expect(decidePlan([done])).toEqual([]);
    }),
  );
});

test('a component is never running on files that were changed under it', () => {
  fc.assert(
    fc.property(changes, changes, (first, second) => {
      const begun = { wanted: wanted('one', first), observed: BARE };
      let now: MachineDifference = {
        wanted: wanted('one', second),
        observed: applied(decidePlan([begun]), begun).observed,
      };
      for (const { step } of decidePlan([now])) {
        const owner = now.wanted.components.find(
          ({ files }) => step.kind === 'write-file' && files.some(({ path }) => path === step.path),
        );
        if (owner) expect(now.observed.components[owner.name]).toBeUndefined();
        now = { ...now, observed: after(step, now) };
      }
    }),
  );
});
