// Links that work once carry their secret behind the #, which browsers send to nobody.

/** The secret of the link by which this page was opened; empty without one. */
export function secretOfLink(): string {
  return decodeURIComponent(window.location.hash.slice(1));
}
