/** The job process: `job DIRECTORY`. Each kind of job is loaded only when it is run. */
import { runJob } from "./attempt.ts";

process.exitCode = await runJob(process.argv[2] ?? "", {
  tune: async () => (await import("./tune-job.ts")).tuneJob,
  compare: async () => (await import("./compare-job.ts")).compareJob,
});
// Native sessions and pools may hold the process: everything that matters is in the directory by now.
process.exit();
