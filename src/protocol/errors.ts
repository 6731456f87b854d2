/**
 * The error catalogue: every condition a user can meet, by code.
 *
 * A message says what failed and with which value; the hint says what to do next. `blame` decides the exit code
 * of the command line (1 for the user's mistakes, 2 for ours). This file imports nothing, and everything may import it.
 */
export type Blame = "user" | "internal";

/** One code per condition. Add a line here, then throw it with `new TunesmithError(code, message, hint)`. */
export const errorCodes = {
  // files
  "file-not-found": "user",
  "file-unreadable": "user",
  "file-unwritable": "user",
  "safetensors-invalid": "user",
  "model-folder-invalid": "user",
  "architecture-unsupported": "user",
  "tokenizer-invalid": "user",
  "template-invalid": "user",
  "adapter-invalid": "user",
  "hub-unreachable": "user",
  "hub-not-found": "user",
  "hub-unauthorized": "user",
  "hub-corrupt": "user",
  "disk-full": "user",
  // data
  "dataset-invalid": "user",
  "dataset-empty": "user",
  "dataset-format-unknown": "user",
  "lint-config-invalid": "user",
  // recipe and command line
  "recipe-invalid": "user",
  usage: "user",
  "does-not-fit": "user",
  // runs
  "run-not-found": "user",
  "run-locked": "user",
  "run-corrupt": "user",
  "run-state": "user",
  "run-inputs-changed": "user",
  "loss-not-finite": "user",
  "out-of-memory": "user",
  // between panels, host and session
  "untrusted-workspace": "user",
  "platform-unsupported": "user",
  cancelled: "user",
  disconnected: "internal",
  "message-invalid": "internal",
  "session-failed": "internal",
  // ours
  "job-start-failed": "internal",
  internal: "internal",
} as const satisfies Record<string, Blame>;

export type ErrorCode = keyof typeof errorCodes;

/** An error that a person can act on. */
export class TunesmithError extends Error {
  readonly code: ErrorCode;
  /** What to do next, one sentence. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint = "", options?: { cause?: unknown }) {
    super(message, options);
    this.name = "TunesmithError";
    this.code = code;
    this.hint = hint;
  }

  get blame(): Blame {
    return errorCodes[this.code];
  }
}

/** The shape of an error wherever it crosses a process or is printed as JSON. */
export interface ErrorRecord {
  code: ErrorCode;
  message: string;
  hint: string;
}

/** Turns anything thrown into a record; what is not a TunesmithError is a bug of ours and says so. */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  if (thrown instanceof TunesmithError) {
    return { code: thrown.code, message: thrown.message, hint: thrown.hint };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: "internal",
    message: `internal: ${message}`,
    hint: "This is a bug in Tunesmith; please report it.",
  };
}

/** A bug of ours: a state that cannot be reached if the code is right. */
export function internalError(message: string): TunesmithError {
  return new TunesmithError(
    "internal",
    `internal: ${message}`,
    "This is a bug in Tunesmith; please report it.",
  );
}
