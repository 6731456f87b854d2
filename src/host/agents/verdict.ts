/** A comparison's figures and verdict, read and judged in a thread of its own. */
import { JudgeThread } from "../compare/judge-thread.ts";

export async function verdictOf(comparison: string): Promise<string> {
  const judge = new JudgeThread(comparison);
  try {
    await judge.request("look", { task: null });
    return (await judge.request("summary", {})).markdown;
  } finally {
    judge.dispose();
  }
}
