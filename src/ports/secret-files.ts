// Secrets that channels and providers name: by the path of a file on the platform's machine, or as `secret:NAME`.

/** Reads secrets. */
export interface SecretFiles {
  /** The text without the end of its line. @throws platform.secret-unreadable */
  read(path: string): Promise<string>;
}
