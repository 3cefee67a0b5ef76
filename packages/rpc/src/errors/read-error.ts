import { ConnectError } from '@connectrpc/connect';
import { type ErrorInfo, ErrorInfoSchema } from '@souk/gen/google/rpc/error_details_pb';
import { DomainError } from '@souk/kernel';

/** The `google.rpc.ErrorInfo` of a failed call; undefined when the failure carries none. */
export function errorInfoOf(thrown: unknown): ErrorInfo | undefined {
  return thrown instanceof ConnectError ? thrown.findDetails(ErrorInfoSchema)[0] : undefined;
}

/** Whether an error, thrown here or received from another service, has a reason. */
export function isReason(thrown: unknown, reason: string): boolean {
  return thrown instanceof DomainError ? thrown.reason === reason : errorInfoOf(thrown)?.reason === reason;
}
