import { defineConfig } from "vitest/config";

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
        // Processes with real clocks, a dozen at a time: they have the machine to themselves, after all the others.
        test: {
          name: "deployed",
          include: ["test/deployed/**/*.test.ts"],
          isolate: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        // Pure rules: nothing that one file leaves behind can be in another's way, and to start a worker and import
        // everything for each of them takes longer than most of them.
        test: { name: "core", include: ["test/core/**/*.test.ts"], isolate: false },
      },
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/{core,deployed,lib}/**"],
        },
      },
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
