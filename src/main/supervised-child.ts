// One component of this machine under its supervisor: started, looked at, ended and started again.
import { BeatReader, makeBeatPipe } from '../adapters/child-processes/beat-pipe.ts';
import { type ChildEnd, startChild } from '../adapters/child-processes/child-processes.ts';
import { capturedState, isAlive, type ProcessMark, signalTo } from '../adapters/child-processes/process-mark.ts';
import { AnswerWatch } from '../adapters/kafka-probe/answer-watch.ts';
import type { Instant } from '../model/instant.ts';
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { ComponentFile } from './component-files.ts';
import { type ChildSnapshot, decideChild, keepsDying, recentDeaths, type WatchWay } from './decide-child.ts';
import type { SupervisorFiles } from './supervisor-files.ts';

/** What a child is started and looked after with. */
export interface ChildParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly files: SupervisorFiles;
  /** The environment that all components have in common. */
  readonly environment: Readonly<Record<string, string>>;
  /** The program of a component whose file names none. */
  readonly words: readonly string[];
}

/** What tells how often a process gave a sign of life since it was asked the last time. */
interface Signs {
  take(): number;
  close(): void;
}

/** A look, after so much time in which the supervisor was on time, milliseconds. */
export interface ChildLook {
  readonly nowMs: number;
  readonly onTimeMs: number;
}

interface Running {
  readonly mark: ProcessMark;
  readonly startedAs: string;
  readonly watch: ComponentFile['watch'];
  readonly signs: Signs;
  /** Null: another supervisor started it, and nobody is told how it ends. */
  readonly ended: (() => Promise<ChildEnd>) | null;
  silentMs: number;
  hasBeaten: boolean;
  askedToEndMs: number | null;
}

interface LastEnd {
  readonly at: Instant;
  readonly why: string;
  /** What the kernel said of it while it was blocked; null: it was not. */
  readonly captured: Readonly<Record<string, string>> | null;
}

const MOST_DEATHS = 100;
const NONE: Signs = { take: () => 0, close: () => undefined };

/** A component that is to run, or to end. */
export class SupervisedChild {
  readonly name: string;
  readonly #parts: ChildParts;
  #wanted: ComponentFile | null | undefined;
  #running: Running | null = null;
  #deathsMs: readonly number[] = [];
  #restarts = 0;
  #lastEnd: LastEnd | null = null;
  #killedFor: Omit<LastEnd, 'at'> | null = null;
  #written = '';

  constructor(name: string, parts: ChildParts) {
    this.name = name;
    this.#parts = parts;
  }

  /** What is to run from now on; null: nothing. */
  want(file: ComponentFile | null): void {
    this.#wanted = file;
  }

  /** Takes over a process that another supervisor started, if it lives. */
  async adopt(): Promise<void> {
    const { files, log } = this.#parts;
    const known = await files.readRunning(this.name);
    if (!known || !isAlive(known)) return;
    const { pid, start, startedAs, hasBeaten, watch } = known;
    const mark = { pid, start };
    const signs = await this.#openSigns(watch);
    this.#running = { mark, startedAs, watch, signs, ended: null, silentMs: 0, hasBeaten, askedToEndMs: null };
    log.info('A component runs already and is looked after from now on', { component: this.name, pid });
  }

  /** Does what is to be done now; resolves to whether there is anything left of it to look after. */
  async look({ nowMs, onTimeMs }: ChildLook): Promise<boolean> {
    await this.#listen(onTimeMs);
    await this.#noticeEnd(nowMs);
    const step = decideChild(this.#snapshot(), nowMs);
    if (step === 'start') await this.#start(nowMs);
    if (step === 'ask-to-end') this.#askToEnd(nowMs);
    if (step === 'kill') this.#kill({ why: 'It was asked to end and did not.', captured: null });
    if (step === 'kill-blocked') this.#killBlocked();
    if (step === 'forget') await this.#forget();
    else await this.#tell(nowMs);
    return step !== 'forget';
  }

  #snapshot(): ChildSnapshot {
    const wanted = this.#wanted ? this.#wanted.digest : this.#wanted;
    const process = this.#running && { ...this.#running, watch: wayOf(this.#running.watch) };
    return { wanted, process, deathsMs: this.#deathsMs };
  }

  async #listen(onTimeMs: number): Promise<void> {
    const running = this.#running;
    if (!running) return;
    if (running.signs.take() === 0) {
      running.silentMs += onTimeMs;
      return;
    }
    running.silentMs = 0;
    if (running.hasBeaten) return;
    running.hasBeaten = true;
    await this.#remember(running);
  }

