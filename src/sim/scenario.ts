// What happens to a simulated platform: the words of a scenario. It says when people ask for something and when something breaks;
// everything else follows from it.
import type { MissingSensorPolicy } from '../model/binding.ts';
import type { Weather } from './weather.ts';

/** What a person asks for. */
export type Wish =
  | { readonly do: 'create'; readonly name: string; readonly file: InstancePlan }
  | { readonly do: 'disable' | 'enable' | 'remove' | 'run' | 'skip'; readonly name: string }
  /** Another schedule for an instance that is there. */
  | { readonly do: 'change'; readonly name: string; readonly file: InstancePlan }
  | { readonly do: 'pause-schedules' | 'resume-schedules' }
  /** Of the jobs that are open then, the one at this share of their list. */
  | { readonly do: 'stop'; readonly share: number }
  | { readonly do: 'add-node' | 'drain' | 'undrain' | 'remove-node' | 'abandon-node'; readonly host: string }
  /** Of the machine under a node: says which machine of the provider it is, switches its recovery, forces the gentlest step or a new machine. */
  | { readonly do: 'adopt' | 'recovery-off' | 'recovery-on' | 'recover' | 'replace'; readonly host: string }
  /** Asks the provider for one more machine. */
  | { readonly do: 'grow' }
  /** Nobody wishes for that: a device falls silent, or comes back. */
  | { readonly do: 'silence' | 'hear'; readonly sensor: string };

/** What breaks; `ms` is how long. */
export type Fault =
  | {
      readonly do: 'power-off' | 'freeze' | 'cut' | 'hang-engine' | 'fill-disk';
      readonly host: string;
      readonly ms: number;
    }
  | { readonly do: 'stop-engine'; readonly host: string; readonly ms: number; readonly containersLiveOn: boolean }
  | { readonly do: 'jump'; readonly host: string; readonly ms: number }
  /** At the provider's own console a machine is switched off, or destroyed. */
  | { readonly do: 'console-stop' | 'console-destroy'; readonly host: string }
  /** A machine stays dead until its provider cuts its power and gives it back, or until another takes its place. */
  | { readonly do: 'wreck'; readonly host: string; readonly cure: 'power-cycle' | 'replace' }
  /** Of the containers that run then, the one at this share of their list. */
  | { readonly do: 'strike'; readonly how: 'kill' | 'stop' | 'remove' | 'out-of-memory'; readonly share: number }
  | { readonly do: 'kill-platform'; readonly acts: number; readonly when: 'before' | 'after'; readonly ms: number }
  | { readonly do: 'freeze-platform'; readonly ms: number }
  | { readonly do: 'jump-platform'; readonly ms: number }
  /** The platform freezes, another is started, and the first one thaws beside it for a while. */
  | { readonly do: 'second-owner'; readonly ms: number };

/** Something that happens at a time. */
export interface ScenarioAct<A> {
  readonly atMs: number;
  readonly act: A;
}

/** How an instance is asked for, in the words of instance files. */
export interface InstancePlan {
  readonly algorithm: 'watch' | 'batch' | 'only-watch' | 'only-batch';
  /** It needs a sensor; what becomes of its jobs when that is missing. Absent: it needs none. */
  readonly missing?: MissingSensorPolicy;
  readonly application: string;
  readonly schedule: {
    readonly kind: string;
    readonly inMs?: number;
    readonly every?: string;
    readonly expression?: string;
    readonly duration?: string;
    /** Of kind `after`: the name of the instance that it follows, and which ends. */
    readonly instance?: string;
    readonly on?: string;
  };
  readonly overlap: string | { readonly policy: string; readonly max: number };
  readonly missed: string | { readonly policy: string; readonly max: number; readonly maxAge: string };
  readonly lead: string;
  readonly copies: number;
  readonly machine: 'shared' | 'standalone';
  readonly labels: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly cpus: number;
  readonly grace: string;
}

/** The sensors of every scenario, all of one type. */
export const SENSORS = ['air-1', 'air-2'] as const;

/** A machine of a scenario. */
export interface HostPlan {
  readonly address: string;
  readonly cpus: number;
  readonly clockOffsetMs: number;
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it is a node from the beginning. */
  readonly isNode: boolean;
}

/** An application of a scenario: how long its image takes, and whether it can be made. */
export interface ApplicationPlan {
  readonly name: string;
  readonly imageMs: number;
  readonly imageFails: boolean;
}

/** A provider of machines: which hosts are its own, and what it may be used for. */
export interface CloudPlan {
  readonly machines: readonly string[];
  /** Of machines that it makes. */
  readonly cpus: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly mostAdded: number;
  readonly replacementsPerHour: number;
}

/** Everything that a seed decides beforehand. */
export interface Scenario {
  readonly chaosMs: number;
  /** Nothing breaks at all: then everything must be on time as well. */
  readonly isGentle: boolean;
  readonly sweepEveryMs: number;
  readonly cpuOvercommit: number;
  /** How long a task that has to run exactly once may go on without word from the platform. */
  readonly leaseMs: number;
  readonly weather: Weather;
  readonly hosts: readonly HostPlan[];
  readonly cloud: CloudPlan | null;
  readonly applications: readonly ApplicationPlan[];
  readonly wishes: readonly ScenarioAct<Wish>[];
  readonly faults: readonly ScenarioAct<Fault>[];
}
