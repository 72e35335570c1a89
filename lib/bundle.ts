import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DockerImage } from "aws-cdk-lib";
import { Code, Runtime } from "aws-cdk-lib/aws-lambda";
import { type BuildOptions, buildSync } from "esbuild";

/** A file directly in `lambda/` is one deployed function. */
export type FunctionName = "sweep" | "probe" | "beat";

export const runtime = Runtime.NODEJS_24_X;

/** The exported function of `index.mjs`. */
export const handler = "index.handler";

/** What the sweep's asset calls its config, relative to the function's working directory. */
export const configFile = "config.json";

const root = fileURLToPath(new URL("../", import.meta.url));

/**
 * How a function becomes `index.mjs` and what that imports. The AWS SDK is bundled, not taken from the runtime: what was tested is what
 * runs, whatever Lambda updates. No source map: it would be four times the code, and a failure is logged with words.
 */
export const buildOptions = (name: FunctionName, outdir: string): BuildOptions => ({
  absWorkingDir: root,
  entryPoints: { index: `lambda/${name}.ts` },
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  // What is imported where it is needed stays in files of its own, and most starts never load it.
  splitting: true,
  minify: true,
  format: "esm",
  platform: "node",
  target: "node24",
  // ES modules where a package has them: CommonJS is neither shaken nor free of `require`.
  mainFields: ["module", "main"],
  legalComments: "none",
  logLevel: "warning",
});

/**
 * A function's code with further files beside it. esbuild is called in this process rather than through
 * `NodejsFunction`: that would copy files by shell commands, and look for esbuild where a user's own app may not
 * have it. CDK leaves it out where no stack needs it, as for `cdk destroy`.
 */
export function functionCode(name: FunctionName, files: Readonly<Record<string, string>> = {}): Code {
  const tryBundle = (outdir: string): boolean => {
    buildSync(buildOptions(name, outdir));
    for (const [file, content] of Object.entries(files)) writeFileSync(join(outdir, file), content);
    return true;
  };
  return Code.fromAsset(join(root, "lambda"), {
    bundling: {
      // Never run. CDK tells one bundling of a directory from another by these two, not by what `local` does.
      image: DockerImage.fromRegistry("none"),
      command: [name, digest(JSON.stringify(files))],
      local: { tryBundle },
    },
  });
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
