/** What crosses between Lambda and a function's sandbox: events and results as JSON texts. */

export type SandboxData = { readonly name: string; readonly module: string };

export type Invocation = {
  readonly id: string;
  readonly event: string;
  /** The function's time-out. */
  readonly timeoutMs: number;
};

export type FunctionError = {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
};

export type Outcome =
  | { readonly ok: true; readonly payload: string }
  | { readonly ok: false; readonly error: FunctionError };

export type FromSandbox = { readonly ready: true } | { readonly id: string; readonly outcome: Outcome };

/** What Lambda answers for a handler that threw. */
export function failed(error: unknown): Outcome {
  const facts =
    error instanceof Error
      ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? "").split("\n") }
      : { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { ok: false, error: facts };
}
