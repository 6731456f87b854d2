/** The models that a run of this window could start from, its workspace's among them. */
import { workspaceFiles } from "../workspace-files.ts";
import { type Candidate, findCandidates } from "./candidates.ts";

export async function candidatesHere(): Promise<Candidate[]> {
  const configs = await workspaceFiles("**/config.json", 200);
  return findCandidates(configs.map(({ fsPath }) => fsPath));
}
