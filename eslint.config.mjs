import importX from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import tseslint from 'typescript-eslint';

/** Forbids imports that match; `layers` says what a folder of a service may not reach. See docs/architecture.md. */
const forbid = (message, ...regexes) => ({
  'no-restricted-imports': [
    'error',
    { patterns: [...regexes, ...everywhere].map((regex) => ({ regex, message })) },
  ],
});
const everywhere = [
  '^@souk/[a-z-]+/(src|test)/',
  '^\\.\\./\\.\\./\\.\\./\\.\\./(packages|services)/',
  '/(utils|helpers|common)(\\.ts)?$',
];
const layer = (folder, message, ...regexes) => ({
  files: [`services/*/src/${folder}/**/*.ts`],
  ignores: ['**/*.test.ts'],
  rules: forbid(message, ...regexes),
});

export default tseslint.config(
  { ignores: ['gen/ts/**', '**/node_modules/**', '.souk/**', 'coverage/**', '**/*.mjs', '**/templates/**'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver()] },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...forbid('Import packages by their name; no catch-all modules.'),
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/prefer-readonly': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allowNullish: true },
      ],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Adapters are objects of closures, not classes: their methods have no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      // gRPC's status codes are the same numbers in grpc-js, Connect and google.rpc.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // Handlers and ports are async by contract even where one implementation has nothing to await.
      '@typescript-eslint/require-await': 'off',
      // Generated messages carry `$typeName`; spreading them into initialisers is how protobuf-es copies.
      '@typescript-eslint/no-misused-spread': 'off',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', 500],
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Settings are read in packages/service only.',
        },
      ],
    },
  },
  layer(
    'domain',
    'The domain knows only the kernel and itself.',
    '^(?!\\.|@souk/kernel$)',
    '^\\.\\./(\\.\\./)*(app|grpc|events|clients|storage|service|config)',
  ),
  layer(
    'app',
    'Use cases know the domain and their own ports.',
    '^(?!\\.|@souk/kernel$)',
    '^\\.\\./(\\.\\./)*(grpc|events|clients|storage|service)',
  ),
  layer(
    'grpc',
    'Handlers know use cases, contracts and the RPC package.',
    '^@souk/(sql|mongo|cache|search|messaging)$',
    '^\\.\\./(\\.\\./)*(storage|clients|service)',
  ),
  layer(
    'clients',
    'Clients know ports, contracts and the RPC package.',
    '^@souk/(sql|mongo|cache|search|messaging)$',
    '^\\.\\./(\\.\\./)*(storage|grpc|service)',
  ),
  layer(
    'events',
    'Events know use cases, contracts and messaging.',
    '^@souk/(sql|mongo|cache|search|rpc)$',
    '^\\.\\./(\\.\\./)*(storage|clients|grpc|service)',
  ),
  layer(
    'storage',
    'Storage knows ports, the domain and its engine.',
    '^\\.\\./(\\.\\./)*(grpc|clients|service)',
  ),
  {
    files: ['services/**/*.ts', 'simulators/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'import-x/no-relative-packages': 'error' },
  },
  {
    files: [
      'packages/service/src/run-service.ts',
      'packages/testing/src/**',
      'tools/**',
      'simulators/**',
      'e2e/**',
      'bench/**',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.test.ts', '**/test/**/*.ts', 'e2e/**/*.ts'],
    rules: {
      'max-lines': ['error', 800],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  { files: ['tools/**/*.ts', 'bench/**/*.ts'], rules: { 'no-console': 'off' } },
);
