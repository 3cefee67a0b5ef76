import type { DescService } from '@bufbuild/protobuf';
import { type Client, createClient } from '@connectrpc/connect';
import { loadMeshIdentity, rpcTransport, serviceNameOf } from '@souk/rpc';
import { readPlatform } from '../../../support/platform.ts';
import { readInstallation } from './installation.ts';

/** Whom a client acts as, and where. */
export interface MeshCall {
  /** The service of the mesh that calls. */
  readonly caller?: string;
  /** An access token of a person. */
  readonly token?: string;
  /** `host:port`; the platform's own process of the service unless given. */
  readonly address?: string;
}

/** Calls services past the edge, over gRPC as they call each other. */
export interface Mesh {
  client<Desc extends DescService>(service: Desc, call: MeshCall): Client<Desc>;
  close(): void;
}

/** Opens the mesh. */
export function openMesh(): Mesh {
  const { meshKeys } = readInstallation();
  const closers: (() => void)[] = [];
  return {
    client(service, { caller, token, address }) {
      const name = serviceNameOf(service.typeName);
      const identity =
        caller === undefined
          ? undefined
          : loadMeshIdentity(caller, meshKeys.privateKey(caller), meshKeys.publicKeys);
      const transport = rpcTransport(service, {
        address: address ?? `127.0.0.1:${readPlatform().services[name]?.[0] ?? 0}`,
        ...(identity === undefined
          ? {}
          : { callerToken: async (callee: string) => (await identity).callerToken(callee) }),
      });
      closers.push(() => transport.close());
      const withToken = (header: ConstructorParameters<typeof Headers>[0]): Headers => {
        const headers = new Headers(header);
        if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
        return headers;
      };
      return createClient(service, {
        unary: (method, signal, timeoutMs, header, ...rest) =>
          transport.unary(method, signal, timeoutMs, withToken(header), ...rest),
        stream: (method, signal, timeoutMs, header, ...rest) =>
          transport.stream(method, signal, timeoutMs, withToken(header), ...rest),
      });
    },
    close() {
      for (const close of closers) close();
    },
  };
}
