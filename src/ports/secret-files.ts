// Secrets that stand in files on the platform's machine, named by their paths.

/** Reads secrets. */
export interface SecretFiles {
  /** A file's text without the end of its line. @throws platform.secret-unreadable */
  read(path: string): Promise<string>;
}
