// A worker thread's first file has to be JavaScript: Node 20 takes `--import tsx` in workers without heeding it.
import { register } from "tsx/esm/api";

register();
await import("./sandbox.ts");
