import { readAddresses } from '../../../../tools/launcher/addresses.ts';
import { serviceEnvironment } from '../../../../tools/launcher/environment.ts';
import { type MeshKeys, openMeshKeys } from '../../../../tools/launcher/mesh-keys.ts';
import { planPorts } from '../../../../tools/launcher/ports.ts';
import { openProfile, parseProfileName, type Profile } from '../../../../tools/launcher/profile.ts';
import { openSecrets } from '../../../../tools/launcher/secrets.ts';
import { listServices } from '../../../../tools/launcher/services.ts';
import { readState } from '../../../../tools/launcher/state.ts';
import { readPlatform } from '../../../support/platform.ts';

/** The platform that runs, as its launcher set it up: enough to run more processes of it, or to act as one of them. */
export interface Installation {
  readonly profile: Profile;
  readonly meshKeys: MeshKeys;
  /** The environment that the launcher gives the first replica of a service. */
  environmentOf(service: string): Record<string, string>;
}

/** Reads how the running platform is set up. @throws Error when none runs. */
export function readInstallation(): Installation {
  const profile = openProfile(parseProfileName(process.env['SOUK_PROFILE'] ?? 'test'));
  const state = readState(profile, 'platform');
  if (state === undefined) throw new Error(`no platform of profile ${profile.name} runs`);
  const services = listServices(profile.root);
  const secrets = openSecrets(profile);
  const meshKeys = openMeshKeys(profile, services);
  const platform = {
    root: profile.root,
    namespace: readPlatform().namespace,
    ports: planPorts(state.portBase, services),
    services,
    engines: readAddresses(profile),
    meshKeys,
    secret: secrets.of('platform'),
    adminPassword: secrets.of('admin'),
    demoPassword: secrets.of('demo'),
    issuer: process.env['SOUK_ISSUER'] ?? 'https://souk.example',
    provider: { apiKey: secrets.of('provider-api-key'), webhookSecret: secrets.of('provider-webhook') },
    own: {},
  };
  return { profile, meshKeys, environmentOf: (service) => serviceEnvironment(platform, service, 0) };
}
