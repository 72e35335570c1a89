/** One structured line: JSON on standard output, which Lambda hands to CloudWatch Logs as it is. */
export function log(level: "info" | "warn" | "error", message: string, facts: object = {}): void {
  process.stdout.write(`${JSON.stringify({ level, message, ...facts })}\n`);
}
