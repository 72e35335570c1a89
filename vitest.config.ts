import { defineConfig } from "vitest/config";

/**
 * Processes with real clocks, several at a time: each kind has the machine to itself, after all the others. Who computes beside
 * them makes healthy servers slow, and down.
 */
const stories = [
  "test/local/{demo-weighted,stack*,start}.test.ts",
  "test/local/operator.test.ts",
  "test/deployed/**/*.test.ts",
];

/** Rules and simulated worlds: nothing that one file leaves behind can be in another's way. */
const pure = ["test/{bin,config,core,matrix,sim,steps}/**/*.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        // One import of the CDK for a worker, not for a file: it takes longer than the tests.
        test: { name: "lib", include: ["test/lib/**/*.test.ts"], isolate: false },
      },
      {
        extends: true,
        // To start a worker and import everything for each of them takes longer than most of them.
        test: { name: "pure", include: pure, isolate: false },
      },
      {
        extends: true,
        test: { name: "unit", include: ["test/**/*.test.ts"], exclude: ["test/lib/**", ...pure, ...stories] },
      },
      ...stories.map((include, i) => ({
        extends: true as const,
        test: {
          name: `stories ${i + 1}`,
          include: [include],
          isolate: false,
          sequence: { groupOrder: i + 1 },
        },
      })),
    ],
    globalSetup: "test/temporary-folder.ts",
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    maxWorkers: "100%",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: "v8",
      include: ["lambda/core/**"],
      reporter: ["text"],
      thresholds: { lines: 100, branches: 100, functions: 100, statements: 100 },
    },
  },
});
