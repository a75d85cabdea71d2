// SMS: one request to the gateway for each recipient. What the gateway answers decides, for each alone, whether it may be asked again.
import type { SendOutcome } from '../ports/mailer.ts';
import type { WebAnswer } from '../ports/web-caller.ts';
import { channelOf, type Deliver, type DeliveryParts, remaining } from './delivery.ts';
import { type GatewayAccess, type GatewayValues, gatewayRequest } from './gateway-request.ts';

const TIMEOUT_MS = 20_000;
/** Statuses that say that the gateway has not taken it: too many requests, and out of service. */
const NOT_TAKEN = new Set([429, 503]);

interface Told extends SendOutcome {
  readonly to: string;
}

/** Sends an SMS to those who do not have it yet; a gateway that takes nothing now is not asked for the others. */
export const deliverSms: Deliver<'sms'> = async (parts, { action, order, attempt }, signal) => {
  const access = await channelOf(parts.store, 'sms-gateway');
  if (!access) return { outcome: 'failed', text: 'The channel sms-gateway was taken away.' };
  const secret = await gatewaySecret(parts, access);
  const told: Told[] = [];
  for (const to of remaining(order.to, attempt)) {
    const values = { to, text: order.text, id: `${action.id}.${to}`, secret };
    const answer = await callGateway(parts, access, values, signal);
    told.push({ to, ...answer });
    if (answer.outcome === 'failed') break;
  }
  return summary(told);
};

/** What fills the place `{secret}`; read before anything is sent. @throws platform.secret-unreadable */
export async function gatewaySecret(
  { secrets }: Pick<DeliveryParts, 'secrets'>,
  { secretFile }: GatewayAccess,
): Promise<string> {
  return secretFile === null ? '' : secrets.read(secretFile);
}

/** Hands one message to the gateway. Never throws: what was sent before must not be forgotten. */
export async function callGateway(
  { web }: Pick<DeliveryParts, 'web'>,
  access: GatewayAccess,
  values: GatewayValues,
  signal: AbortSignal,
): Promise<SendOutcome> {
  const { secret } = values;
  const request = gatewayRequest(access, values);
  // The administrator names this address, and gateways often stand in the own network.
  const allowPrivate = [new URL(request.url).hostname];
  const answer = await web.call({ ...request, allowPrivate, timeoutMs: TIMEOUT_MS, redirects: 'same-origin' }, signal);
  const { outcome, text } = judged(access, answer);
  return {
    outcome,
    text: secret === '' ? text : text.replaceAll(secret, '…').replaceAll(encodeURIComponent(secret), '…'),
  };
}

/** Of an answer such as 500 or 504 nobody can tell whether the message went out. */
function judged({ accepted }: GatewayAccess, { status, outcome, text }: WebAnswer): SendOutcome {
  if (status === null) return { outcome, text };
  if (accepted.includes(status)) return { outcome: 'delivered', text };
  if (NOT_TAKEN.has(status)) return { outcome: 'failed', text };
  return { outcome: status >= 500 || status === 408 ? 'unknown' : 'refused', text };
}

function summary(told: readonly Told[]): SendOutcome {
  const text = told.map((each) => `${each.to}: ${each.text}`).join(' ');
  const reached = told.filter(({ outcome }) => outcome === 'delivered').map(({ to }) => to);
  const outcome = (['unknown', 'failed', 'refused'] as const).find((bad) => told.some((each) => each.outcome === bad));
  return outcome === undefined ? { outcome: 'delivered', text } : { outcome, text, reached };
}
