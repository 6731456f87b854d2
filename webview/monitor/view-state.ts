/** What a person has set up in the monitor. It outlives a reload of the window; the host reads `run` to restore a page. */
import type { Range } from "../common/crosshair.ts";
import type { Axis } from "./curves.ts";

export interface MonitorState {
  run: string;
  /** Runs laid over the one that is shown. */
  overlays: string[];
  axis: Axis;
  /** Weight of the past in the smoothed loss. */
  smoothing: number;
  log: boolean;
  /** The visible range of the axis. */
  range: Range | null;
  /** Charts that are shown as tables. */
  tables: string[];
  /** Sections that a person opened or closed. */
  open: Record<string, boolean>;
}

export const initialState: MonitorState = {
  run: "",
  overlays: [],
  axis: "step",
  smoothing: 0.6,
  log: false,
  range: null,
  tables: [],
  open: {},
};
