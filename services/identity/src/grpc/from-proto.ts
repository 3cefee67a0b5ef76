import type { RegisterRequest } from '@souk/gen/souk/identity/v1/identity_service_pb';
import { invalid } from '@souk/kernel';
import type { Registration } from '../app/register.ts';
import { isRole, type Role } from '../domain/role.ts';

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

/**
 * A role by its name.
 *
 * @throws ROLE_UNKNOWN
 */
export function roleFromProto(name: string): Role {
  if (isRole(name)) return name;
  throw invalid('ROLE_UNKNOWN', 'there is no such role', { field: 'role', metadata: { role: name } });
}
