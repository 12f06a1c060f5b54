import { AppError } from "../lib/errors";

/** The only door to R2. Each object has its row in the ledger, `ledger.ts`, before it is there and until it is gone. */
export interface Files {
  /** @throws AppError `storage_unavailable` */
  put(name: string, bytes: Uint8Array, contentType: string): Promise<void>;
  /** Null if there is none. */
  open(name: string): Promise<ReadableStream | null>;
  /** Those that are not there are none. */
  remove(names: readonly string[]): Promise<void>;
}

/** R2 takes so many names at once. */
export const MOST_NAMES = 1000;

export function openFiles(bucket: R2Bucket): Files {
  return {
    async put(name, bytes, contentType) {
      await bucket.put(name, bytes, { httpMetadata: { contentType } }).catch(() => {
        throw new AppError("storage_unavailable");
      });
    },
    open: async (name) => (await bucket.get(name))?.body ?? null,
    async remove(names) {
      for (let from = 0; from < names.length; from += MOST_NAMES) await bucket.delete(names.slice(from, from + MOST_NAMES));
    },
  };
}
