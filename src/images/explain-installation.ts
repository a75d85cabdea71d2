// Guesses from the last lines of a failed installation what went wrong and what helps. Ordered: the first rule that fits is taken, and
// what lies underneath (certificates, network) comes before what follows from it, because pip calls both "no matching distribution".
// npm's rules come first: they go by the code on which it ended, since its other lines tell of tries that failed and were repeated.

/** What went wrong and what helps; `retry` when it may pass by itself. */
export interface Explanation {
  readonly reason: string;
  readonly advice: string;
  readonly retry: 'retry' | 'terminal';
}

interface Rule {
  readonly pattern: RegExp;
  readonly reason: string;
  readonly advice: string;
  readonly retry?: 'retry';
}

const UNTRUSTED = {
  reason: 'the certificate of the package index is not trusted',
  advice:
    'If a proxy or an index of your own signs its connections, put its certificate authority into a PEM file, name it in BERTH_CA_CERTIFICATES, start Berth anew and ask again.',
};

const NPM_RULES: readonly Rule[] = [
  {
    pattern:
      /npm error code (?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_\w+|CERT_\w+|ERR_TLS_CERT_\w+)/,
    ...UNTRUSTED,
  },
  {
    pattern:
      /npm error code (?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENETUNREACH|EHOSTUNREACH|FETCH_ERROR|E5\d\d|E429)/,
    reason: 'the npm registry could not be reached',
    advice:
      'Check that the nodes reach the internet, or set a registry (BERTH_NPM_REGISTRY_URL) or a proxy (BERTH_PROXY); it is tried again by itself.',
    retry: 'retry',
  },
  {
    pattern: /npm error code E40[13]/,
    reason: 'the npm registry refuses who asks',
    advice:
      'Put name and password into BERTH_NPM_REGISTRY_URL, as https://user:password@host/path/, start Berth anew and ask again.',
  },
  {
    pattern:
      /npm error 404\s+(?:The requested resource )?'(?<name>[^']+)' (?:is not in this registry|could not be found)/,
    reason: 'the npm registry has no package "{name}"',
    advice: 'Check the spelling of "{name}" under dependencies.npm in app_config.json and upload the package again.',
  },
  {
    pattern: /npm error notarget No matching version found for (?<name>\S+?)\.?\s/,
    reason: 'the npm registry has no version that fits "{name}"',
    advice: 'Choose a version that the registry has, and upload the package again.',
  },
  {
    pattern: /npm error code ERESOLVE/,
    reason: 'the npm dependencies contradict each other',
    advice:
      'The last lines name the two that do; change one of them under dependencies.npm in app_config.json and upload the package again.',
  },
  {
    pattern: /npm error code (?:EBADPLATFORM|EBADENGINE)/,
    reason: 'an npm package is not made for this system or for this Node',
    advice: 'The last lines name it and what it wants; choose another version of it and upload the package again.',
  },
  {
    pattern: /error while loading shared libraries: (?<name>[^:\s]+)|node: .*(?<glibc>GLIBC(?:XX)?_[\d.]+)' not found/,
    reason: 'the base image lacks a library that Node needs',
    advice:
      'Choose a base image of Debian 12 or newer (BERTH_BASE_IMAGE), or add the library under dependencies.debian; the last lines name it.',
  },
];

const RULES: readonly Rule[] = [
  ...NPM_RULES,
  {
    pattern:
      /CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSLCertVerificationError|No system certificates available/i,
    ...UNTRUSTED,
  },
  {
    pattern: /No space left on device/i,
    reason: 'the disk of the node is full',
    advice: "Free room on the node ('berth node ls' shows it) or add another node; it is tried again by itself.",
    retry: 'retry',
  },
  {
    pattern:
      /Temporary failure (?:in name resolution|resolving)|Name or service not known|NameResolutionError|NewConnectionError|Network is unreachable|Connection refused|Connection timed out|ConnectTimeoutError|ReadTimeoutError|Could not connect to|Unable to connect to|Connection reset by peer|ProxyError/i,
    reason: 'the package index could not be reached',
    advice:
      'Check that the nodes reach the internet, or set a mirror (BERTH_PIP_INDEX_URL, BERTH_DEBIAN_MIRROR) or a proxy (BERTH_PROXY); it is tried again by itself.',
    retry: 'retry',
  },
  {
    pattern: /Could not find a version that satisfies the requirement (?<name>.+?) \(from versions: none\)/,
    reason: 'the index has no package for "{name}"',
    advice: 'Check the spelling of "{name}" under dependencies.pip in app_config.json and upload the package again.',
  },
  {
    pattern: /Could not find a version that satisfies the requirement (?<name>.+?) \(from versions: (?<versions>.*?)\)/,
    reason: 'the index has no version that fits "{name}"',
    advice:
      'Choose a version that the last lines name, or one that fits the Python of the base image, and upload the package again.',
  },
  {
    pattern: /ResolutionImpossible|conflicting dependencies/,
    reason: 'the dependencies contradict each other',
    advice:
      'The last lines name the two that do; loosen or change one of them in app_config.json and upload the package again.',
  },
  {
    pattern: /E: Unable to locate package (?<name>\S+)/,
    reason: 'Debian has no package "{name}"',
    advice: 'Check "{name}" under dependencies.debian in app_config.json and upload the package again.',
  },
  {
    pattern: /E: Version '(?<version>[^']+)' for '(?<name>[^']+)' was not found/,
    reason: 'Debian has no version {version} of "{name}"',
    advice: 'Leave the version out, or name one that the mirror has, and upload the package again.',
  },
  {
    pattern:
      /error: command '[^']*(?:gcc|g\+\+|cc|clang)[^']*' failed|No such file or directory: '(?:gcc|cc|g\+\+)'|Unable to find .*compiler|Python\.h: No such file|Failed building wheel|Failed to build|metadata-generation-failed|subprocess-exited-with-error/,
    reason: 'a dependency has to be compiled, and that failed',
    advice:
      'Take a version that comes as a wheel, or add what it is compiled with under dependencies.debian, such as "build-essential" and "python3-dev"; then upload the package again.',
  },
  {
    pattern: /No module named pip/,
    reason: 'the base image has no pip',
    advice: 'Choose a base image with Python and pip (BERTH_BASE_IMAGE), such as the official python images.',
  },
  {
    pattern: /Invalid requirement/,
    reason: 'pip does not understand one of the dependencies',
    advice:
      'Correct the one that the last lines name under dependencies.pip in app_config.json and upload the package again.',
  },
];

/** Explains a failed installation by its last lines, its exit code and whether it ran out of memory. */
export function explainInstallation(
  lines: readonly string[],
  exitCode: number | null,
  oomKilled: boolean,
): Explanation {
  if (oomKilled) return OUT_OF_MEMORY;
  const text = lines.join('\n');
  for (const rule of RULES) {
    const match = rule.pattern.exec(text);
    if (match) return filled(rule, match.groups ?? {});
  }
  return {
    reason: `the installer ended with exit code ${exitCode ?? 'unknown'}`,
    advice: "The last lines say why; correct the package's dependencies and upload it again, or ask again.",
    retry: 'terminal',
  };
}

const OUT_OF_MEMORY: Explanation = {
  reason: 'the installation needed more memory than it may have',
  advice:
    'Take a version of the dependency that comes as a wheel and need not be compiled, or leave out what needs so much.',
  retry: 'terminal',
};

function filled(rule: Rule, groups: Readonly<Record<string, string>>): Explanation {
  const fill = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_, name: string) => groups[name] ?? '');
  return { reason: fill(rule.reason), advice: fill(rule.advice), retry: rule.retry ?? 'terminal' };
}
