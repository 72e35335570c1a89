#!/usr/bin/env node
// Runs the command from its TypeScript, in any directory, without a build.
import { register } from "tsx/esm/api";

// Not the user's business: the SDK's word about Node versions to come.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
register();
await import("./pointsman.ts");
