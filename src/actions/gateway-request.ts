// The request to an SMS gateway, made from the administrator's description: each value is written as its place demands.
import type { ChannelAccess } from '../model/action.ts';
import type { WebCall } from '../ports/web-caller.ts';
import { filledText, oneLine } from './filled-text.ts';

/** How an SMS gateway is described. */
export type GatewayAccess = Extract<ChannelAccess, { readonly kind: 'sms-gateway' }>;

/** What fills the places of a description. */
export interface GatewayValues {
  readonly to: string;
  readonly text: string;
  /** Of the action, for gateways that know a repeated request by it. */
  readonly id: string;
  readonly secret: string;
}

/** URL, headers and body for one message. @throws SyntaxError when a JSON template is no JSON */
export function gatewayRequest(
  access: GatewayAccess,
  values: GatewayValues,
): Pick<WebCall, 'url' | 'method' | 'headers' | 'body'> {
  const { to, text, id, secret } = values;
  const places = { to, text, id, secret };
  const headers = Object.entries(access.headers).map(([name, value]) => [name, oneLine(filledText(value, places))]);
  const body = access.method === 'GET' || access.body === null ? null : filledBody(access, access.body, places);
  return {
    url: filledText(access.url, places, encodeURIComponent),
    method: access.method,
    headers: { ...(body === null ? {} : { 'content-type': access.contentType }), ...Object.fromEntries(headers) },
    body,
  };
}

function filledBody({ contentType }: GatewayAccess, body: string, places: Readonly<Record<string, string>>): string {
  if (contentType === 'application/x-www-form-urlencoded') return filledText(body, places, encodeURIComponent);
  return JSON.stringify(filledJson(JSON.parse(body), places));
}

/** Places are filled in strings that were read already, so that no value can end one. */
function filledJson(template: unknown, places: Readonly<Record<string, string>>): unknown {
  if (typeof template === 'string') return filledText(template, places);
  if (Array.isArray(template)) return template.map((each) => filledJson(each, places));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, filledJson(value, places)]));
}

/** What a description cannot be used for; undefined: it can. */
export function gatewayFault(access: GatewayAccess): string | undefined {
  const origins = ['one', 'two'].map((value) => originOf(access, { to: value, text: value, id: value, secret: value }));
  if (origins[0] === undefined) return 'its URL is none of http or https, or holds a user name';
  if (origins[0] !== origins[1]) return 'a place in its URL changes which host is called';
  if (access.method === 'GET' && access.body !== null) return 'a GET has no body';
  const all = [access.url, access.body ?? '', ...Object.values(access.headers)].join('\n');
  for (const place of ['{to}', '{text}']) if (!all.includes(place)) return `${place} is nowhere in it`;
  if (all.includes('{secret}') && access.secretFile === null) return 'it uses {secret} and names no file with it';
  return access.contentType === 'application/json' && access.body !== null ? jsonFault(access.body) : undefined;
}

function originOf(access: GatewayAccess, values: GatewayValues): string | undefined {
  const url = URL.parse(filledText(access.url, { ...values }, encodeURIComponent));
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  return url.origin;
}

function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `its body is no JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}
