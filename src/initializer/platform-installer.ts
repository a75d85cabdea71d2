// The platform initializer: installs a platform on machines, tells what it would do, upgrades it, and takes it down. It keeps no state of
// its own between commands but the map: what is there is looked at each time, so that an interrupted command is simply run again.
import { BerthError, type Problem } from '../model/errors.ts';
import type { Clock } from '../ports/clock.ts';
import { type CheckFinding, decideChecks } from './decide-checks.ts';
import { decideMap, memoryNeeded, portsNeeded } from './decide-map.ts';
import { decidePlan, type MachineDifference, PHASES, type PlannedStep } from './decide-plan.ts';
import { actOn } from './install-acts.ts';
import type { KafkaPack } from './kafka-pack.ts';
import { DATA, ETC } from './machine-paths.ts';
import type { MachinesFile } from './machines-file-schema.ts';
import { addToManifest } from './manifest.ts';
import { movedComponents } from './moved-components.ts';
import { nodeSteps } from './node-steps.ts';
import { observeMachine } from './observe-machine.ts';
import { type PlatformMap, readMap } from './platform-map.ts';
import type { ProgramPack } from './program-pack.ts';
import { lookedAt, reachSites, type Site, type SiteParts, type Unreached } from './site.ts';
import { stepText } from './step-text.ts';
import { type InstallerSecrets, manifestOf, wantedMachines } from './wanted-machines.ts';

/** What is told while it works. */
export interface InstallerTelling {
  /** Runs work under a title that says where and what. */
  during<T>(title: string, work: (line: (text: string) => void) => Promise<T>): Promise<T>;
  /** All that was looked at before anything is done. */
  checked(findings: readonly CheckFinding[]): void;
}

/** What an installer works with. */
export interface InstallerParts extends SiteParts {
  readonly clock: Clock;
  /** The program of whoever runs the command, packed when it is first needed. */
  readonly pack: () => Promise<ProgramPack>;
  /** The Kafka that the machines file names, once it was looked through; undefined: it names none. */
  readonly kafka: () => Promise<KafkaPack | undefined>;
  /** The secrets of a platform; made at the first time, from keys that a machine has already where it has some. */
  readonly secrets: (keys: Readonly<Record<string, Uint8Array>>) => Promise<InstallerSecrets>;
  /** What becomes of components that monitoring moved to other machines. */
  readonly moved: 'kept' | 'put-back';
  /** The map beside the machines file. */
  readonly maps: { read(): Promise<PlatformMap | undefined>; write(map: PlatformMap): Promise<void> };
  /** As Node names it, of the program. */
  readonly architecture: string;
  readonly healthyWithinMs: number;
  readonly telling: InstallerTelling;
  /** Aborts when the person wants to leave. */
  readonly leave: AbortSignal;
}

/** A platform as it should be and as it is, with the machines held open until `close`. */
export interface Survey {
  readonly map: PlatformMap;
  readonly sites: readonly Site[];
  readonly differences: readonly MachineDifference[];
  readonly plan: readonly PlannedStep[];
  close(): Promise<void>;
}

const KEY_FILES = ['secret', 'secrets', 'platform_ed25519'];

/** Installs one platform. */
export class PlatformInstaller {
  readonly #file: MachinesFile;
  readonly #parts: InstallerParts;
  readonly #done = new Set<PlannedStep>();

  constructor(file: MachinesFile, parts: InstallerParts) {
    this.#file = file;
    this.#parts = parts;
  }

