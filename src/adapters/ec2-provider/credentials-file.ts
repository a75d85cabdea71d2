// Credentials from a file as the AWS tools keep them (INI: `[profile]`, `aws_access_key_id = …`), or from a secret of the platform with the same text. Read when they are needed and again
// every few minutes, so that a rotated key is taken up; never kept anywhere else.
import { readFile } from 'node:fs/promises';
import { BerthError } from '../../model/errors.ts';
import { SECRET_PREFIX } from '../../model/secret.ts';
import type { Clock } from '../../ports/clock.ts';

/** What AWS's client signs with. */
interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration: Date;
}

/** AWS's client asks again five minutes before what it was given expires. */
const VALID_MS = 10 * 60_000;

/** Gives the value that `secret:NAME` stands for. */
export type SecretValue = (reference: string) => Promise<string>;

/** What credentials are read with. */
export interface CredentialParts {
  readonly clock: Clock;
  readonly secretValue: SecretValue;
}

/** What AWS's client calls for credentials. It rejects with provider.unusable, which names the file and never what is in it. */
export function credentialsFrom(
  path: string,
  profile: string,
  { clock, secretValue }: CredentialParts,
): () => Promise<Credentials> {
  return async () => {
    const read = path.startsWith(SECRET_PREFIX) ? secretValue(path) : readFile(path, 'utf8');
    const text = await read.catch((cause: NodeJS.ErrnoException) => {
      throw unusable(
        `${path} cannot be read (${cause instanceof BerthError ? cause.message : (cause.code ?? cause.message)})`,
      );
    });
    const fields = fieldsOf(text, profile);
    const [accessKeyId, secretAccessKey] = [fields.get('aws_access_key_id'), fields.get('aws_secret_access_key')];
    if (!accessKeyId || !secretAccessKey)
      throw unusable(`${path} has no aws_access_key_id and aws_secret_access_key under [${profile}]`);
    const sessionToken = fields.get('aws_session_token');
    const expiration = new Date(clock.now() + VALID_MS);
    return { accessKeyId, secretAccessKey, expiration, ...(sessionToken ? { sessionToken } : {}) };
  };
}

/** `[profile name]`, as in AWS's file of settings, names the same profile as `[name]`. */
function fieldsOf(text: string, profile: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let section: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    section = /^\s*\[\s*(?:profile\s+)?([^\]]*?)\s*\]/.exec(line)?.[1] ?? section;
    const pair = /^\s*(aws_\w+)\s*=\s*(\S+)\s*$/i.exec(line);
    if (section === profile && pair?.[1] && pair[2]) fields.set(pair[1].toLowerCase(), pair[2]);
  }
  return fields;
}

function unusable(reason: string): BerthError {
  return new BerthError('provider.unusable', { reason });
}
