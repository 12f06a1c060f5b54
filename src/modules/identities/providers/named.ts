import type { Scope } from "../../../scope";
import type { ProviderName } from "../schemas";
import { facebook } from "./facebook";
import { google } from "./google";
import type { Provider } from "./provider";

/** @throws AppError `provider_not_configured` */
export const providerNamed = (scope: Scope, name: ProviderName): Provider => ({ google, facebook })[name](scope);
