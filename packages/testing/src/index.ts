export { type TestEngines, testEngines, testNamespace } from './engines.ts';
export { eventually, type Patience } from './eventually.ts';
export { type FaultProxy, type ProxyTarget, startFaultProxy } from './fault-proxy.ts';
export { createMeshKeys, type MeshKeys } from './mesh-keys.ts';
export {
  type ActingAs,
  startTestService,
  type TestService,
  type TestServiceOptions,
} from './start-test-service.ts';
export { startTokenIssuer, type TestPrincipal, type TokenIssuer } from './token-issuer.ts';
