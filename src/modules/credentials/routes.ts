import { router } from "../../http";
import { callerOf } from "../../middleware/authenticate";
import * as contract from "./contract";
import * as credentials from "./service";

export const credentialRoutes = router()
  .openapi(contract.verifyEmail, async (c) => {
    const caller = await callerOf(c.req.raw, c.get("scope"));
    await credentials.confirmAddress(c.get("scope"), c.req.valid("json").key, caller);
    return c.json({ detail: "Your e-mail address is confirmed." }, 200);
  })
  .openapi(contract.resendVerification, async (c) => {
    await credentials.resendVerification(c.get("scope"), c.req.valid("json").email);
    return c.json({ detail: "If this address waits to be confirmed, a mail is on its way." }, 200);
  })
  .openapi(contract.changeEmail, async (c) => {
    await credentials.changeAddress(c.get("member"), c.req.valid("json"));
    return c.json({ detail: "A mail is on its way to the new address." }, 200);
  })
  .openapi(contract.changePassword, async (c) => {
    await credentials.changePassword(c.get("member"), c.req.valid("json"));
    return c.json({ detail: "New password has been saved." }, 200);
  })
  .openapi(contract.askForReset, async (c) => {
    await credentials.askForReset(c.get("scope"), c.req.valid("json").email);
    return c.json({ detail: "If somebody has this address, a mail is on its way." }, 200);
  })
  .openapi(contract.resetPassword, async (c) => {
    await credentials.resetPassword(c.get("scope"), c.req.valid("json"));
    return c.json({ detail: "Password has been reset with the new password." }, 200);
  });
