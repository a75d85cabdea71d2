// What a failed connection to a node shows of it.
import { BerthError, type ErrorCode } from '../model/errors.ts';
import type { NodeTrouble } from '../model/node.ts';

/** What was found out about a node that could not be had. */
export interface NodeFinding {
  /** Undefined when the failure shows nothing in particular. */
  readonly trouble: NodeTrouble | undefined;
  /** Only a person can help. */
  readonly needsPerson: boolean;
  /** Nothing more is sent there until the node is added anew. */
  readonly isFinal: boolean;
  /** The failure's code, for programs. */
  readonly code: string;
  /** What was found, and by what, in sentences. */
  readonly words: string;
}

const TROUBLES: Partial<Record<ErrorCode, NodeTrouble>> = {
  'machine.no-answer': 'no-answer',
  'machine.ssh-refused': 'ssh-down',
  'machine.frozen': 'frozen',
  'machine.no-engine': 'engine-down',
  'machine.engine-error': 'engine-down',
  'machine.authentication-refused': 'not-let-in',
  'machine.host-key-changed': 'not-let-in',
  'machine.host-key-invalid': 'not-let-in',
  'machine.identity-unusable': 'not-let-in',
};

/** What a connection does last: ask the engine for its version. */
const ENGINE_ACT = 'meet the engine';

const SENTENCES: Readonly<Record<NodeTrouble, string>> = {
  'no-answer': 'Nothing answers at its address: it is powered off, or cut off from the network.',
  'ssh-down': 'The machine is there, but its SSH server does not run.',
  frozen: 'The machine takes connections and says nothing: it hangs.',
  'engine-down': 'The machine is there, but its Docker engine does not answer.',
  'not-let-in': 'It answers, but does not let the platform in.',
};

/** Reads a failure to connect. What will not pass by itself needs a person. */
export function findingOf(error: unknown): NodeFinding {
  if (!(error instanceof BerthError)) {
    const words = error instanceof Error ? error.message : String(error);
    return { trouble: undefined, needsPerson: false, isFinal: false, code: 'unknown', words };
  }
  const { code, message, remedy, retryable } = error;
  // Whoever waits for the engine got past SSH.
  const trouble = code === 'machine.timeout' && error.details.act === ENGINE_ACT ? 'engine-down' : TROUBLES[code];
  const told = trouble ? `${SENTENCES[trouble]} ${message}` : message;
  return {
    trouble,
    needsPerson: !retryable,
    isFinal: code === 'machine.host-key-changed',
    code,
    words: retryable ? told : `${told} ${remedy}`,
  };
}
