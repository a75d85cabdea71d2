// A container as the engine describes it, in the port's words.
import type { Instant } from '../../model/instant.ts';
import type { ContainerView } from '../../ports/machine.ts';

/** The part of GET /containers/{id}/json that is read (Docker Engine API 1.41). */
export interface EngineContainer {
  readonly Id: string;
  readonly Name: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>> | null };
  readonly State: {
    readonly Status: ContainerView['state'];
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Error: string;
    readonly StartedAt: string;
    readonly FinishedAt: string;
  };
}

/** The view of a container; an exit code only of one that ran and ended. */
export function containerView({ Id, Name, Config, State }: EngineContainer): ContainerView {
  const ended = State.Status === 'exited' || State.Status === 'dead';
  return {
    id: Id,
    name: Name.replace(/^\//, ''),
    state: State.Status,
    exitCode: ended ? State.ExitCode : null,
    oomKilled: State.OOMKilled,
    error: State.Error,
    labels: Config.Labels ?? {},
    startedAt: instantOrNull(State.StartedAt),
    finishedAt: instantOrNull(State.FinishedAt),
  };
}

/** The engine writes the year 1 for what has not happened. */
function instantOrNull(text: string): Instant | null {
  const at = Date.parse(text);
  return at > 0 ? at : null;
}
