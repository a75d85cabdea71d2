// Plays a story again and again until its platform has died once at each of many places.
import { chainsOf, type Fault, faultInWords } from './fault.ts';
import type { Story } from './recovery-world.ts';

/** How it is done. */
export interface Killing {
  readonly story: Story;
  /** In the order of the run that passed them. */
  readonly faults: readonly Fault[];
  /** Deaths in one run. */
  readonly deaths: number;
  /** Runs at a time. */
  readonly lanes: number;
  /** A place that a run with other deaths before did not come to is tried alone, at an earlier passing, this often. */
  readonly triesAlone: number;
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface KillReport {
  readonly killed: readonly Fault[];
  /** Places that no run came to again. */
  readonly unreached: readonly Fault[];
  readonly problems: readonly string[];
}

/** Kills at each place, several to a run. */
export async function killAtEach(killing: Killing): Promise<KillReport> {
  const first = await playAll(killing, chainsOf(killing.faults, killing.deaths));
  const killed = [...first.killed];
  const problems = [...first.problems];
  let unreached = first.unreached;
  for (let tries = 0; tries < killing.triesAlone && unreached.length > 0; tries++) {
    const alone = await playAll(
      killing,
      unreached.map((fault) => [sooner(fault)]),
    );
    killed.push(...alone.killed);
    problems.push(...alone.problems);
    unreached = alone.unreached;
  }
  return { killed, unreached, problems };
}

/** How often a place is passed depends on timing. */
function sooner(fault: Fault): Fault {
  return { ...fault, passing: Math.ceil(fault.passing / 2) };
}

async function playAll({ story, lanes, say }: Killing, chains: readonly (readonly Fault[])[]): Promise<KillReport> {
  const waiting = [...chains];
  const report = { killed: [] as Fault[], unreached: [] as Fault[], problems: [] as string[] };
  const lane = async () => {
    for (let chain = waiting.shift(); chain; chain = waiting.shift()) {
      const { reached, problems } = await story(chain);
      report.killed.push(...reached);
      report.unreached.push(...chain.slice(reached.length));
      report.problems.push(...problems);
      say(`${problems.length === 0 ? 'good' : 'BAD '} ${reached.map(faultInWords).join(' | ')}`);
      for (const problem of problems) say(`     ${problem}`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return report;
}
