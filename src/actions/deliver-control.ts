// Controls: one command to a device, which acknowledges it or does not.
import { BerthError } from '../model/errors.ts';
import type { ActNews } from './action-step.ts';
import type { ControlOutcome, Deliver } from './delivery.ts';

/** Sends a command and waits for the device. Parameters that do not fit its type are refused before anything is sent. */
export const deliverControl: Deliver<'control'> = async ({ sendControl }, { action, order }, signal) => {
  const { sensor, control, parameters, timeoutMs } = order;
  try {
    return newsOf(await sendControl({ id: action.id, sensor, control, parameters, timeoutMs }, signal), timeoutMs);
  } catch (error) {
    if (signal.aborted)
      return { outcome: 'unknown', text: 'It was broken off; whether the device did it is not known.' };
    if (!(error instanceof BerthError)) throw error;
    return { outcome: error.retryable ? 'failed' : 'refused', text: error.message };
  }
};

function newsOf({ outcome, detail, answer }: ControlOutcome, timeoutMs: number): ActNews {
  const answered = answer === undefined ? {} : { answer };
  switch (outcome) {
    case 'acknowledged':
      return { outcome: 'delivered', text: detail || 'The device acknowledged it.', ...answered };
    case 'refused':
      return { outcome: 'refused', text: detail || 'The device refused it.', ...answered };
    case 'failed':
      return { outcome: 'failed', text: detail || 'It could not be sent to the device.', ...answered };
    case 'timed-out':
      return { outcome: 'unknown', text: `${unanswered(timeoutMs)} ${detail}`.trim(), ...answered };
    default:
      return outcome satisfies never;
  }
}

function unanswered(timeoutMs: number): string {
  return `The device did not acknowledge it within ${timeoutMs / 1000} s; whether it did it is not known.`;
}
