/**
 * A small stand-in for the Hugging Face hub on 127.0.0.1: model info, file tree, search, and files with ranges, as
 * huggingface.co answers them (paths, headers and error codes as @huggingface/hub and huggingface_hub read them).
 * Large files are redirected to a second port, as the real hub redirects to its storage. Faults are switched on by tests.
 */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

export interface FakeModel {
  commit: string;
  files: Record<string, Buffer>;
  /** Refused with this answer unless the token is given. */
  locked?: { status: number; code?: string; token: string };
}

export interface SeenRequest {
  method: string;
  path: string;
  range: string | undefined;
  authorization: string | undefined;
  /** Whether it came to the storage port. */
  storage: boolean;
}

/** Files from this size on are LFS files: named by SHA-256 and kept on the storage port. */
const lfsFrom = 1000;

export class FakeHub {
  readonly models = new Map<string, FakeModel>();
  readonly requests: SeenRequest[] = [];
  /** Status codes for the next requests, whatever they are. */
  readonly refuseNext: number[] = [];
  /** Cuts the connection after so many bytes of a file's body, the next times it is asked for. */
  readonly cut = new Map<string, number[]>();
  /** What is sent in a file's place. */
  readonly replaced = new Map<string, Buffer>();
  ignoreRanges = false;
  /** Called for every request for a file, before it is answered. */
  onFile: (name: string) => void | Promise<void> = () => {};
  /** Answers everything with this page, as a captive portal does. */
  portal: string | undefined;

  #hub: Server = createServer((request, response) => void this.#answer(request, response, false));
  #storage: Server = createServer((request, response) => void this.#answer(request, response, true));

  static async start(t: TestContext): Promise<FakeHub> {
    const hub = new FakeHub();
    for (const server of [hub.#hub, hub.#storage]) {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    }
    t.after(() => hub.stop());
    return hub;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#hub.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const server of [this.#hub, this.#storage]) {
      server.close();
      server.closeAllConnections();
    }
  }

  async #answer(request: IncomingMessage, response: ServerResponse, storage: boolean): Promise<void> {
    const url = new URL(request.url!, this.url);
    const { range, authorization } = request.headers;
    this.requests.push({ method: request.method!, path: url.pathname, range, authorization, storage });
    const refusal = this.refuseNext.shift();
    if (refusal) return end(response, refusal);
    if (this.portal) return void response.writeHead(200, { "content-type": "text/html" }).end(this.portal);
    if (url.pathname === "/api/models") return this.#search(url, response);

    const path = decodeURIComponent(url.pathname);
    const [, name, kind, rest = ""] =
      /^\/(?:api\/models\/)?(.+?)\/(revision|tree|resolve)\/(.+)$/.exec(path) ?? [];
    const model = name === undefined ? undefined : this.models.get(name);
    if (!model) return end(response, authorization ? 404 : 401, "RepoNotFound");
    const { locked } = model;
    if (locked && !storage && authorization !== `Bearer ${locked.token}`)
      return end(response, locked.status, locked.code);
    const [revision, file] = [rest.split("/")[0]!, rest.split("/").slice(1).join("/")];
    if (revision !== "main" && revision !== model.commit) return end(response, 404, "RevisionNotFound");

    if (kind === "revision") return json(response, { _id: "1", id: name, sha: model.commit, siblings: [] });
    if (kind === "tree") return json(response, Object.entries(model.files).map(describe));
    const content = model.files[file];
    if (!content) return end(response, 404, "EntryNotFound");
    response.setHeader("x-repo-commit", model.commit);
    if (content.byteLength >= lfsFrom && !storage) {
      response.setHeader("x-linked-etag", `"${etagOf(content)}"`);
      response.setHeader("x-linked-size", content.byteLength);
      const { port } = this.#storage.address() as AddressInfo;
      response.setHeader("location", `http://127.0.0.1:${port}${url.pathname}`);
      return end(response, 302);
    }
    await this.onFile(file);
    this.#send(request, response, file, content);
  }

  #send(request: IncomingMessage, response: ServerResponse, file: string, original: Buffer): void {
    const content = this.replaced.get(file) ?? original;
    const start = this.ignoreRanges ? 0 : Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const body = content.subarray(start);
    response.setHeader("etag", `"${etagOf(original)}"`);
    response.setHeader("accept-ranges", "bytes");
    response.setHeader("content-length", body.byteLength);
    if (start > 0)
      response.setHeader("content-range", `bytes ${start}-${content.byteLength - 1}/${content.byteLength}`);
    response.writeHead(start > 0 ? 206 : 200);
    if (request.method === "HEAD") return void response.end();
    const cut = this.cut.get(file)?.shift();
    if (cut === undefined) return void response.end(body);
    response.write(body.subarray(0, cut), () => response.destroy());
  }

  #search(url: URL, response: ServerResponse): void {
    const author = url.searchParams.get("author");
    const search = url.searchParams.get("search")?.toLowerCase();
    const found = [...this.models.keys()].filter(
      (name) =>
        (!author || name.startsWith(`${author}/`)) && (!search || name.toLowerCase().includes(search)),
    );
    json(
      response,
      found.map((id) => ({ _id: id, id })),
    );
  }
}

/** What the hub calls a file's content: SHA-256 of LFS files, git's blob hash of the others. */
export function etagOf(content: Buffer): string {
  return content.byteLength >= lfsFrom
    ? createHash("sha256").update(content).digest("hex")
    : createHash("sha1").update(`blob ${content.byteLength}\0`).update(content).digest("hex");
}

function describe([path, content]: [string, Buffer]): object {
  const size = content.byteLength;
  const lfs = size >= lfsFrom ? { oid: etagOf(content), size, pointerSize: 130 } : undefined;
  const oid = lfs ? createHash("sha1").update(path).digest("hex") : etagOf(content);
  return { type: "file", path, size, oid, ...(lfs ? { lfs } : {}) };
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function end(response: ServerResponse, status: number, code?: string): void {
  if (code) response.setHeader("x-error-code", code);
  response.writeHead(status).end();
}
