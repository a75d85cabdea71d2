// What AWS's client throws, in the words of the registry.
// Codes: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
import { BerthError, type ErrorCode } from '../../model/errors.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  AuthFailure: 'provider.not-permitted',
  UnauthorizedOperation: 'provider.not-permitted',
  OptInRequired: 'provider.not-permitted',
  InvalidClientTokenId: 'provider.not-permitted',
  SignatureDoesNotMatch: 'provider.not-permitted',
  ExpiredToken: 'provider.not-permitted',
  RequestExpired: 'provider.not-permitted',
  CredentialsProviderError: 'provider.not-permitted',
  OperationNotPermitted: 'provider.refused',
  InsufficientInstanceCapacity: 'provider.no-room',
  InsufficientHostCapacity: 'provider.no-room',
  InsufficientFreeAddressesInSubnet: 'provider.no-room',
  InstanceLimitExceeded: 'provider.no-room',
  VcpuLimitExceeded: 'provider.no-room',
  MaxSpotInstanceCountExceeded: 'provider.no-room',
  RequestLimitExceeded: 'provider.failed',
  Throttling: 'provider.failed',
};

/** EC2's code of an answer, or the name of what the client threw. */
export function codeOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

/** The error of the registry for anything that an exchange with EC2 can throw. */
export function ec2Failure(error: unknown, act: string): BerthError {
  if (error instanceof BerthError) return error;
  if (!(error instanceof Error)) return new BerthError('provider.failed', { act, words: String(error) });
  const words = `${error.name}: ${error.message}`;
  const code = CODES[error.name] ?? codeOfStatus(error);
  if (code !== undefined) return new BerthError(code, { act, words }, { cause: error });
  const reason = 'code' in error ? `${error.code} ${error.message}`.trim() : words;
  return new BerthError('provider.unreachable', { act, reason }, { cause: error });
}

/** Undefined when there was no answer at all. */
function codeOfStatus(error: Error): ErrorCode | undefined {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata && metadata.httpStatusCode;
  if (typeof status !== 'number') return undefined;
  return status >= 500 || status === 429 ? 'provider.failed' : 'provider.refused';
}
