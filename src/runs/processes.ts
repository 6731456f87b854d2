/**
 * Which process this is, and whether another one still lives. A process id alone proves nothing: ids are used again, and
 * a container counts its own. So an identity is the machine (host name and process-id namespace), the id, and the time
 * the process started.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { errorCode } from "../protocol/refusals.ts";

export interface ProcessIdentity {
  /** For people. */
  host: string;
  /** Host name, and on Linux the process-id namespace: ids mean the same only within one. */
  machine: string;
  pid: number;
  /** Opaque; null where the system does not tell (Windows, without a slow detour). */
  startTime: string | null;
}

export function ownIdentity(): ProcessIdentity {
  return {
    host: hostname(),
    machine: ownMachine(),
    pid: process.pid,
    startTime: processStartTime(process.pid) ?? null,
  };
}

/**
 * "elsewhere": another machine, so only its heartbeat can tell. "unsure": a process of that id lives here, but whether it
 * is the same one the system does not tell.
 */
export type Liveness = "alive" | "dead" | "unsure" | "elsewhere";

export function livenessOf({ machine, pid, startTime }: ProcessIdentity): Liveness {
  if (machine !== ownMachine()) return "elsewhere";
  if (!exists(pid)) return "dead";
  const now = processStartTime(pid);
  if (now === undefined) return "dead";
  if (now === null || startTime === null) return "unsure";
  return now === startTime ? "alive" : "dead";
}

function ownMachine(): string {
  if (process.platform !== "linux") return hostname();
  try {
    return `${hostname()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return hostname();
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM"; // somebody else's
  }
}

/** When a process started, comparable only for equality; null if unknowable here; undefined if it has ended. */
function processStartTime(pid: number): string | null | undefined {
  if (process.platform === "linux") return linuxStartTime(pid);
  if (process.platform === "darwin") return darwinStartTime(pid);
  return null;
}

/** proc(5): field 3 is the state, field 22 the start in clock ticks since boot. */
function linuxStartTime(pid: number): string | null | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // Field 2 is the program's name in parentheses, which may itself hold anything.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // A zombie has ended; only its parent has not asked yet.
    if (fields[0] === "Z" || fields[0] === "X") return undefined;
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${fields[19]}`;
  } catch (error) {
    return errorCode(error) === "ENOENT" || errorCode(error) === "ESRCH" ? undefined : null;
  }
}

function darwinStartTime(pid: number): string | null | undefined {
  const { status, stdout } = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env: { LC_ALL: "C", TZ: "UTC", PATH: "/bin:/usr/bin" },
  });
  if (status === null) return null;
  const match = /^(\S+)\s+(.+?)\s*$/.exec(stdout.trim());
  return match && !match[1]!.startsWith("Z") ? match[2]! : undefined;
}
