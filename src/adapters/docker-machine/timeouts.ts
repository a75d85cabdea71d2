// How long things may take.

/** Bounds on waiting, all in milliseconds. */
export interface Timeouts {
  /** From the first packet until the machine's engine has answered. */
  readonly connectMs: number;
  /** From the first packet until a machine's SSH server has said its first word. */
  readonly answerMs: number;
  /** One call whose answer is small. */
  readonly callMs: number;
  /** One upload, or one act of the engine that copies a file system. */
  readonly transferMs: number;
  /** Silence within a download or a pull. */
  readonly idleMs: number;
  /** Between signs of life on a quiet SSH connection; four unanswered ones end it. */
  readonly keepaliveMs: number;
}

/** What fits most machines. */
export const ORDINARY_TIMEOUTS: Timeouts = {
  connectMs: 15_000,
  answerMs: 3_000,
  callMs: 30_000,
  transferMs: 600_000,
  idleMs: 120_000,
  keepaliveMs: 5_000,
};
