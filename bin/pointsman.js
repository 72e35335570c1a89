#!/usr/bin/env node
// Runs the command from its TypeScript, in any directory, without a build.
import { register } from "tsx/esm/api";

register();
await import("./pointsman.ts");
