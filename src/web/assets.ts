import { Hono } from "hono";
import type { AppEnv } from "../http";
import { STYLES } from "./styles";

const AN_HOUR = "public, max-age=3600";

export const assets = new Hono<AppEnv>().get("/assets/kith.css/", (c) =>
  c.body(STYLES, 200, { "Content-Type": "text/css; charset=utf-8", "Cache-Control": AN_HOUR }),
);