  /** Looks at every machine and decides what is to be done; `program` comes in place of the one that the platform runs. @throws initializer.checks-failed */
  async survey(program: string | null): Promise<Survey> {
    const { maps } = this.#parts;
    const before = await maps.read();
    const reached = await reachSites(this.#file, before, this.#parts);
    const close = async () => {
      for (const site of reached) if ('machine' in site) await site.machine.close();
    };
    try {
      const sites = this.#check(reached);
      const installed = before ?? (await mapOnMachines(sites));
      const digest = program ?? installed?.program ?? (await this.#parts.pack()).digest;
      const surveyed = await this.#differences(sites, digest);
      const joining = await nodeSteps({ ...surveyed, file: this.#file, sites });
      return { ...surveyed, sites, plan: [...decidePlan(surveyed.differences), ...joining], close };
    } catch (error) {
      await close();
      throw error;
    }
  }

  /** Does what a survey found to be done. @throws initializer.step-failed, initializer.not-healthy, initializer.interrupted */
  apply(survey: Survey): Promise<void> {
    return this.#untilLeft(survey.plan, () => this.#apply(survey));
  }

  async #apply(survey: Survey): Promise<void> {
    await this.#intend(survey);
    await this.#parts.maps.write(survey.map);
    for (const phase of PHASES) {
      const steps = survey.plan.filter((step) => step.phase === phase);
      const machines = [...new Set(steps.map(({ machine }) => machine))];
      const works = machines.map(
        (name) => () =>
          this.#work(
            survey,
            steps.filter(({ machine }) => machine === name),
          ),
      );
      if (phase === 'prepare') await allToTheirEnd(works.map((work) => work()));
      else for (const work of works) await work();
    }
  }

  /** Machine by machine; what does not become healthy goes back to the program that it ran. @throws initializer.upgrade-failed */
  async upgrade(): Promise<{ readonly survey: Survey; readonly upgraded: readonly string[] }> {
    const { digest } = await this.#parts.pack();
    const survey = await this.survey(digest);
    try {
      const plan = survey.plan.filter(({ phase }) => phase !== 'nodes');
      const upgraded = await this.#untilLeft(plan, () => this.#upgrade({ ...survey, plan }));
      return { survey, upgraded };
    } catch (error) {
      await survey.close();
      throw error;
    }
  }

  async #upgrade(survey: Survey): Promise<readonly string[]> {
    const upgraded: string[] = [];
    await this.#intend(survey);
    await this.#pushEverywhere(survey);
    await this.#work(survey, survey.plan.filter(isOfEngines));
    for (const { wanted, observed } of survey.differences) {
      const steps = survey.plan.filter((each) => each.machine === wanted.name && isOfMachine(each));
      if (steps.length === 0) continue;
      const back = (error: unknown) => this.#goBack(survey, wanted.name, observed.current, error);
      await this.#work(survey, steps).catch(back);
      upgraded.push(wanted.name);
    }
    await this.#work(
      survey,
      survey.plan.filter(({ phase }) => phase === 'rights'),
    );
    await this.#parts.maps.write(survey.map);
    return upgraded;
  }