  async #noticeEnd(nowMs: number): Promise<void> {
    const running = this.#running;
    if (!running || isAlive(running.mark)) return;
    this.#running = null;
    running.signs.close();
    const { files, clock, log } = this.#parts;
    const end = running.ended ? await running.ended() : { code: null, signal: null };
    await files.forgetRunning(this.name);
    const isOwn = running.askedToEndMs === null;
    if (isOwn) this.#deathsMs = [...recentDeaths(this.#deathsMs, nowMs), nowMs].slice(-MOST_DEATHS);
    const { why, captured } = this.#killedFor ?? { why: endText(end, isOwn), captured: null };
    this.#killedFor = null;
    this.#lastEnd = { at: clock.now(), why, captured };
    const level = isOwn ? 'warn' : 'info';
    log[level]('A component ended', { component: this.name, pid: running.mark.pid, ...end, why });
  }

  async #start(nowMs: number): Promise<void> {
    const { files, log, environment, words } = this.#parts;
    const wanted = this.#wanted;
    if (!wanted) return;
    try {
      const { watch, digest: startedAs } = wanted;
      const signs = await this.#openSigns(watch);
      const command = {
        words: wanted.command ?? words,
        environment: { ...environment, ...wanted.environment, ...ownEnvironment(wanted, files) },
        ...{ logPath: files.logPath(this.name), beatPath: watch === 'beats' ? files.beatPath(this.name) : null },
      };
      const { mark, ended } = await startChild(command).catch((error: unknown) => {
        signs.close();
        throw error;
      });
      this.#running = { mark, startedAs, watch, signs, ended, silentMs: 0, hasBeaten: false, askedToEndMs: null };
      if (this.#lastEnd) this.#restarts += 1;
      log.info('A component was started', { component: this.name, pid: mark.pid });
    } catch (error) {
      this.#deathsMs = [...recentDeaths(this.#deathsMs, nowMs), nowMs].slice(-MOST_DEATHS);
      log.error('A component could not be started; it is tried again', { component: this.name, error });
    }
    if (this.#running) await this.#remember(this.#running);
  }

  async #openSigns(watch: ComponentFile['watch']): Promise<Signs> {
    if (watch === 'beats') return this.#openReader();
    return watch === 'end' ? NONE : new AnswerWatch(watch.kafka, this.#parts.clock);
  }

  async #openReader(): Promise<BeatReader> {
    const path = this.#parts.files.beatPath(this.name);
    await makeBeatPipe(path);
    const reader = new BeatReader(path);
    reader.take();
    return reader;
  }

  #remember({ mark, startedAs, watch, hasBeaten }: Running): Promise<void> {
    return this.#parts.files.writeRunning(this.name, { ...mark, startedAs, watch, hasBeaten });
  }

  #askToEnd(nowMs: number): void {
    if (!this.#running) return;
    this.#running.askedToEndMs = nowMs;
    signalTo(this.#running.mark, 'SIGTERM');
  }

  #kill(because: Omit<LastEnd, 'at'>): void {
    if (!this.#running) return;
    this.#killedFor = because;
    signalTo(this.#running.mark, 'SIGKILL');
  }

  #killBlocked(): void {
    if (!this.#running) return;
    const { mark, watch, silentMs } = this.#running;
    const captured = capturedState(mark);
    const how = watch === 'beats' ? 'Its loop stood still' : 'It did not answer';
    const why = `${how} for ${Math.round(silentMs / 1000)} seconds.`;
    this.#parts.log.error('A component is blocked and is killed', { component: this.name, ...mark, why, captured });
    this.#kill({ why, captured });
  }

  async #forget(): Promise<void> {
    const { files } = this.#parts;
    await files.forgetRunning(this.name);
    await files.forgetStatus(this.name);
  }

  /** Written when something is other than before. */
  async #tell(nowMs: number): Promise<void> {
    const status = {
      ...{ name: this.name, roles: this.#wanted?.roles ?? [], state: this.#stateWord() },
      ...{ pid: this.#running?.mark.pid ?? null, restarts: this.#restarts, lastEnd: this.#lastEnd },
      ...{ recentDeaths: recentDeaths(this.#deathsMs, nowMs).length, keepsDying: keepsDying(this.#deathsMs, nowMs) },
    };
    const text = JSON.stringify(status);
    if (text === this.#written) return;
    this.#written = text;
    await this.#parts.files.writeStatus(this.name, { ...status, writtenAt: this.#parts.clock.now() });
  }

  #stateWord(): 'waiting' | 'starting' | 'running' | 'stopping' {
    if (!this.#running) return 'waiting';
    if (this.#running.askedToEndMs !== null) return 'stopping';
    return this.#running.hasBeaten || this.#running.watch === 'end' ? 'running' : 'starting';
  }
}

function wayOf(watch: ComponentFile['watch']): WatchWay {
  return typeof watch === 'object' ? 'answers' : watch;
}

/** What a component is told of itself and of who looks after it. */
function ownEnvironment(
  { name, roles, watch }: ComponentFile,
  files: SupervisorFiles,
): Readonly<Record<string, string>> {
  return {
    ...{ BERTH_COMPONENT: name, BERTH_ROLES: roles.join(',') },
    ...(watch === 'beats' ? { BERTH_BEAT_FD: '3' } : {}),
    ...{ BERTH_SUPERVISOR_RUN: files.run, BERTH_SUPERVISOR_STATUS: files.status },
    BERTH_SUPERVISOR_COMPONENTS: files.directory,
  };
}

function endText({ code, signal }: ChildEnd, isOwn: boolean): string {
  if (!isOwn) return 'It ended as it was asked to.';
  if (signal !== null) return `It was ended by the signal ${signal}.`;
  return code === null
    ? 'It ended; nobody was there to be told how.'
    : `It ended by itself with the exit code ${code}.`;
}
