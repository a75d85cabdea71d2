import { expect, test } from 'vitest';
import { explainInstallation } from '../../../src/images/explain-installation.ts';

const CASES: readonly (readonly [string, string, 'retry' | 'terminal'])[] = [
  [
    'ERROR: Could not find a version that satisfies the requirement reqests (from versions: none)\nERROR: No matching distribution found for reqests',
    'the index has no package for "reqests"',
    'terminal',
  ],
  [
    'ERROR: Could not find a version that satisfies the requirement six==99 (from versions: 1.0.0, 1.16.0)',
    'the index has no version that fits "six==99"',
    'terminal',
  ],
  [
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...: [Errno -3] Temporary failure in name resolution)'\nERROR: Could not find a version that satisfies the requirement six (from versions: none)",
    'the package index could not be reached',
    'retry',
  ],
  [
    "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain'))\nERROR: Could not find a version that satisfies the requirement six (from versions: none)",
    'the certificate of the package index is not trusted',
    'terminal',
  ],
  [
    'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
    'the disk of the node is full',
    'retry',
  ],
  [
    "error: command 'x86_64-linux-gnu-gcc' failed: No such file or directory",
    'a dependency has to be compiled, and that failed',
    'terminal',
  ],
  ['E: Unable to locate package libfooo', 'Debian has no package "libfooo"', 'terminal'],
  ["E: Version '9.9' for 'hello' was not found", 'Debian has no version 9.9 of "hello"', 'terminal'],
  ['ERROR: ResolutionImpossible: for help visit', 'the dependencies contradict each other', 'terminal'],
  ['/usr/bin/python3: No module named pip', 'the base image has no pip', 'terminal'],
  ['something nobody has seen before', 'the installer ended with exit code 1', 'terminal'],
];

test.for(CASES)('%s is explained', ([text, reason, retry]) => {
  const explanation = explainInstallation(text.split('\n'), 1, false);
  expect(explanation).toMatchObject({ reason, retry });
  expect(explanation.advice).not.toMatch(/[{}]/);
});

test('an installation that ran out of memory is told from one that failed', () => {
  expect(explainInstallation(['Killed'], 137, true).reason).toContain('memory');
});
