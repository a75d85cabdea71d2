// A channel between what a form holds and what the platform takes.
import type { ChannelAccess, ChannelKind } from './channels-section.tsx';

/** What the form of a channel holds, for all kinds together. */
export interface ChannelValues {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly user: string;
  readonly from: string;
  /** A file or `secret:NAME`, of every kind. */
  readonly secret: string;
  readonly url: string;
  readonly method: 'POST' | 'GET';
  /** `Name: value`, one a line. */
  readonly headers: string;
  readonly template: string;
  readonly contentType: 'application/json' | 'application/x-www-form-urlencoded';
  /** Numbers with commas between. */
  readonly accepted: string;
  /** One a line. */
  readonly allowPrivate: string;
}

const EMPTY: ChannelValues = {
  ...{ host: '', port: 587, tls: 'starttls', user: '', from: '', secret: '' },
  ...{ url: '', method: 'POST', headers: '', template: '', contentType: 'application/json', accepted: '200, 201, 202' },
  allowPrivate: '',
};

/** A channel as the form shows it. */
export function valuesOfChannel(access: ChannelAccess | null): ChannelValues {
  if (access === null) return EMPTY;
  if (access.kind === 'smtp') {
    const { host, port, tls, from } = access;
    return { ...EMPTY, host, port, tls, from, user: access.user ?? '', secret: access.passwordFile ?? '' };
  }
  if (access.kind === 'webhooks')
    return { ...EMPTY, secret: access.secretFile ?? '', allowPrivate: access.allowPrivate.join('\n') };
  const { url, method, contentType } = access;
  return {
    ...{ ...EMPTY, url, method, contentType, secret: access.secretFile ?? '', template: access.body ?? '' },
    headers: Object.entries(access.headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
    accepted: access.accepted.join(', '),
  };
}

/** The form as the platform takes it; it says itself what is wrong with it. */
export function bodyOfChannel(kind: ChannelKind, values: ChannelValues): ChannelAccess {
  const secretFile = orNull(values.secret);
  if (kind === 'webhooks') return { kind, secretFile, allowPrivate: wordsIn(values.allowPrivate, '\n') };
  if (kind === 'smtp') {
    const { host, port, tls, from } = values;
    return { kind, host, port, tls, user: orNull(values.user), passwordFile: secretFile, from };
  }
  const { url, method, contentType } = values;
  const accepted = wordsIn(values.accepted, ',').map(Number);
  return {
    kind,
    url,
    method,
    headers: headersIn(values.headers),
    body: orNull(values.template),
    contentType,
    secretFile,
    accepted,
  };
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim();
}

function wordsIn(text: string, between: string): string[] {
  return text
    .split(between)
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function headersIn(text: string): Record<string, string> {
  return Object.fromEntries(
    wordsIn(text, '\n').map((line) => {
      const at = line.indexOf(':');
      return at < 0 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
    }),
  );
}
