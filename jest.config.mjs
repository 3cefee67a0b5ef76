// Tests run TypeScript through swc in jest's ESM mode; types are checked by `npm run typecheck`.
const shared = {
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } } }] },
};

/**
 * Unit tests touch no server; `engines` tests need the launcher's addresses; `e2e` tests need the whole platform; `faults`
 * tests kill parts of it, so the launcher runs them after all others.
 */
export default {
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/{packages,services,simulators,tools,e2e}/**/src/**/*.test.ts',
        '<rootDir>/tools/**/*.test.ts',
      ],
    },
    {
      ...shared,
      displayName: 'engines',
      testMatch: ['<rootDir>/{packages,services,simulators}/*/test/**/*.test.ts'],
    },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/e2e/*.test.ts', '<rootDir>/e2e/attack/*.test.ts'],
    },
    { ...shared, displayName: 'faults', testMatch: ['<rootDir>/e2e/faults/*.test.ts'] },
  ],
};
