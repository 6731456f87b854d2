/**
 * Finds something that WebGPU can run on: a real GPU, or SwiftShader, a Vulkan device in software that comes with
 * Chromium (on Debian: `apt-get install chromium libvulkan1`).
 */
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { Graph } from "../../../src/engine/graph/graph.ts";
import { compute } from "./tensors.ts";

const swiftShader = [
  "/usr/lib/chromium/vk_swiftshader_icd.json",
  "/usr/lib/chromium-browser/vk_swiftshader_icd.json",
  "/usr/lib64/chromium-browser/vk_swiftshader_icd.json",
  "/opt/google/chrome/vk_swiftshader_icd.json",
];
const devicesOfLinux = ["/dev/dri", "/dev/nvidia0"];

/** Why there is no WebGPU here, or `false`; to be given to a test as `skip`. */
export async function whyNoWebGpu(): Promise<string | false> {
  const chosen = process.env.VK_ICD_FILENAMES ?? process.env.VK_DRIVER_FILES;
  if (process.platform === "linux" && !chosen && !devicesOfLinux.some((path) => existsSync(path))) {
    const driver = swiftShader.find((path) => existsSync(path));
    if (!driver) return "no GPU, and no SwiftShader (on Debian: apt-get install chromium libvulkan1)";
    process.env.VK_ICD_FILENAMES = driver;
  }
  process.env.XDG_RUNTIME_DIR ??= tmpdir(); // Vulkan drivers look for it.
  try {
    const g = new Graph();
    await compute(g, { y: g.negate(g.input("x", [1])) }, { x: Float32Array.of(1) }, { device: "webgpu" });
    return false;
  } catch (error) {
    return `WebGPU does not start here: ${String(error).split("\n")[0]}`;
  }
}
