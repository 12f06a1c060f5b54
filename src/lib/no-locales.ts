/** In place of zod's translations, see `wrangler.toml`. */
export {};