  /** Who leaves is told what is left of a plan. @throws initializer.interrupted */
  async #untilLeft<T>(plan: readonly PlannedStep[], work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const left = plan.filter((step) => !this.#done.has(step));
      const [next] = left;
      if (!this.#parts.leave.aborted || !next) throw cause;
      const details = { left: left.length, total: plan.length, act: `${next.machine}: ${stepText(next.step)}` };
      throw new BerthError('initializer.interrupted', details, { cause });
    }
  }

  #check(reached: readonly (Site | Unreached)[]): readonly Site[] {
    const { platform, least, supervisor } = this.#file;
    const needs = {
      ...{ architecture: this.#parts.architecture, ports: portsNeeded(this.#file), supervisor },
      ...{ diskGb: least.diskGb, memoryGb: memoryNeeded(this.#file) },
    };
    const findings = decideChecks(
      reached.map((site) => lookedAt(site, platform)),
      needs,
    );
    const sites = reached.filter((site): site is Site => 'machine' in site);
    const strange = sites.find(({ manifest }) => manifest !== undefined && manifest.platform !== platform);
    if (strange) {
      const details = { machine: strange.entry.name, found: strange.manifest?.platform ?? '' };
      throw new BerthError('initializer.other-platform', details);
    }
    this.#parts.telling.checked(findings);
    const problems = findings.filter(({ state }) => state === 'wrong').map(problemOf);
    if (problems.length > 0)
      throw new BerthError('initializer.checks-failed', { count: problems.length }, { problems });
    return sites;
  }

  async #differences(sites: readonly Site[], program: string): Promise<Pick<Survey, 'map' | 'differences'>> {
    const { clock, secrets, kafka, moved } = this.#parts;
    const found = moved === 'kept' ? await movedComponents(sites) : [];
    const map = decideMap(this.#file, sites, { program, moved: found });
    const made = await secrets(await keysOnMachines(sites, this.#file));
    const bootWays = Object.fromEntries(sites.map(({ entry, bootWay }) => [entry.name, bootWay]));
    const digest = (await kafka())?.digest;
    const wanted = wantedMachines({ file: this.#file, map, bootWays, secrets: made, kafka: digest });
    const differences = await Promise.all(
      wanted.map(async (each) => {
        const site = sites.find(({ entry }) => entry.name === each.name);
        if (!site) throw new Error(`The machine ${each.name} was not reached.`);
        return { wanted: each, observed: await observeMachine(site.machine, each, clock) };
      }),
    );
    return { map, differences };
  }

  /** Written down before anything is done: who takes the platform down must know of it. */
  async #intend({ sites, map, differences, plan }: Survey): Promise<void> {
    if (plan.length === 0) return;
    const needsPush = plan.some(({ step }) => step.kind === 'push-program');
    const ours = needsPush ? (await this.#parts.pack()).digest : map.program;
    if (ours !== map.program) throw new BerthError('initializer.version-differs', { running: map.program, ours });
    const bootWays = Object.fromEntries(sites.map(({ entry, bootWay }) => [entry.name, bootWay]));
    for (const { entry, machine } of sites) {
      const observed = differences.find(({ wanted }) => wanted.name === entry.name)?.observed;
      const missing = {
        packages: observed?.missingPackages ?? [],
        authorized: plan.flatMap(({ machine: name, step }) =>
          name === entry.name && step.kind === 'authorize-key' ? [step.key] : [],
        ),
      };
      const added = manifestOf({ file: this.#file, map, bootWays }, entry.name, missing);
      await addToManifest(machine, added);
    }
  }

  async #pushEverywhere(survey: Survey): Promise<void> {
    const pushes = survey.plan.filter(isPush);
    await allToTheirEnd(pushes.map((push) => this.#work(survey, [push])));
  }

  async #work({ sites, differences }: Survey, steps: readonly PlannedStep[]): Promise<void> {
    const { clock, pack, kafka, healthyWithinMs, telling, leave } = this.#parts;
    for (const planned of steps) {
      const { machine: name, step, why } = planned;
      const title = `${name}: ${stepText(step)} (${why})`;
      leave.throwIfAborted();
      const site = sites.find(({ entry }) => entry.name === name);
      const wanted = differences.find((each) => each.wanted.name === name)?.wanted;
      if (!site || !wanted) throw new Error(`The plan names a machine that was not reached: ${name}.`);
      const { machine } = site;
      const context = { machine, wanted, pack, kafka, clock, healthyWithinMs, leave };
      await telling.during(title, (tell) => actOn({ ...context, tell }, step));
      this.#done.add(planned);
    }
  }

  /** To the program that the machine ran, with its own map and files. */
  async #goBack(survey: Survey, machine: string, previous: string | null, cause: unknown): Promise<never> {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, '');
    if (previous === null || previous === survey.map.program || this.#parts.leave.aborted) throw cause;
    const back = await this.#differences(survey.sites, previous);
    const plan = decidePlan(back.differences.filter(({ wanted }) => wanted.name === machine));
    const failure = await this.#work({ ...survey, ...back }, plan).then(
      () => reason,
      (error: Error) => `${reason}; going back failed as well: ${error.message.replace(/\.$/, '')}`,
    );
    throw new BerthError('initializer.upgrade-failed', { machine, previous, reason: failure }, { cause });
  }
}

function isPush({ step }: PlannedStep): boolean {
  return step.kind === 'push-program' || step.kind === 'push-kafka';
}

/** What is done on a machine when its turn comes. */
function isOfMachine(step: PlannedStep): boolean {
  return !isPush(step) && !isOfEngines(step) && step.phase !== 'rights';
}

/** What components stand on is made ready before the first of them runs another program. */
function isOfEngines({ phase }: PlannedStep): boolean {
  return phase === 'database' || phase === 'bus';
}

function problemOf({ machine, what, found, remedy }: CheckFinding): Problem {
  return { file: machine, path: what, found, expected: remedy };
}

/** All of them are waited for, so that nothing goes on behind the first failure. */
async function allToTheirEnd(works: readonly Promise<unknown>[]): Promise<void> {
  const failed = (await Promise.allSettled(works)).find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/** The map that a machine keeps, for a person who has none. */
async function mapOnMachines(sites: readonly Site[]): Promise<PlatformMap | undefined> {
  for (const { machine } of sites) {
    const bytes = await machine.readFile(`${ETC}/platform.yaml`);
    const map = bytes && readMap(bytes.toString('utf8'));
    if (map) return map;
  }
  return undefined;
}

/** Keys that a machine of the platform has. */
async function keysOnMachines(sites: readonly Site[], { settings }: MachinesFile): Promise<Record<string, Uint8Array>> {
  const directory = `${String(settings.BERTH_DATA ?? DATA)}/keys`;
  for (const { machine, manifest } of sites) {
    if (!manifest) continue;
    const found = await Promise.all(
      KEY_FILES.map(async (name) => [name, await machine.readFile(`${directory}/${name}`)] as const),
    );
    const there = found.filter((pair): pair is readonly [string, Buffer<ArrayBuffer>] => pair[1] !== undefined);
    if (there.length === KEY_FILES.length) return Object.fromEntries(there);
  }
  return {};
}
