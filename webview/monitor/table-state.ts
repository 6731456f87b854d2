/** Which charts are shown as tables, kept with the view. */
import type { ViewState } from "../common/vscode.ts";
import type { MonitorState } from "./view-state.ts";

export function tableState(
  state: ViewState<MonitorState>,
  chart: string,
): { asTable: boolean; onTable: (asTable: boolean) => void } {
  return {
    asTable: state.value.tables.includes(chart),
    onTable: (asTable) => {
      const others = state.value.tables.filter((each) => each !== chart);
      state.set({ tables: asTable ? [...others, chart] : others });
    },
  };
}
