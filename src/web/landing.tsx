import type { FC } from "hono/jsx";
import type { Settings } from "../settings";
import { asset } from "./assets";

/** What strangers find when they come in. */

export const Landing: FC<{ settings: Settings }> = ({ settings: { appName, docs } }) => (
  <>
    <div class="landing">
      <img src={asset("icon.svg")} alt="" width="72" height="72" />
      <h1>{appName}</h1>
      <p class="lead">
        Your people, and nobody else's business: friends, live notifications, and a profile that shows what you choose to whom you choose.
      </p>
      <div class="acts">
        <a class="button" href="/registration">
          Sign up
        </a>
        <a class="button secondary" href="/login">
          Log in
        </a>
      </div>
      {docs && (
        <p class="quiet">
          You write code? Everything here is an API too: <a href="/api/redoc/">read how to use it</a>.
        </p>
      )}
    </div>
    <div class="grid">
      <section class="card">
        <h2>You hear of it at once</h2>
        <p>Requests, answers and who is there arrive while you look, on all your devices, and wait for you while you do not.</p>
      </section>
      <section class="card">
        <h2>You say who sees what</h2>
        <p>Everybody, friends, some of them or nobody: for your profile, and for each thing that stands in it.</p>
      </section>
      <section class="card">
        <h2>Out means out</h2>
        <p>See where you are logged in and end it there. Take all your data along, or delete it, whenever you like.</p>
      </section>
    </div>
  </>
);
