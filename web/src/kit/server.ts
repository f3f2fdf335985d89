// Calls to the server, as the enrolled phone or as signed-in staff.

import { CallRefused } from "./outbox";

export interface Device {
  device: string;
  secret: string;
}

const PATIENCE_MS = 12_000;

const ABOUT_THE_CALLER = ["device_revoked", "unknown_device", "csrf", "no_right", "out_of_scope", "rate_limited", "busy"];

/** The server could not be reached, or did not answer in time. */
export class Unreachable extends Error {}

export interface Got<T> {
  status: number;
  body: T;
  etag: string | null;
}

interface Problem {
  code?: string;
  title?: string;
  detail?: string;
  hint?: string;
}

export class Server {
  private csrf: string | null = null;

  constructor(private readonly device: () => Device | null) {}

  get<T>(path: string, etag: string | null = null): Promise<Got<T>> {
    return this.call<T>(path, { headers: etag ? { "If-None-Match": etag } : {} });
  }

  async post<T>(path: string, body: unknown): Promise<Got<T>> {
    const headers: Record<string, string> = { "Content-Type": "application/json" };
    if (!this.device()) headers["X-CSRF-Token"] = await this.token();
    return this.call<T>(path, { method: "POST", headers, body: JSON.stringify(body) });
  }

  /** A call that belongs to nobody yet: a code is exchanged for a secret. */
  postAsNobody<T>(path: string, body: unknown): Promise<Got<T>> {
    return this.call<T>(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }, true);
  }

  private async token(): Promise<string> {
    this.csrf ??= (await this.call<{ csrf?: string }>("/api/v1/session", { headers: {} })).body.csrf ?? "";
    return this.csrf;
  }

  private async call<T>(path: string, options: Omit<RequestInit, "headers"> & { headers: Record<string, string> }, isNobody = false): Promise<Got<T>> {
    const device = isNobody ? null : this.device();
    const headers: Record<string, string> = { ...options.headers, Accept: "application/json", "Accept-Language": document.documentElement.lang };
    if (device) headers["Authorization"] = `Checkpoint ${device.secret}`;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
    try {
      const credentials = device || isNobody ? "omit" : "same-origin";
      const response = await fetch(path, { ...options, headers, credentials, cache: "no-store", signal: abort.signal });
      const etag = response.headers.get("ETag");
      if (response.status === 304) return { status: 304, body: null as unknown as T, etag };
      const body = (await response.json().catch(() => ({}))) as T & Problem;
      if (response.ok) return { status: response.status, body, etag };
      throw this.refusal(response.status, body);
    } catch (error) {
      throw error instanceof CallRefused ? error : new Unreachable(String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  private refusal(status: number, problem: Problem): CallRefused {
    this.csrf = null;
    // Busy, signed out and revoked are about who calls and when; a call that is wrong in itself stays wrong.
    const isLasting = [400, 409, 413, 415, 422].includes(status) && !ABOUT_THE_CALLER.includes(problem.code ?? "");
    const words = [problem.detail ?? problem.title, problem.hint].filter((part) => part).join(" ");
    return new CallRefused(problem.code ?? String(status), words || null, isLasting);
  }
}
