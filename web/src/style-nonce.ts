// Styles that are made in the browser carry the word that the platform gave this page; others do not count (Content Security Policy).

/** The nonce of this page. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
}
