import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** The floors of src/, lowest first (see ARCHITECTURE.md). A room imports only rooms on lower floors... */
const floors = [
  ['syntax'],
  ['config'],
  ['rest', 'templating', 'outgoing'],
  ['database'],
  ['events'],
  ['core'],
  ['flows', 'mail', 'webhooks', 'event-stream'],
  ['notifications'],
  ['policies', 'managed', 'proofs'],
  ['flow-execution', 'health', 'verifications'],
  ['stages', 'pages', 'console'],
];
// The files directly in src/ compose the folders, so no folder imports them.
const top = [
  'main.ts',
  'start.ts',
  'reload-on-signal.ts',
  'welcome.ts',
  'commands',
  'app.module.ts',
  'configure-app.ts',
  'data-source.ts',
  'database-options.ts',
];

const zones = floors.flatMap((rooms, floor) =>
  rooms.map((room) => {
    const above = floors.slice(floor + 1).flat();
    const beside = rooms.filter((other) => other !== room);
    return {
      target: `./src/${room}`,
      from: [...above, ...beside, ...top].map((path) => `./src/${path}`),
      message: 'An arrow only ever goes down: see the floors in ARCHITECTURE.md.',
    };
  }),
);

/** The floors of src/core/, lowest first. Entities refer to each other both ways, as tables do. */
const coreFloors = [
  ['access', 'authority', 'limits', 'sessions'],
  ['passwords'],
  ['users'],
  ['addresses', 'idempotency', 'permissions'],
  ['groups'],
  ['tokens'],
  ['authentication', 'bootstrap', 'root'],
];
const coreZones = coreFloors.flatMap((rooms, floor) =>
  rooms.map((room) => ({
    target: `./src/core/${room}`,
    from: coreFloors
      .slice(floor + 1)
      .flat()
      .map((above) => `./src/core/${above}/**/!(*.entity).ts`),
    message: 'An arrow only ever goes down, also inside core: see coreFloors in eslint.config.js.',
  })),
);

export default tseslint.config(
  // The client, and programs that use generated clients, need generated types; tests compile them.
  { ignores: ['dist/', 'data/', 'coverage/', 'test/contract/clients/', 'clients/', 'console/src/api/schema.d.ts'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensionAlias: { '.js': ['.ts', '.js'] } })],
    },
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        { zones: [...zones, ...coreZones.filter(({ from }) => from.length > 0)] },
      ],
      'import-x/no-default-export': 'error',
      'import-x/no-extraneous-dependencies': 'error',
      'import-x/order': [
        'error',
        {
          groups: ['builtin', 'external', ['parent', 'sibling']],
          'newlines-between': 'always',
          alphabetize: { order: 'asc' },
        },
      ],
      'max-lines': ['error', { max: 350 }],
      'no-console': 'error',
      // Nest's modules and DTOs are classes even where they hold nothing, and DTO classes describe plain objects.
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      // Index signatures are read with brackets, as the compiler wants it, and `!` is not used at all.
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
    },
  },
  {
    // Values of clients are data: class-transformer takes a `constructor` among them for a class (docs/security.md).
    files: ['**/*.ts'],
    ignores: ['src/config/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^class-(transformer|validator)(/|$)',
              message: 'These libraries see settings only. Requests are read by the fields in src/rest/fields/.',
            },
          ],
        },
      ],
    },
  },
  {
    // Nodes agree on what has expired, regardless of their own clocks. The exceptions show or log a time, or compare files.
    files: ['src/**/*.ts'],
    ignores: [
      '**/*.spec.ts',
      'src/database/database-clock.ts',
      'src/flows/backgrounds/background-files.ts',
      'src/flows/transfer/{exporter.service,import-logs}.ts',
      'src/mail/transport/mailbox/mailbox.ts',
      'src/mail/rendering/mail-renderer.ts',
      'src/pages/page-renderer.ts',
    ],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...[
          "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          "NewExpression[callee.name='Date'][arguments.length=0]",
        ].map((selector) => ({ selector, message: 'Use DatabaseClock for times, performance.now() for durations.' })),
      ],
    },
  },
  { files: ['src/database/migrations/*.ts'], rules: { 'max-lines': 'off' } },
  { files: ['scripts/**/*.ts'], rules: { 'no-console': 'off' } },
  // What a query returns follows from the API's document.
  {
    files: ['console/src/**/queries.ts'],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  { files: ['*.config.ts', 'console/*.config.ts', 'ormconfig.ts'], rules: { 'import-x/no-default-export': 'off' } },
  {
    files: ['test/**/*.ts', '**/*.spec.ts'],
    rules: {
      'import-x/no-default-export': 'off',
      // Tests read responses without types: their content is what is tested.
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
