import type { RegisterRequest } from '@souk/gen/souk/identity/v1/identity_service_pb';
import type { Registration } from '../app/register.ts';

const DEFAULT_LOCALE = 'en-GB';

/** What a person registers with, from its message. */
export function registrationFromProto(request: RegisterRequest): Registration {
  return {
    email: request.email,
    password: request.password,
    displayName: request.displayName,
    locale: request.locale === '' ? DEFAULT_LOCALE : request.locale,
  };
}
