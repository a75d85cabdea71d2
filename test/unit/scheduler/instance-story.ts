// An instance over time: decisions are carried out on documents in memory, jobs end when the story says so, and a crash may come between
// any two steps.
import type { Calendar } from '../../../src/model/calendar.ts';
import type { Instance, InstanceStatus } from '../../../src/model/instance.ts';
import type { Instant } from '../../../src/model/instant.ts';
import { type Job, type JobState, jobEnded } from '../../../src/model/job.ts';
import type { Gap, SchedulePause } from '../../../src/model/schedule.ts';
import { decideInstance, type InstanceDecision, type InstanceStep } from '../../../src/scheduler/decide-instance.ts';
import type { InstanceSnapshot } from '../../../src/scheduler/instance-snapshot.ts';
import type { UpstreamJob } from '../../../src/scheduler/upstream-ends.ts';
import { anAlgorithm, anInstance, aPackage, T0 } from '../../builders/jobs.ts';

export class InstanceStory {
  instance: Instance;
  status: InstanceStatus | null = null;
  now = T0;
  readonly jobs = new Map<string, { job: Job; state: JobState | null }>();
  readonly gaps = new Map<string, Gap>();
  calendars: readonly Calendar[] = [];
  pause: SchedulePause | null = null;
  upstream: readonly UpstreamJob[] = [];
  runnable: InstanceSnapshot['runnable'] = { package: aPackage(), algorithm: anAlgorithm() };
  /** How many jobs that nobody stops were seen to run at once, at most. */
  together = 0;
  /** Every job that was ever asked for, again and again. */
  readonly asked: string[] = [];

  constructor(over: Partial<Instance> = {}) {
    this.instance = anInstance(over);
  }

  /** Decides and does it; or breaks off after some steps, as a crash does. */
  decide(crashAfter = Number.POSITIVE_INFINITY): InstanceDecision {
    const decision = decideInstance(this.#snapshot(), this.now);
    for (const step of decision.steps.slice(0, crashAfter)) this.#carryOut(step);
    const goesOn = ({ startsAt, endsAt, stop }: Job) =>
      startsAt <= this.now && (endsAt === null || endsAt > this.now) && stop === null;
    this.together = Math.max(this.together, this.running.filter(goesOn).length);
    return decision;
  }

  /** Goes on to an instant, deciding whenever an alarm rings on the way. */
  goTo(at: Instant): void {
    for (let alarms = 0; ; alarms++) {
      if (alarms > 10_000) throw new Error('it never comes to rest');
      const { wakeAt } = this.decide();
      if (wakeAt === null || wakeAt > at) break;
      this.now = Math.max(wakeAt, this.now + (wakeAt <= this.now ? 1 : 0));
    }
    this.now = at;
    this.decide();
  }

  end(id: string, state: JobState = 'succeeded'): void {
    const known = this.jobs.get(id);
    if (!known) throw new Error(`there is no job ${id}`);
    this.jobs.set(id, { job: { ...known.job, open: 0 }, state });
  }

  /** Jobs that are not over, by when they begin. */
  get running(): readonly Job[] {
    const open = [...this.jobs.values()].filter(({ state }) => state === null || !jobEnded(state));
    return open.map(({ job }) => job).toSorted((a, b) => a.startsAt - b.startsAt);
  }

  get starts(): readonly Instant[] {
    return [...this.jobs.values()].map(({ job }) => job.startsAt).toSorted((a, b) => a - b);
  }

  /** Each gap as a few words, by its beginning. */
  get told(): readonly string[] {
    const gaps = [...this.gaps.values()].toSorted((a, b) => a.fromAt - b.fromAt);
    return gaps.map(({ outcome, count, reason }) => `${count} ${outcome}: ${reason}`);
  }

  #snapshot(): InstanceSnapshot {
    const openJobs = [...this.jobs.values()].filter(({ job }) => job.open === 1);
    const { instance, status, runnable, calendars, pause, upstream } = this;
    const followed = [...this.gaps.keys()].filter((id) => id.includes('.d'));
    const made = new Set([...this.jobs.keys(), ...followed]);
    return { instance, status, openJobs, made, runnable, calendars, pause, upstream };
  }

  #carryOut(step: InstanceStep): void {
    switch (step.do) {
      case 'make-job':
        this.asked.push(step.job.id);
        if (!this.jobs.has(step.job.id)) this.jobs.set(step.job.id, { job: step.job, state: null });
        return;
      case 'kill-job':
        this.#stop(step.job.id, step.reason);
        return;
      case 'record-gap':
        if ((this.gaps.get(step.gap.id)?.toAt ?? 0) < step.gap.toAt) this.gaps.set(step.gap.id, step.gap);
        return;
      case 'record':
        this.status = step.status;
        return;
      case 'forget':
        return;
      default:
        step satisfies never;
    }
  }

  #stop(id: string, reason: string): void {
    const known = this.jobs.get(id);
    if (!known) return;
    const stop = known.job.stop ?? { by: 'schedule', reason, at: this.now };
    this.jobs.set(id, { ...known, job: { ...known.job, stop } });
  }
}
