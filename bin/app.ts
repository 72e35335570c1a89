import { App } from "aws-cdk-lib";
import { loadConfig } from "../config/load.ts";
import { report } from "../config/report.ts";
import { addDeployment } from "../lib/deployment.ts";

// What `cdk` runs: the stacks of pointsman.yaml, or of another file by `-c config=FILE`.

const app = new App();
const file: unknown = app.node.tryGetContext("config") ?? "pointsman.yaml";
const loaded = loadConfig(String(file));

console.error(report(loaded).join("\n"));
if (loaded.ok) {
  const { config, settings } = loaded;
  addDeployment(app, { config, settings, account: process.env["CDK_DEFAULT_ACCOUNT"] });
} else {
  process.exitCode = 1;
}
