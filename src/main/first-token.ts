// The token of whoever starts a platform on this machine: made at the first start, shown once, and kept for their user, so that the
// command line works at once.
import { anyToken, makeToken, type TokenParts } from '../accounts/token-requests.ts';
import { readCredentials, saveCredentials } from './credentials-file.ts';

/**
 * The kept token, with the address of the platform brought up to date; a fresh one, of which `onMade` is told, if none was ever made.
 * Undefined when the platform has tokens, but none is kept for this user.
 */
export async function firstToken(
  parts: TokenParts,
  url: string,
  path: string,
  onMade: (token: string) => void,
): Promise<string | undefined> {
  if (await anyToken(parts.store)) {
    const saved = await readCredentials(path);
    if (saved && saved.url !== url) await saveCredentials(path, { ...saved, url });
    return saved?.token;
  }
  const { token, doc } = makeToken(parts, { name: 'first', permissions: ['*'], expiresAt: null });
  // Kept before it counts: a crash between the two would leave a platform whose only token nobody has.
  await saveCredentials(path, { url, token });
  await parts.store.create('token', doc);
  onMade(token);
  return token;
}
